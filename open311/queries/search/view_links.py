"""Read-only links to searches: those that work, and those of a city."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, func, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.search import VIEW_LINK_UNKNOWN
from open311.models import User, ViewLink
from open311.queries.people.users import UserInfo
from open311.secret_links import hash_of_token


@dataclass(frozen=True)
class ViewLinkInfo:
    """A read-only link: its name, the search, who made it, and when it ends or was revoked.

    query has the filters of the list. used_at is the day on which it was last used.
    """

    id: int
    jurisdiction_id: str
    name: str
    query: str
    token_hash: bytes
    maker: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    @property
    def works(self) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and self.expires_at > datetime.now(UTC)


def list_view_links(user: UserInfo) -> list[ViewLinkInfo]:
    """List the links that a user made; for administrators all of the city. Newest first."""
    statement = _select().where(ViewLink.jurisdiction_id == user.jurisdiction_id)
    if user.role != "administrator":
        statement = statement.where(ViewLink.user_id == user.id)
    rows = db.session.execute(statement.order_by(ViewLink.id.desc()))
    return [ViewLinkInfo(*row) for row in rows]


def get_view_link(token: str) -> tuple[ViewLinkInfo, BaseGeometry | None]:
    """Get a link that works, and its area in degrees on WGS 84, x first; raises NotFound."""
    area = func.ST_AsBinary(ViewLink.area)
    statement = _select().add_columns(area).where(ViewLink.token_hash == hash_of_token(token))
    row = db.session.execute(statement).one_or_none()
    found = None if row is None else ViewLinkInfo(*row[:-1])
    if row is None or found is None or not found.works:
        raise NotFound(VIEW_LINK_UNKNOWN)
    return found, None if row[-1] is None else shapely.from_wkb(bytes(row[-1]))


def _select() -> Select[*tuple[Any, ...]]:
    return select(
        *(ViewLink.id, ViewLink.jurisdiction_id, ViewLink.name, ViewLink.query),
        *(ViewLink.token_hash, User.name, ViewLink.created_at, ViewLink.expires_at),
        *(ViewLink.revoked_at, ViewLink.used_at),
    ).join(User, User.id == ViewLink.user_id)
