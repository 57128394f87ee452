"""Callers who report a problem that is on record already."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, insert, select

from open311.database import db, table
from open311.errors import Conflict
from open311.messages.requests import CALLER_OF_CLOSED
from open311.models import ReceivedUpdate, Support
from open311.operations.transaction import operation
from open311.personal_data import normal_email, same_phone
from open311.queries.jurisdictions import Scope
from open311.queries.requests.requester import list_people
from open311.steps.requests.comments import store_author, store_received
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import store_media
from open311.steps.residents.capabilities import store_follow_link
from open311.steps.residents.reported import lock_reported
from open311.steps.residents.subscriptions import store_subscription
from open311.steps.telling.tellings import store_confirmation
from open311.steps.values.callers import Caller
from open311.steps.values.submissions import Medium
from schemas.vocabulary.statuses import CLOSED
from schemas.vocabulary.telling import EMAIL, SMS


@operation
def add_caller(
    jurisdiction: Scope,
    service_request_id: str,
    caller: Caller,
    added_by: str,
    secret_key: str,
    photos: Sequence[Medium] = (),
) -> bool:
    """Add a caller to an open request, the same one of a form once; return whether they follow it.

    The caller counts as one more with this problem, unless their email address or phone number is
    on the request already. Addresses are asked for a confirmation, as on the website, and only
    about a public request. Photos are for staff only. Raises NotFound, Gone, and Conflict for a
    closed request.
    """
    pk = lock_service_request(jurisdiction, service_request_id).pk
    row = lock_reported(jurisdiction, pk)
    if row.status == CLOSED:
        raise Conflict(CALLER_OF_CLOSED, id=service_request_id)
    follows = bool(row.public and (caller.wants_updates or caller.texts_to))
    update_id = f"caller-{caller.digest}"
    if _is_added(pk, update_id):
        return follows
    now = datetime.now(UTC).replace(microsecond=0)
    is_known = any(_is_same(one.columns, caller.contact) for one in list_people(pk))
    store_media(pk, photos, _store(pk, update_id, caller, added_by, now))
    if not is_known:
        what = f"caller {pk} {caller.digest}".encode()
        digest = hmac.new(secret_key.encode(), what, sha256).digest()
        support = {"service_request_pk": pk, "sender_digest": digest, "made_at": now}
        db.session.execute(insert(table(Support)), support)
    if follows:
        _follow(jurisdiction, pk, caller, secret_key, now)
    return follows


def _store(pk: int, update_id: str, caller: Caller, added_by: str, now: datetime) -> int:
    """Store what the caller said, and who they are; return the id of the update."""
    received_update_id, _public_id = store_received(
        service_request_pk=pk,
        update_id=update_id,
        description=caller.text.strip(),
        sent_at=now,
        received_at=now,
        by_city=False,
        claims=False,
        channel=caller.channel,
        added_by=added_by,
    )
    store_author(received_update_id, caller.contact)
    return int(received_update_id)


def _is_added(pk: int, update_id: str) -> bool:
    added = exists().where(
        ReceivedUpdate.service_request_pk == pk,
        ReceivedUpdate.api_key_id.is_(None),
        ReceivedUpdate.update_id == update_id,
    )
    return bool(db.session.scalar(select(added)))


def _is_same(known: Mapping[str, str], contact: Mapping[str, Any]) -> bool:
    email, phone = contact.get("email", ""), contact.get("phone", "")
    has_email = bool(email) and normal_email(known["email"]) == normal_email(email)
    return has_email or same_phone(known["phone"], phone)


def _follow(jurisdiction: Scope, pk: int, caller: Caller, secret_key: str, now: datetime) -> None:
    email = caller.contact.get("email", "") if caller.wants_updates else ""
    for kind, address in ((EMAIL, email), (SMS, caller.texts_to)):
        if address:
            id_ = store_subscription(
                *(jurisdiction.jurisdiction_id, pk, address, caller.language, now),
                is_reporter=False,
                kind=kind,
            )
            store_follow_link(secret_key, pk, id_, now)
            store_confirmation(pk, id_)
