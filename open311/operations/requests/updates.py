"""Updates from other systems: applied at once, or held for approval."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.submissions import TOKEN_APPROVED, TOKEN_UNKNOWN, UPDATE_ID_USED
from open311.models import ReceivedUpdate, ServiceRequest, UpdateReporter
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, of_jurisdiction
from open311.steps.requests.history import store_status
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import store_media
from open311.steps.values.submissions import Medium


@dataclass(frozen=True, kw_only=True)
class SentUpdate:
    """A checked update.

    media are in the order sent; their photo files are written. update_id is the sender's own.
    api_key_id is None for the sandbox's key. status is a detailed status, or None to keep the
    current one. reporter holds only the values sent, by column name of UpdateReporter.
    """

    jurisdiction: Scope
    api_key_id: int | None
    service_request_id: str
    update_id: str
    status: str | None
    sent_at: datetime
    description: str = ""
    media: Sequence[Medium] = ()
    reporter: dict[str, str] = field(default_factory=dict)


@operation
def receive_update(sent: SentUpdate) -> dict[str, str]:
    """Store an update and return its receipt, named as in spec 5.6.

    It applies now and has an update_id. If the service is of type batch, it is held for approval
    and has a token. The step has the time of arrival, as the time sent may be in the future or
    before other steps.

    Raises NotFound, also for a service request that is not published, Gone for a withdrawn one, and
    Conflict if the same sender has used the update_id for it before.
    """
    row = lock_service_request(sent.jurisdiction, sent.service_request_id, only_public=True)
    now = datetime.now(UTC).replace(microsecond=0)
    token = change_id = None
    if row.service_type == "batch":
        token = secrets.token_hex(16)
    else:
        change_id = store_status(
            sent.jurisdiction, row.pk, sent.status or row.detailed_status, sent.description
        )
    received_update_id = _insert(
        sent,
        service_request_pk=row.pk,
        token=token,
        status_change_id=change_id,
        received_at=now,
    )
    store_media(row.pk, sent.media, received_update_id)
    _insert_reporter(received_update_id, sent.reporter)
    return {"update_id": str(change_id)} if token is None else {"token": token}


def _insert(sent: SentUpdate, **columns: Any) -> int:
    """Insert the update and return its primary key; an index rejects a second one."""
    statement = insert_or_skip(ReceivedUpdate).values(
        api_key_id=sent.api_key_id,
        update_id=sent.update_id,
        status=sent.status,
        description=sent.description,
        sent_at=sent.sent_at,
        **columns,
    )
    new = db.session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["service_request_pk", "api_key_id", "update_id"]
        ).returning(ReceivedUpdate.id)
    ).scalar_one_or_none()
    if new is None:
        raise Conflict(
            UPDATE_ID_USED, field="update_id", update_id=sent.update_id, id=sent.service_request_id
        )
    return new


def _insert_reporter(received_update_id: int, reporter: dict[str, str]) -> None:
    if reporter:
        nobody = dict.fromkeys(_REPORTER_COLUMNS, "")
        row = {**nobody, **reporter, "received_update_id": received_update_id}
        db.session.execute(insert(UpdateReporter), row)


_REPORTER_COLUMNS = [
    column.name
    for column in UpdateReporter.__table__.columns
    if column.name != "received_update_id"
]


@operation
def accept_update(jurisdiction: Scope, token: str) -> str:
    """Apply a held update and return its new update_id; raises NotFound, Gone, and Conflict."""
    row = _lock(jurisdiction, token)
    change_id = store_status(
        jurisdiction, row.pk, row.status or row.detailed_status, row.description
    )
    db.session.execute(
        update(ReceivedUpdate).where(ReceivedUpdate.id == row.id).values(status_change_id=change_id)
    )
    return str(change_id)


def _lock(
    jurisdiction: Scope, token: str
) -> Row[int, str | None, str, int | None, int, str | None, str, datetime | None]:
    row = db.session.execute(
        select(
            ReceivedUpdate.id,
            ReceivedUpdate.status,
            ReceivedUpdate.description,
            ReceivedUpdate.status_change_id,
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.detailed_status,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(of_jurisdiction(jurisdiction), ReceivedUpdate.token == token)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(TOKEN_UNKNOWN, token=token)
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id)
    if row.status_change_id is not None:
        raise Conflict(TOKEN_APPROVED, token=token, id=str(row.status_change_id))
    return row
