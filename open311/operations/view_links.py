"""Read-only links to searches: made, revoked, and noted when they are used."""

from datetime import UTC, datetime, timedelta

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, insert, or_, select, update

from open311.database import db, table
from open311.errors import InvalidParameters, NotFound
from open311.messages.search import SAVED_NAME_REQUIRED, VIEW_LINK_DAYS, VIEW_LINK_UNKNOWN
from open311.models import ViewLink
from open311.operations.transaction import operation
from open311.queries.people.users import UserInfo
from open311.secret_links import hash_of_token, token_of

PURPOSE = "view"

LONGEST = timedelta(days=366)
"""From when a link is made until it ends."""

USE_IS_NOTED = timedelta(days=1)
"""After the last use that was noted, so that reading a link writes once a day at most."""


@operation
def make_view_link(
    user: UserInfo,
    secret_key: str,
    name: str,
    query: str,
    area: BaseGeometry | None,
    expires_at: datetime,
) -> str:
    """Store a read-only link to a search, and return its token.

    query has the filters of a list that everyone may know, and area is the saved area among them,
    in degrees on WGS 84, x first. Raises InvalidParameters without a name, and if the link would
    end before now or after LONGEST.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    if not name:
        raise InvalidParameters(SAVED_NAME_REQUIRED, field="name")
    if not now < expires_at <= now + LONGEST:
        raise InvalidParameters(VIEW_LINK_DAYS, field="expires")
    id_ = db.session.scalars(select(func.nextval("view_links_id_seq"))).one()
    token = token_of(secret_key, PURPOSE, id_)
    row = {
        "id": id_,
        "jurisdiction_id": user.jurisdiction_id,
        "user_id": user.id,
        "name": name,
        "query": query,
        "area": None if area is None else _multipolygon(area),
        "token_hash": hash_of_token(token),
        "created_at": now,
        "expires_at": expires_at,
    }
    db.session.execute(insert(table(ViewLink)).values(row))
    return token


def _multipolygon(area: BaseGeometry) -> object:
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return func.ST_GeomFromWKB(shapely.to_wkb(shapely.MultiPolygon(parts)), 4326)


@operation
def revoke_view_link(user: UserInfo, link_id: int) -> None:
    """End a link of the user, or as an administrator any of the city; raises NotFound."""
    links = table(ViewLink)
    statement = (
        update(links)
        .where(links.c.id == link_id, links.c.jurisdiction_id == user.jurisdiction_id)
        .values(revoked_at=func.coalesce(links.c.revoked_at, datetime.now(UTC)))
    )
    if user.role != "administrator":
        statement = statement.where(links.c.user_id == user.id)
    if not db.session.execute(statement.returning(links.c.id)).all():
        raise NotFound(VIEW_LINK_UNKNOWN)


@operation
def note_use(link_id: int) -> None:
    """Store that a link is used now, unless that was noted within USE_IS_NOTED."""
    links, now = table(ViewLink), datetime.now(UTC)
    is_long_ago = or_(links.c.used_at.is_(None), links.c.used_at <= now - USE_IS_NOTED)
    db.session.execute(update(links).where(links.c.id == link_id, is_long_ago).values(used_at=now))
