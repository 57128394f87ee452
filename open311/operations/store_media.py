"""Rows of media: what came with a service request or with an update of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from open311.database import db
from open311.models import Media
from open311.queries.media import MEDIA_PATH, next_position


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files are in the store; width and height in pixels, size in bytes."""

    name: str
    width: int
    height: int
    size: int


Medium = StoredPhoto | str
"""A stored photo, or an http or https link."""


def link_to(medium: Medium) -> str:
    """Give the link that is shown: the one sent, or the path of a photo on this server."""
    return medium if isinstance(medium, str) else f"{MEDIA_PATH}/{medium.name}"


def store_media(
    service_request_pk: int,
    media: Sequence[Medium],
    received_update_id: int | None = None,
    status_change_id: int | None = None,
) -> None:
    """Store media in their order, behind those a service request has; the caller commits.

    received_update_id is that of the update they came with, status_change_id that of the change of
    status that they show, if it is so. Who adds to
    a service request that others may change holds the lock of lock_changes.
    """
    if not media:
        return
    start = next_position(service_request_pk)
    rows = [
        {
            "service_request_pk": service_request_pk,
            "received_update_id": received_update_id,
            "status_change_id": status_change_id,
            "position": position,
            **_columns(medium),
        }
        for position, medium in enumerate(media, start)
    ]
    db.session.execute(insert(Media), rows)


def _columns(medium: Medium) -> dict[str, str | int | None]:
    if isinstance(medium, str):
        return {"url": medium, **dict.fromkeys(("name", "width", "height", "size"))}
    return {"url": None, **vars(medium)}
