"""Erasure of photos and links from a service request; the caller commits."""

from typing import Any

from sqlalchemy import delete, select

from open311.database import db, table
from open311.models import Media, NotePhoto, ReceivedUpdate, UpdateReporter
from open311.steps.requests.erasers import Erased
from open311.steps.requests.reach import Reach
from schemas.vocabulary.retention import PHOTO


def erase_media(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Delete photos and links, and return what changes in the row of the service request.

    Photos that the city took of its work stay, unless the service request is withdrawn or a rule
    of the city says so. An update with contact data is from that person, whatever the rights of the
    key. This comes before the contacts are erased.
    """
    media, updates, commenters = map(table, (Media, ReceivedUpdate, UpdateReporter))
    by_city = updates.c.by_city & commenters.c.received_update_id.is_(None)
    found = db.session.execute(
        select(media, by_city.label("by_city"))
        .outerjoin(updates, updates.c.id == media.c.received_update_id)
        .outerjoin(commenters, commenters.c.received_update_id == updates.c.id)
        .where(media.c.service_request_pk == row.pk)
    ).all()
    dropped = [one for one in found if _is_dropped(one, row, reach)]
    db.session.execute(delete(media).where(media.c.id.in_([one.id for one in dropped])))
    erased.add("photos", len(dropped))
    erased.photos += sorted(one.name for one in dropped if one.name is not None)
    first = row.media_url
    is_dropped = reach.requester and PHOTO in reach.series
    if first and (is_dropped or reach.words.erase(first) != first):
        if not dropped:  # a link from before there were rows of media
            erased.add("photos", 1)
        return {"media_url": ""}
    return {}


def erase_note_photos(pk: int, reach: Reach, erased: Erased) -> None:
    """Delete the photos of internal notes, which may show the requester or the home."""
    if reach.requester and PHOTO in reach.series:
        photos = table(NotePhoto)
        mine = delete(photos).where(photos.c.service_request_pk == pk).returning(photos.c.name)
        names = sorted(db.session.scalars(mine))
        erased.add("photos", len(names))
        erased.photos += names


def _is_dropped(medium: Any, row: Any, reach: Reach) -> bool:
    if medium.url is not None and reach.words.erase(medium.url) != medium.url:
        return True
    if PHOTO not in reach.series:
        return False
    if medium.received_update_id is not None:
        by_city = medium.by_city and row.withdrawn_at is None and not reach.by_rule
        return medium.received_update_id in reach.update_ids and not by_city
    return reach.requester and (medium.status_change_id is None or reach.by_rule)
