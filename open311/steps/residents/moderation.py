"""Texts and photos that are hidden, with what they replaced; the caller commits."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from open311.database import db, table
from open311.models import Media, Moderation, ServiceRequest, SiteReport
from open311.steps.requests.media import link_to
from open311.steps.values.submissions import StoredPhoto


def store_hidden_text(pk: int, text: str, now: datetime) -> None:
    """Empty the description of a service request for its reporter; text is what it was."""
    _store(pk, "description", text, now)
    db.session.execute(update(ServiceRequest).where(ServiceRequest.pk == pk).values(description=""))
    mine = SiteReport.service_request_pk == pk
    db.session.execute(update(SiteReport).where(mine).values(text_digest=None))


def store_hidden_photo(
    pk: int, photo: StoredPhoto, received_update_id: int | None, media_url: str, now: datetime
) -> None:
    """Remove the row of a photo for its reporter; its file stays, and its link is 404.

    media_url is the first link of the service request, which may be that of the photo.
    """
    _store(pk, "photo", photo.name, now, received_update_id)
    db.session.execute(delete(Media).where(Media.name == photo.name))
    first = media_url if media_url != link_to(photo) else _first_link(pk)
    # Any update raises the change number, so that copies are updated.
    db.session.execute(
        update(ServiceRequest).where(ServiceRequest.pk == pk).values(media_url=first)
    )


def _first_link(pk: int) -> str:
    """Return the first link that a service request came with; empty without one."""
    row = db.session.execute(
        select(Media.url, Media.name)
        .where(
            Media.service_request_pk == pk,
            Media.received_update_id.is_(None),
            Media.status_change_id.is_(None),
        )
        .order_by(Media.position)
        .limit(1)
    ).one_or_none()
    if row is None:
        return ""
    return link_to(row.url or StoredPhoto(row.name, 0, 0, 0))


def _store(
    pk: int, target: str, original: str, now: datetime, received_update_id: int | None = None
) -> None:
    row = {
        "service_request_pk": pk,
        "received_update_id": received_update_id,
        "target": target,
        "kind": "hidden",
        "reason": "",
        "original": original,
        "made_by": None,
        "made_at": now,
    }
    db.session.execute(insert(table(Moderation)), row)
