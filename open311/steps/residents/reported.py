"""The service request of a secret link or of a public page: locked, and commented on."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import ReceivedUpdate, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, of_jurisdiction
from open311.steps.requests.comments import published_comment, store_received
from open311.steps.requests.lock import lock_all
from open311.steps.requests.media import store_media
from open311.steps.values.said import Said


def lock_reported(jurisdiction: Scope, pk: int) -> Any:
    """Lock a service request by its key until the commit, and return what depends on it.

    The row has pk, service_request_id, public, status, detailed_status, description, waits_since,
    duplicate_of_pk, service_type, and reopen_days, which are those of the service or None. Raises
    NotFound and Gone.
    """
    if not lock_all(of_jurisdiction(jurisdiction), ServiceRequest.pk == pk):
        raise NotFound(LINK_UNKNOWN)
    # A statement of its own: it sees what another transaction changed before the lock.
    row = db.session.execute(
        select(
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.public,
            ServiceRequest.status,
            ServiceRequest.detailed_status,
            ServiceRequest.description,
            ServiceRequest.media_url,
            ServiceRequest.waits_since,
            ServiceRequest.duplicate_of_pk,
            ServiceRequest.withdrawn_at,
            Service.type.label("service_type"),
            Service.reopen_days,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.pk == pk)
    ).one()
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id)
    return row


def is_repeated(pk: int, said: Said) -> bool:
    """Return whether the same form was sent before; the caller holds the lock."""
    sent_before = exists().where(
        ReceivedUpdate.service_request_pk == pk,
        ReceivedUpdate.api_key_id == said.api_key_id,
        ReceivedUpdate.update_id == said.sending,
    )
    return bool(db.session.scalar(select(sent_before)))


def store_comment(row: Any, said: Said) -> int:
    """Store a comment as an update that claims no status, and return its key.

    row is that of lock_reported. It is published now, unless it is held, or its service is one
    whose updates staff approve.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    if said.is_held or row.service_type == "batch":
        columns: dict[str, Any] = {"token": secrets.token_hex(16)}
    else:
        columns = published_comment(row.pk)
    received_update_id, _public_id = store_received(
        service_request_pk=row.pk,
        api_key_id=said.api_key_id,
        update_id=said.sending,
        status=None,
        description=said.text.strip(),
        sent_at=now,
        received_at=now,
        by_city=False,
        claims=False,
        **columns,
    )
    store_media(row.pk, said.media, received_update_id)
    return int(received_update_id)
