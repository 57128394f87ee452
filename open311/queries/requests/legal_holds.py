"""Legal holds: which service requests must stay as they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from open311.database import db
from open311.models import LegalHold, ServiceRequest
from open311.queries.together import Rows


def in_effect() -> ColumnElement[bool]:
    """Build the condition that a hold is in effect, for up to a day longer than its last day.

    The last day is one of the city's time zone, and the database counts those of UTC.
    """
    not_over = or_(LegalHold.until.is_(None), LegalHold.until >= func.current_date() - 1)
    return LegalHold.lifted_at.is_(None) & not_over


def has_hold(pk: Any = ServiceRequest.pk) -> ColumnElement[bool]:
    """Build the condition that a service request has a hold in effect."""
    return exists().where(LegalHold.service_request_pk == pk, in_effect())


def is_held(pk: int) -> bool:
    """Return whether a service request has a hold in effect."""
    return bool(db.session.scalar(select(has_hold(pk))))


def find_on_hold(pks: Collection[int]) -> frozenset[int]:
    """Return those of some service requests that have a hold in effect."""
    held = LegalHold.service_request_pk
    return frozenset(db.session.scalars(select(held).where(held.in_(pks), in_effect())))


@dataclass(frozen=True, kw_only=True)
class LegalHoldInfo:
    """A legal hold of the service request with a number, or a token; times are in UTC."""

    id: int
    name: str
    reason: str
    until: date | None
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None


def list_legal_holds(jurisdiction_id: str, *, all_of_them: bool = False) -> list[LegalHoldInfo]:
    """List the holds of a city that are in effect, or all of them, newest first."""
    here = ServiceRequest.jurisdiction_id == jurisdiction_id
    wanted = here if all_of_them else here & in_effect()
    return _found(_select().where(wanted).order_by(LegalHold.id.desc()))


def select_legal_holds(pk: Any) -> Rows:
    """Select the holds of a service request that are in effect, newest first."""
    columns = (LegalHold.id, LegalHold.reason, LegalHold.until, LegalHold.set_by)
    mine = LegalHold.service_request_pk == pk, in_effect()
    return select(*columns).where(*mine).order_by(LegalHold.id.desc())


def _select() -> Select[Any]:
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    names = ("id", "reason", "until", "set_at", "set_by", "lifted_at", "lifted_by")
    return select(
        name.label("name"),
        *(getattr(LegalHold, one) for one in names),
    ).join(ServiceRequest, ServiceRequest.pk == LegalHold.service_request_pk)


def _found(statement: Select[Any]) -> list[LegalHoldInfo]:
    return [LegalHoldInfo(**row._mapping) for row in db.session.execute(statement)]
