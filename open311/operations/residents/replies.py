"""Replies to emails that come from another address than the one on file."""

from datetime import UTC, datetime

from open311.errors import InvalidParameters
from open311.messages.residents import TEXT_OR_PHOTO_REQUIRED
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.comments import store_author
from open311.steps.requests.triage import store_triage
from open311.steps.residents.reported import is_repeated, lock_reported, store_comment
from open311.steps.values.said import Said

BY_SOMEONE = "another address"
"""What the entry of triage says."""


@operation
def add_reply_of_other(jurisdiction: Scope, pk: int, said: Said, sender: str) -> None:
    """Store a held comment with the address that it came from, and queue the request for review.

    sender is empty if the email named none. The comment answers a question of staff once they
    approve it. Sent again, it does nothing. Raises NotFound, Gone, and InvalidParameters without a
    text or a photo.
    """
    row = lock_reported(jurisdiction, pk)
    if is_repeated(pk, said):
        return
    if said.is_empty:
        raise InvalidParameters(TEXT_OR_PHOTO_REQUIRED, field="text")
    store_author(store_comment(row, said), {"email": sender} if sender else {})
    now = datetime.now(UTC).replace(microsecond=0)
    store_triage(jurisdiction, pk, "replied", BY_SOMEONE, now)
