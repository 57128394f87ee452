"""What anyone may do on the public page of a request: join, follow, and flag it."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from open311.database import db, table
from open311.errors import Conflict
from open311.messages.residents import NOT_JOINED_WHEN_CLOSED
from open311.models import Flag, Support
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.triage import store_triage
from open311.steps.residents.capabilities import store_follow_link
from open311.steps.residents.reported import is_repeated, lock_reported, store_comment
from open311.steps.residents.subscriptions import store_subscription
from open311.steps.telling.tellings import store_confirmation
from open311.steps.values.said import Said
from schemas.vocabulary.statuses import CLOSED


@operation
def join_request(
    jurisdiction: Scope, service_request_id: str, device: str, secret_key: str, said: Said
) -> None:
    """Count that someone has the same problem, once for each device, and store what they add.

    device identifies it; only a keyed hash of it and of the request is stored, so that nobody can
    tell what else the same device has joined. Raises NotFound, Gone, and Conflict for a closed
    request.
    """
    pk = lock_service_request(jurisdiction, service_request_id, only_public=True).pk
    row = lock_reported(jurisdiction, pk)
    if row.status == CLOSED:
        raise Conflict(NOT_JOINED_WHEN_CLOSED, id=service_request_id)
    now = datetime.now(UTC).replace(microsecond=0)
    what = f"me too {pk} {device}".encode()
    digest = hmac.new(secret_key.encode(), what, sha256).digest()
    support = {"service_request_pk": pk, "sender_digest": digest, "made_at": now}
    db.session.execute(insert_or_skip(table(Support)).values(support).on_conflict_do_nothing())
    if not said.is_empty and not is_repeated(pk, said):
        store_comment(row, said)


@operation
def follow_request(
    jurisdiction: Scope, service_request_id: str, email: str, language: str, secret_key: str
) -> None:
    """Subscribe an address to a request; it is unconfirmed.

    Raises NotFound and Gone.
    """
    pk = lock_service_request(jurisdiction, service_request_id, only_public=True).pk
    now = datetime.now(UTC).replace(microsecond=0)
    here = jurisdiction.jurisdiction_id
    subscription_id = store_subscription(here, pk, email, language, now, is_reporter=False)
    store_follow_link(secret_key, pk, subscription_id, now)
    store_confirmation(pk, subscription_id)


@operation
def flag_request(jurisdiction: Scope, service_request_id: str, reason: str, text: str) -> None:
    """Store that something is wrong with the page of a request, and queue it for review.

    reason is one of FLAG_REASONS. Raises NotFound and Gone.
    """
    pk = lock_service_request(jurisdiction, service_request_id, only_public=True).pk
    now = datetime.now(UTC).replace(microsecond=0)
    said = f"{reason}: {text.strip()}" if text.strip() else reason
    row = {"service_request_pk": pk, "text": said, "made_at": now}
    db.session.execute(insert(table(Flag)), row)
    store_triage(jurisdiction, pk, "flagged", reason, now)
