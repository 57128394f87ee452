"""Rows of photos and links that belong to a service request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, any_, delete, insert, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import Media, ServiceRequest
from open311.queries.media import MEDIA_PATH, next_position
from open311.steps.values.submissions import Medium


def link_to(medium: Medium) -> str:
    """Return the public link: the one sent, or the path of a photo on this server."""
    return medium if isinstance(medium, str) else f"{MEDIA_PATH}/{medium.name}"


def store_media(
    service_request_pk: int,
    media: Sequence[Medium],
    received_update_id: int | None = None,
    status_change_id: int | None = None,
) -> None:
    """Store media in order, after those that a service request has; the caller commits.

    received_update_id is the update that they belong to, status_change_id the status change that
    shows them, if any. If the service request exists already, the caller holds its lock.
    """
    if not media:
        return
    start = next_position(service_request_pk)
    belongs = {
        "service_request_pk": service_request_pk,
        "received_update_id": received_update_id,
        "status_change_id": status_change_id,
    }
    db.session.execute(insert(Media), [{**belongs, **row} for row in media_rows(media, start)])


def media_rows(media: Sequence[Medium], start: int = 0) -> list[dict[str, Any]]:
    """Return rows of media in order, from a position on, without what they belong to."""
    return [{"position": n, **_columns(medium)} for n, medium in enumerate(media, start)]


def _columns(medium: Medium) -> dict[str, str | int | None]:
    if isinstance(medium, str):
        return {"url": medium, **dict.fromkeys(_OF_PHOTO)}
    return {"url": None, **{name: getattr(medium, name) for name in _OF_PHOTO}}


_OF_PHOTO = ("name", "width", "height", "size")


def drop_media(service_request_pks: Sequence[int], *, only_first: bool = False) -> list[str]:
    """Delete all media of service requests and of their updates; the caller commits.

    only_first keeps those that came later, with updates or changes of status.

    Returns the names of the photos among them, in order. After the commit, and only then, the
    caller removes their files: store.remove_photos(names). After a crash in between,
    sweep_media removes them.
    """
    pks = literal(list(service_request_pks), ARRAY(BigInteger))
    wanted = [Media.service_request_pk == any_(pks)]
    if only_first:
        wanted += [Media.received_update_id.is_(None), Media.status_change_id.is_(None)]
    names = db.session.scalars(delete(Media).where(*wanted).returning(Media.name)).all()
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == any_(pks), ServiceRequest.media_url != "")
        .values(media_url="")
    )
    return sorted(name for name in names if name is not None)
