"""Links to photos that came with an update, as its media; the caller commits."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select

from open311.database import db
from open311.models import Media


def add_links(pk: int, received_update_id: int, urls: Sequence[str]) -> None:
    """Add links behind the media that the service request pk has, which the caller has locked."""
    if not urls:
        return
    last = select(func.max(Media.position)).where(Media.service_request_pk == pk)
    first = (db.session.scalar(last) or 0) + 1
    belonging = {"service_request_pk": pk, "received_update_id": received_update_id}
    rows = [
        {**belonging, "position": position, "url": url}
        for position, url in enumerate(urls, start=first)
    ]
    db.session.execute(insert(Media), rows)
