"""What was decided about a text or a photo."""

from dataclasses import dataclass

from schemas.vocabulary.moderation import HIDDEN


@dataclass(frozen=True)
class Decision:
    """One of MODERATION_KINDS, the public reason, and the member of staff, or None."""

    kind: str
    reason: str
    made_by: str | None


BY_REPORTER = Decision(HIDDEN, "", None)
"""What the reporter does with the secret link."""
