"""Updates from other systems: comments and changes of status, some held for approval."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from open311.database import db
from open311.errors import ApiKeyRejected, Conflict, NotFound
from open311.messages.access import API_KEY_FOR_OWN_ONLY
from open311.messages.submissions import TOKEN_APPROVED, TOKEN_UNKNOWN
from open311.models import ApiKey, ReceivedUpdate, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, of_jurisdiction
from open311.queries.requests.nearby import find_continuation
from open311.queries.requests.receipts import UpdateSending, find_first_answer
from open311.queries.requests.updates import id_of_update
from open311.queries.residents.report_lists import BY_EMAIL
from open311.steps.requests.comments import (
    Weight,
    find_last_decision,
    is_own,
    name_of_key,
    published_comment,
    store_answer,
    store_author,
    store_claim,
    store_received,
    weigh,
)
from open311.steps.requests.history import store_status
from open311.steps.requests.lock import lock_all, lock_service_request
from open311.steps.requests.media import store_media
from open311.steps.requests.reopen import reopens, store_reopening
from open311.steps.values.submissions import Medium
from schemas.vocabulary.rights import USUAL_RIGHTS, may


@dataclass(frozen=True, kw_only=True)
class SentUpdate(UpdateSending):
    """A checked update.

    media are in the order sent; their photo files are written. rights are those of the key. status
    is the detailed status that the update claims, or None. reporter holds only the values sent, by
    column name of UpdateReporter.
    """

    jurisdiction: Scope
    rights: Collection[str] = USUAL_RIGHTS
    sent_at: datetime
    description: str = ""
    media: Sequence[Medium] = ()
    reporter: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UpdateResult:
    """The receipt of an update, named as in spec 5.6; repeated for one that was sent before."""

    receipt: dict[str, str]
    repeated: bool = False


@operation
def receive_update(sent: SentUpdate) -> UpdateResult:
    """Store an update and return its receipt.

    It is a comment. Its status counts only if weigh says so. It is published now and has an
    update_id; if the service is of type batch, it is held for approval and has a token. It has the
    time of arrival, as the time sent may be in the future or before other steps.

    An update that was sent before gets its first receipt again. Raises NotFound, also for a service
    request that is not published, Gone for a withdrawn one, ApiKeyRejected if the key may not
    comment on it, and Conflict if the same sender has used the update_id for another update of it.
    """
    row = lock_service_request(sent.jurisdiction, sent.service_request_id, only_public=True)
    if first := find_first_answer(sent.jurisdiction, sent):
        return UpdateResult(first, repeated=True)
    own = is_own(row.api_key_id, sent.api_key_id)
    if not own and not may(sent.rights, "comment-any"):
        raise ApiKeyRejected(
            API_KEY_FOR_OWN_ONLY,
            field="api_key",
            id=sent.service_request_id,
            right="comment-any",
        )
    now = datetime.now(UTC).replace(microsecond=0)
    decides = may(sent.rights, "status")
    said = _Said(sent.status, sent.description, sent.sent_at, row.detailed_status, decides)
    weight = _weigh(row.pk, said)
    columns: dict[str, Any] = {"by_city": decides, "claims": weight is Weight.CLAIM}
    if row.service_type == "batch":
        columns["token"] = secrets.token_hex(16)
    else:
        columns |= _publish(sent.jurisdiction, row.pk, said, weight)
    columns |= {name: getattr(sent, name) for name in _KEPT}
    columns |= {"service_request_pk": row.pk, "received_at": now}
    received_update_id, public_id = store_received(**columns)
    store_media(row.pk, sent.media, received_update_id)
    store_author(received_update_id, sent.reporter)
    _queue(sent, row.pk, weight, now, answers=own and row.waits_since is not None)
    if "token" in columns:
        return UpdateResult({"token": columns["token"]})
    return UpdateResult({"update_id": str(public_id)})


_KEPT = ("api_key_id", "update_id", "status", "description", "sent_at")


@dataclass(frozen=True)
class _Said:
    """The content of an update, next to the current detailed status of its service request."""

    status: str | None
    text: str
    sent_at: datetime
    current: str
    decides: bool


def _weigh(pk: int, said: _Said) -> Weight:
    """Weigh a status, which does nothing if the current one was set after it was written.

    An update from the future counts as written now. Stored times are whole seconds: of two in the
    same second, the one that arrives later is newer.
    """
    weight = weigh(said.status, said.current, decides=said.decides)
    if weight is Weight.NOTHING:
        return weight  # without reading the history
    written = min(said.sent_at, datetime.now(UTC))
    return Weight.NOTHING if find_last_decision(pk) > written else weight


def _publish(jurisdiction: Scope, pk: int, said: _Said, weight: Weight) -> dict[str, Any]:
    """Publish an update as a change of status or a comment; return its columns that say so.

    An update that reopens a service request of long ago is a comment on it: another one continues
    it.
    """
    if weight is Weight.STEP and said.status is not None:
        if not reopens(said.current, said.status):
            change_id = store_status(jurisdiction, pk, said.status, said.text, current=said.current)
            return {"status_change_id": change_id}
        if find_continuation(jurisdiction, pk) is None:
            reopening = store_reopening(jurisdiction, pk, said.status, said.text)
            if reopening.continued_as is None:
                return {"status_change_id": reopening.change_id}
    return published_comment(pk)


def _queue(sent: SentUpdate, pk: int, weight: Weight, now: datetime, *, answers: bool) -> None:
    """Queue a service request for what an update claims, and for an answer to a question.

    answers says that the requester was asked something; an empty update does not answer it.
    """
    if weight is Weight.CLAIM and sent.status is not None:
        store_claim(sent.jurisdiction, pk, sent.status, name_of_key(sent.api_key_id), now)
    if answers and (sent.description.strip() or sent.media):
        store_answer(sent.jurisdiction, pk, name_of_key(sent.api_key_id), now)


@operation
def accept_update(jurisdiction: Scope, token: str) -> str:
    """Publish a held update and return its new update_id; raises NotFound, Gone, and Conflict.

    Its status is weighed again: staff may have changed the status in the meantime. A reply by email
    from another address than the requester's answers the question of staff now.
    """
    row = _lock(jurisdiction, token)
    said = _Said(row.status, row.description, row.sent_at, row.detailed_status, row.by_city)
    columns = _publish(jurisdiction, row.pk, said, _weigh(row.pk, said))
    is_reply = row.kind_of_key == "site" and row.update_id.startswith(BY_EMAIL)
    if is_reply and row.waits_since is not None:
        store_answer(jurisdiction, row.pk, name_of_key(row.api_key_id), datetime.now(UTC))
    statement = update(ReceivedUpdate).where(ReceivedUpdate.id == row.id).values(**columns)
    return str(db.session.execute(statement.returning(id_of_update())).scalar_one())


def _lock(jurisdiction: Scope, token: str) -> Any:
    """Lock the service request of a held update until the commit, and return both.

    All that changes an update locks its service request first.
    """
    held = ReceivedUpdate.token == token
    pk = select(ReceivedUpdate.service_request_pk).where(held).scalar_subquery()
    lock_all(of_jurisdiction(jurisdiction), ServiceRequest.pk == pk)
    # A statement of its own: it sees what another transaction changed before the lock.
    row = db.session.execute(
        select(
            ReceivedUpdate.id,
            ReceivedUpdate.status,
            ReceivedUpdate.description,
            ReceivedUpdate.sent_at,
            ReceivedUpdate.by_city,
            ReceivedUpdate.update_id,
            ReceivedUpdate.api_key_id,
            ApiKey.kind.label("kind_of_key"),
            ServiceRequest.waits_since,
            id_of_update().label("published_as"),
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.detailed_status,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .outerjoin(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(of_jurisdiction(jurisdiction), held)
    ).one_or_none()
    if row is None:
        raise NotFound(TOKEN_UNKNOWN, token=token)
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id)
    if row.published_as is not None:
        raise Conflict(TOKEN_APPROVED, token=token, id=str(row.published_as))
    return row
