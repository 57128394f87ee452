"""Which boundary sets count: those in force on a day, or others in their place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from open311.models import BoundarySet


@dataclass(frozen=True)
class Maps:
    """The sets in force on a day of the jurisdiction's own calendar.

    instead names, by layer id, sets that are to count whatever their dates: so a draft can be
    looked at as if it were in force.
    """

    on: date
    instead: Mapping[int, int] = field(default_factory=dict)


def counts(maps: Maps) -> ColumnElement[bool]:
    """Give the condition that a boundary set is one of these maps."""
    if not maps.instead:
        return in_force(maps.on)
    others = and_(in_force(maps.on), BoundarySet.layer_id.not_in(maps.instead.keys()))
    return or_(others, BoundarySet.id.in_(maps.instead.values()))


def in_force(on: date) -> ColumnElement[bool]:
    """Give the condition that a boundary set is in force on a day: neither draft nor withdrawn."""
    return and_(
        BoundarySet.published_at.is_not(None),
        BoundarySet.withdrawn_at.is_(None),
        BoundarySet.in_force_from <= on,
        or_(BoundarySet.in_force_until.is_(None), BoundarySet.in_force_until > on),
    )
