"""The service requests that figures are of, and by what they are counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    all_,
    and_,
    any_,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.errors import Busy
from open311.messages.insights import FIGURES_NOT_READY
from open311.models import (
    Boundary,
    BoundaryLayer,
    Department,
    FigureState,
    RequestFact,
    Service,
    ServiceRequest,
)
from open311.queries.catalog.departments import find_department_ids
from open311.queries.catalog.services import find_service_ids
from open311.queries.insights.made_facts import COLUMNS, facts_of
from open311.queries.jurisdictions import Scope
from open311.queries.search.conditions import (
    find_boundary_ids,
    find_ids_of_groups,
    is_any_of,
)
from open311.queries.search.criteria import EVERYTHING, Criteria
from open311.queries.search.visibility import Audience
from schemas.vocabulary.statuses import NO_WORK

MOST_CHANGED = 5_000
"""Changed requests that an answer makes facts of; with more, it waits for the fold."""

NOW = timedelta(minutes=1)
"""How long a moment is the present, for one that was taken before figures are read."""

COUNTABLE = ("services", "groups", "departments", "channels", "boundaries")
"""The criteria of the request list by which figures can be filtered."""


@dataclass(frozen=True)
class By:
    """What figures are counted by: one of KINDS, and the code of a boundary layer for "layer"."""

    kind: str = "city"
    layer: str = ""


KINDS = ("city", "service", "group", "department", "channel", "layer")
CITY = By()

Key = str
"""A value of By: the code of a service, department, or boundary, a group, a channel, or ""."""


@dataclass(frozen=True, kw_only=True)
class Population:
    """The requests of a jurisdiction that an audience may see, filtered, as of a moment.

    The ids are those of the filter; None filters nothing. boundary_ids are of one layer each.
    changed are the keys of requests whose facts are not folded yet. is_current is false if as_of is
    a moment of the past.
    """

    jurisdiction: Scope
    audience: Audience
    as_of: datetime
    service_ids: tuple[int, ...] | None
    department_ids: tuple[int, ...] | None
    channels: tuple[str, ...]
    boundary_ids: tuple[tuple[int, ...], ...]
    changed: tuple[int, ...]
    is_current: bool

    @property
    def is_filtered(self) -> bool:
        """Whether not all requests that the audience may see count."""
        ids = (self.service_ids, self.department_ids)
        return bool(self.channels or self.boundary_ids or any(one is not None for one in ids))

    def of_everyone(self) -> "Population":
        """Return the same as staff see it, to tell how many are not included."""
        return replace(self, audience=Audience.STAFF)


def find_population(
    jurisdiction: Scope, audience: Audience, as_of: datetime, criteria: Criteria = EVERYTHING
) -> Population:
    """Return the requests of criteria, of which only those of COUNTABLE may be set.

    as_of is aware; figures of an earlier moment count as open what was closed later. Raises Busy
    while the facts of many requests are missing, as after an upgrade.
    """
    none: dict[str, Any] = dict.fromkeys(COUNTABLE, ())
    if replace(criteria, **none) != EVERYTHING:
        raise ValueError("Figures are not filtered by these criteria.")
    id_ = jurisdiction.jurisdiction_id
    services = [find_service_ids(id_, criteria.services)] if criteria.services else []
    services += [find_ids_of_groups(id_, criteria.groups)] if criteria.groups else []
    layers = dict.fromkeys(one.layer for one in criteria.boundaries)
    same = [[one for one in criteria.boundaries if one.layer == layer] for layer in layers]
    departments = criteria.departments
    return Population(
        jurisdiction=jurisdiction,
        audience=audience,
        as_of=as_of,
        service_ids=_all_of(services),
        department_ids=tuple(find_department_ids(id_, departments)) if departments else None,
        channels=criteria.channels,
        boundary_ids=tuple(tuple(find_boundary_ids(id_, one).ids) for one in same),
        changed=_find_changed(id_),
        is_current=as_of >= datetime.now(UTC) - NOW,
    )


def _all_of(lists: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    if not lists:
        return None
    return tuple(sorted(set(lists[0]).intersection(*lists[1:])))


def _find_changed(jurisdiction_id: str) -> tuple[int, ...]:
    """Find what changed since the last fold.

    If another fold ends before the facts are read, what it folded is only made again.
    """
    folded = db.session.scalar(
        select(FigureState.change_number).where(FigureState.jurisdiction_id == jurisdiction_id)
    )
    one = ServiceRequest
    changed = select(one.pk).where(
        one.jurisdiction_id == jurisdiction_id, one.change_number > (folded or 0)
    )
    pks = tuple(db.session.scalars(changed.limit(MOST_CHANGED + 1)))
    if len(pks) > MOST_CHANGED:
        raise Busy(FIGURES_NOT_READY)
    return pks


def is_one_of(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column is among ids."""
    condition: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(BigInteger)))
    return condition


