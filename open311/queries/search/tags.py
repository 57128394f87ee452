"""Tags of a city, and how often each is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from open311.database import db
from open311.models import RequestTag, Tag


@dataclass(frozen=True)
class TagUse:
    """A tag, and the number of requests that have it."""

    id: int
    name: str
    used: int


def list_tags(jurisdiction_id: str) -> Sequence[str]:
    """List the tags of a city by name."""
    return db.session.scalars(select_tags(jurisdiction_id)).all()


def select_tags(jurisdiction_id: Any) -> Select[Any]:
    """Select the names of the tags of a city, in their order."""
    mine = Tag.jurisdiction_id == jurisdiction_id
    return select(Tag.name).where(mine).order_by(Tag.name)


def list_tag_uses(jurisdiction_id: str) -> list[TagUse]:
    """List the tags of a city by name, with how often each is used."""
    rows = db.session.execute(
        select(Tag.id, Tag.name, func.count(RequestTag.service_request_pk))
        .outerjoin(RequestTag, RequestTag.tag_id == Tag.id)
        .where(Tag.jurisdiction_id == jurisdiction_id)
        .group_by(Tag.id)
        .order_by(Tag.name)
    )
    return [TagUse(*row) for row in rows]
