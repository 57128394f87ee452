"""Which alerts tell of which changes, and what their messages may say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    String,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from open311.database import db
from open311.models import (
    Alert,
    AlertItem,
    Boundary,
    BoundaryLayer,
    Department,
    FormerId,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
)
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.conditions import not_withdrawn
from open311.queries.search.visibility import Audience, visible_to
from open311.statements import Call, Statement
from schemas.vocabulary.alerts import AREA, BOTH, BOUNDARY, CIRCLE, CITY, CLOSED, NEW, ON

CONFIDENTIAL = "blackbox"
"""The type of services whose requests the public does not see."""

MOST_CHANGES = 50
"""Changes that are compared in one statement: each may match thousands of alerts."""

MOST_CITIES = 32
"""Cities whose statement is kept."""


@dataclass(frozen=True)
class Match:
    """An alert that tells of an event of a service request."""

    alert_id: int
    service_request_pk: int
    event: str
    rhythm: str
    language: str


def find_matches(jurisdiction_id: str, after: int, end: int, since: datetime) -> Sequence[Match]:
    """List what alerts have to send about the service requests that changed, and have not yet.

    after and end are numbers of changes, end included, with MOST_CHANGES at most. What happened
    before since does not count.
    """
    values = {"after": after, "end": end, "since": since}
    return [Match(*row) for row in Call(_matching(jurisdiction_id), values).run()]


@lru_cache(MOST_CITIES)
def _matching(jurisdiction_id: str) -> Statement:
    """Build the statement once: to build and to plan it costs more than to run it."""
    return Statement(select_matches(get_jurisdiction(jurisdiction_id)), prepared=True)


def select_matches(jurisdiction: Scope) -> Select[Any]:
    """Select the fields of Match, by after, end, and since.

    Each way to name a place is looked up in its own index. One plan is for all numbers: it knows
    how few changes they include at most, and the constants of those indexes.
    """
    events = _events(jurisdiction)
    wanted = _wants(jurisdiction.jurisdiction_id, events)
    columns = (Alert.id, events.c.pk, events.c.event, Alert.rhythm, Alert.language)
    everywhere = select(*columns).join(Alert, and_(wanted, _is(Alert.place, CITY)))
    inside = select(*columns).join(
        Alert,
        and_(
            wanted,
            or_(_is(Alert.place, AREA), _is(Alert.place, CIRCLE)),
            func.ST_Covers(Alert.area, events.c.location),
        ),
    )
    of_boundary = _of_boundaries(select(*columns), events, wanted)
    found = union_all(everywhere, inside, of_boundary).subquery()
    told = exists().where(
        AlertItem.alert_id == found.c.id,
        AlertItem.service_request_pk == found.c.pk,
        AlertItem.event == found.c.event,
    )
    return select(found).where(~told).order_by(found.c.id, found.c.pk, found.c.event)


def _is(column: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    """Compare with a word as a constant, which a plan for all parameters can see."""
    return column == literal_column(f"'{word}'", String)


def _of_boundaries(rows: Select[Any], events: CTE, wanted: Any) -> Select[Any]:
    """Join the alerts about boundaries: all of an overlapping layer, else the one that counts."""
    mine = ServiceRequestBoundary
    inside_ids = func.array_append(mine.others, mine.boundary_id)
    named = and_(
        wanted,
        _is(Alert.place, BOUNDARY),
        Alert.boundary_layer == BoundaryLayer.code,
        Alert.boundary_code == Boundary.code,
    )
    return (
        rows.join(ServiceRequestBoundary, ServiceRequestBoundary.service_request_pk == events.c.pk)
        .join(Boundary, Boundary.id == any_(inside_ids))
        .join(
            BoundaryLayer,
            and_(
                BoundaryLayer.id == Boundary.layer_id,
                or_(
                    BoundaryLayer.overlapping,
                    Boundary.id == ServiceRequestBoundary.boundary_id,
                ),
            ),
        )
        .join(Alert, named)
    )


def _events(jurisdiction: Scope) -> CTE:
    """Select what has happened to the public requests that changed: pk, location, code, event, at.

    Imports are left out, and what they close. So are the test endpoint and confidential services.
    """
    since = bindparam("since", type_=DateTime(timezone=True))
    closing = _closing()
    imported = exists().where(FormerId.service_request_pk == ServiceRequest.pk)
    number = ServiceRequest.change_number
    changed = (
        select(
            ServiceRequest.pk,
            ServiceRequest.location,
            Service.service_code.label("code"),
            ServiceRequest.requested_datetime.label("opened_at"),
            ServiceRequest.status,
            imported.label("is_imported"),
            closing.c.changed_at.label("closed_at"),
            closing.c.made_by.label("closed_by"),
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .outerjoin(closing, ServiceRequest.status == "closed")
        .where(
            visible_to(Audience.PUBLIC, jurisdiction),
            number > bindparam("after", type_=BigInteger),
            number <= bindparam("end", type_=BigInteger),
            Service.type != CONFIDENTIAL,
        )
        .limit(literal_column(str(MOST_CHANGES)))
        .cte("changed")
    )
    row = changed.c
    opened = select(
        row.pk, row.location, row.code, literal(NEW).label("event"), row.opened_at.label("at")
    ).where(row.opened_at >= since, ~row.is_imported)
    closed = select(row.pk, row.location, row.code, literal(CLOSED), row.closed_at).where(
        row.closed_at >= since, or_(~row.is_imported, row.closed_by.is_not(None))
    )
    return union_all(opened, closed).cte("events")


def _closing() -> LateralFromClause:
    """Select the last step that closed a service request which had been open."""
    step, before = aliased(StatusChange), aliased(StatusChange)
    was = (
        select(before.status)
        .where(before.service_request_pk == step.service_request_pk, before.id < step.id)
        .order_by(before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(step.changed_at, step.made_by)
        .where(step.service_request_pk == ServiceRequest.pk, step.status == "closed", was == "open")
        .order_by(step.id.desc())
        .limit(1)
        .lateral("closing")
    )


def _wants(jurisdiction_id: str, events: CTE) -> ColumnElement[bool]:
    """Return the condition that an alert is on, and wants to tell of an event wherever it is."""
    return and_(
        Alert.jurisdiction_id == jurisdiction_id,
        _is(Alert.state, ON),
        Alert.begun_at <= events.c.at,
        Alert.about.in_((BOTH, events.c.event)),
        or_(func.cardinality(Alert.services) == 0, events.c.code == any_(Alert.services)),
    )


@dataclass(frozen=True, kw_only=True)
class ToldRequest:
    """A service request in a list, as everyone can read it."""

    service_request_id: str
    service_code: str
    service_name: str
    department_code: str
    department: str
    address: str
    detailed_status: str


@dataclass(frozen=True)
class ToldItems:
    """What a message of an alert tells: the newest requests, and numbers of all.

    number is that of the requests, of which some may be both new and closed.
    """

    requests: Sequence[ToldRequest]
    number: int
    new: int
    closed: int


def is_still_true() -> ColumnElement[bool]:
    """Return the condition that what an item tells is public, and still so."""
    still = or_(AlertItem.event == NEW, ServiceRequest.status == "closed")
    return and_(ServiceRequest.public, not_withdrawn(), Service.type != CONFIDENTIAL, still)


def read_items(message_id: int, limit: int) -> ToldItems:
    """Return what a message tells, the newest requests first, limit of them at most."""
    mine = AlertItem.message_id == message_id
    numbers = db.session.execute(
        select(
            func.count(AlertItem.service_request_pk.distinct()).label("number"),
            func.count().filter(AlertItem.event == NEW).label("new"),
            func.count().filter(AlertItem.event == CLOSED).label("closed"),
        ).where(mine)
    ).one()
    told = select(AlertItem.service_request_pk).where(mine)
    rows = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            Service.service_code,
            Service.service_name,
            Department.code.label("department_code"),
            Department.name.label("department"),
            ServiceRequest.address_string.label("address"),
            ServiceRequest.detailed_status,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(ServiceRequest.pk.in_(told))
        .order_by(ServiceRequest.requested_datetime.desc(), ServiceRequest.pk.desc())
        .limit(limit)
    )
    requests = [ToldRequest(**row._mapping) for row in rows]
    return ToldItems(requests, numbers.number, numbers.new, numbers.closed)