def is_between(at: Any, begin: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    """Return the condition that a time is from begin until before end, both aware or open."""
    limits = [at >= begin] if begin is not None else []
    return and_(*limits, *([at < end] if end is not None else []), literal(True))


def all_facts(jurisdiction_id: str, changed: Sequence[int]) -> Subquery:
    """Return the facts of a jurisdiction: folded ones, and those of changed requests, made now."""
    kept = select(*(getattr(RequestFact, name) for name in COLUMNS)).where(
        RequestFact.jurisdiction_id == jurisdiction_id
    )
    if not changed:
        return kept.subquery("facts")
    pks = literal(list(changed), ARRAY(BigInteger))
    kept = kept.where(RequestFact.service_request_pk != all_(pks))
    return union_all(kept, facts_of(is_one_of(ServiceRequest.pk, changed))).subquery("facts")


def facts_in(population: Population) -> Subquery:
    """Return the facts of a jurisdiction, to be filtered by is_in."""
    return all_facts(population.jurisdiction.jurisdiction_id, population.changed)


def is_in(population: Population, facts: FromClause, *, departments: bool = True) -> Any:
    """Return the condition that a fact is of a population; flows have departments of their own."""
    column = facts.c
    conditions: list[ColumnElement[bool]] = [column.requested_at <= population.as_of]
    if population.audience is not Audience.STAFF:
        conditions.append(column.public)
    if population.service_ids is not None:
        conditions.append(is_one_of(column.service_id, population.service_ids))
    if departments and population.department_ids is not None:
        conditions.append(is_one_of(column.department_id, population.department_ids))
    if population.channels:
        conditions.append(is_any_of(column.channel, population.channels))
    for ids in population.boundary_ids:
        conditions.append(column.boundaries.overlap(literal(list(ids), ARRAY(Integer))))
    return and_(*conditions)


def is_work(facts: FromClause) -> ColumnElement[bool]:
    """Return the condition that a fact is of work."""
    return and_(*(facts.c.outcome != literal_column(f"'{outcome}'") for outcome in NO_WORK))


@dataclass(frozen=True)
class Counted:
    """What facts are grouped by: a column, what it comes from, and its names by value."""

    rows: Any
    column: ColumnElement[Any]
    names: Mapping[Any, Key] | None

    def key(self, value: Any) -> Key | None:
        """Return the key of a value of the column; None for one that is not counted."""
        return value if self.names is None else self.names.get(value)

    def added_up(self, rows: Iterable[Any]) -> dict[Key, list[int]]:
        """Return the sums of rows (value, numbers…) by key, in the order of the keys."""
        sums: dict[Key, list[int]] = {}
        for value, *numbers in rows:
            key = self.key(value)
            if key is not None:
                former = sums.get(key, [0] * len(numbers))
                sums[key] = [one + more for one, more in zip(former, numbers, strict=True)]
        return {key: sums[key] for key in sorted(sums)}


def counted(population: Population, facts: Subquery, by: By) -> Counted:
    """Return how facts are grouped. A place outside of all boundaries of a layer is not counted."""
    if by.kind == "layer":
        names = list_boundary_codes(population.jurisdiction.jurisdiction_id, by.layer)
        boundary = func.unnest(facts.c.boundaries).table_valued("id", name="inside")
        inside = boundary.render_derived(name="inside")
        kept = is_one_of(inside.c.id, list(names))
        return Counted(facts.join(inside, kept), inside.c.id, names)
    if by.kind == "city":
        return Counted(facts, literal_column("''"), None)
    if by.kind == "channel":
        return Counted(facts, facts.c.channel, None)
    name = "department_id" if by.kind == "department" else "service_id"
    return Counted(facts, facts.c[name], list_names(population.jurisdiction, by.kind))


def list_names(jurisdiction: Scope, kind: str) -> dict[int, Key]:
    """Return the keys of a jurisdiction's services, their groups, or departments, by id."""
    columns: dict[str, tuple[Any, Any, Any]] = {
        "service": (Service.id, Service.service_code, Service.jurisdiction_id),
        "group": (Service.id, Service.group, Service.jurisdiction_id),
        "department": (Department.id, Department.code, Department.jurisdiction_id),
    }
    id_, name, city = columns[kind]
    statement = select(id_, name).where(city == jurisdiction.jurisdiction_id)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def list_boundary_codes(jurisdiction_id: str, layer: str) -> dict[int, Key]:
    """Return the codes of boundaries of a layer, of all its versions, by id."""
    statement = (
        select(Boundary.id, Boundary.code)
        .join(BoundaryLayer, BoundaryLayer.id == Boundary.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer)
    )
    return {row.id: row.code for row in db.session.execute(statement)}


def find_first_day(jurisdiction: Scope) -> date | None:
    """Find the day in UTC of the oldest request of a jurisdiction; None without any."""
    oldest = select(func.min(ServiceRequest.requested_datetime)).where(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id
    )
    first = db.session.scalar(oldest)
    return None if first is None else first.date()


def find_last_change(jurisdiction_id: str) -> int:
    """Return the number of the last change of a jurisdiction's requests; 0 before the first."""
    last = select(func.max(ServiceRequest.change_number)).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id
    )
    return db.session.scalar(last) or 0
