"""An email about a request as it would be written now, for staff."""

from datetime import UTC, datetime

from open311.letters.write import write_letter
from open311.mail.envelope import Letter
from open311.operations.telling.send import Outgoing
from open311.queries.jurisdictions import Scope
from open311.queries.telling.facts import find_told_steps, read_facts
from open311.queries.telling.messages import Recipient
from open311.web.freshness import snapshots
from schemas.vocabulary.telling import CONFIRM, FOLLOWED, WITHOUT_STEP

NO_TOKEN = "0" * 22
"""The secret of links that lead nowhere."""


def preview_letter(
    jurisdiction: Scope, service_request_id: str, kind: str, language: str
) -> Letter:
    """Return an email of a kind for a confirmed address, about the last step; raises NotFound."""
    pk, last = find_told_steps(jurisdiction, service_request_id)
    change = None if kind in WITHOUT_STEP else last
    recipient = Recipient(
        address="preview@mail.example",
        language=language,
        is_reporter=kind not in (FOLLOWED, CONFIRM),
        is_verified=True,
        is_confirmed=True,
        follow_token=NO_TOKEN,
        track_token=None if kind in (FOLLOWED, CONFIRM) else NO_TOKEN,
    )
    facts = read_facts(pk, change, change)
    outgoing = Outgoing(0, kind, datetime.now(UTC), recipient, facts, asks=True)
    return write_letter(outgoing, snapshots().current().cities[jurisdiction.jurisdiction_id])
