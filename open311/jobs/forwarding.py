"""Forwarding to other servers, beside the jobs.

Both loops may run in several processes at once: what one has claimed, the others leave alone.
"""

from open311.forwarding.following import follow_due
from open311.forwarding.sending import send_due
from open311.jobs.registry import every

SECONDS = 10
"""Pause between two rounds. Without anything due, a round is one statement on an empty index."""


@every(SECONDS)
def forward_requests() -> None:
    """Send what is due to other servers, or look for what may be there."""
    send_due()


@every(SECONDS)
def follow_forwarded() -> None:
    """Ask the servers whose answers are due."""
    follow_due()
