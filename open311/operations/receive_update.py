"""An update that another system sent: applied at once, or kept until staff accept it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from open311.database import db
from open311.errors import Conflict
from open311.models import ReceivedUpdate, UpdateReporter
from open311.operations.lock_service_request import lock_service_request
from open311.operations.store_media import Medium, store_media
from open311.operations.store_status import store_status
from open311.queries.jurisdictions import JurisdictionInfo


@dataclass(frozen=True, kw_only=True)
class SentUpdate:
    """A checked update.

    media are in the order sent; the files of the photos among them are written. update_id is the
    sender's own; api_key_id is None for the sandbox's key. status is a detailed
    one, None to leave it. reporter holds only what was told, by the names of UpdateReporter's
    columns.
    """

    jurisdiction: JurisdictionInfo
    api_key_id: int | None
    service_request_id: str
    update_id: str
    status: str | None
    sent_at: datetime
    description: str = ""
    media: Sequence[Medium] = ()
    reporter: dict[str, str] = field(default_factory=dict)


def receive_update(sent: SentUpdate) -> dict[str, str]:
    """Store an update and give its receipt, named as in spec 5.6.

    It changes the service request now, and has an update_id. If the service is of type batch,
    staff decide: it waits, and has a token. The step's time is that of its arrival, as what was
    sent may lie in the future or before other steps.

    Raises NotFound, also for a service request that is not published, Gone for a withdrawn one,
    and Conflict for an update_id that the same sender has used for it before.
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
    db.session.commit()
    return {"update_id": str(change_id)} if token is None else {"token": token}


def _insert(sent: SentUpdate, **columns: Any) -> int:
    """Insert the update and give its primary key; that it is none twice, an index decides."""
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
        db.session.rollback()
        raise Conflict(
            f"update_id {sent.update_id!r} has been received for service_request_id "
            f"{sent.service_request_id!r} before: send another one for another update."
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
