"""The flow of requests by day: what came in, what went out, and what is open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from open311.database import db
from open311.models import FigureDay, RequestFact, ServiceRequest
from open311.models.insights import EVERYWHERE, FLOW_NAMES, FLOWS
from open311.queries.insights.made_facts import COLUMNS, facts_of
from open311.queries.insights.population import (
    CITY,
    By,
    Counted,
    Key,
    Population,
    counted,
    facts_in,
    is_in,
    is_one_of,
    is_work,
    list_boundary_codes,
    list_names,
)
from open311.queries.search.visibility import Audience


@dataclass(frozen=True)
class Span:
    """Days of the city, from begin until before end."""

    begin: date
    end: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return when the span begins and ends, in UTC: a day may have 23 or 25 hours."""
        first, last = (
            datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.begin, self.end)
        )
        return first, last


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The flow of a span of days.

    open_at_end is open_before + received + reopened + handed_in - closed - handed_out.
    """

    span: Span
    open_before: int
    received: int
    closed: int
    reopened: int
    handed_in: int
    handed_out: int

    @property
    def open_at_end(self) -> int:
        came = self.received + self.reopened + self.handed_in
        return self.open_before + came - self.closed - self.handed_out


def weeks(begin: date, end: date) -> list[Span]:
    """Return the ISO weeks that have a day from begin until before end."""
    first = begin - timedelta(days=begin.weekday())
    number = max(-(-(end - first).days // 7), 0)
    starts = [first + timedelta(weeks=week) for week in range(number)]
    return [Span(start, start + timedelta(weeks=1)) for start in starts]


def list_flows(
    population: Population, spans: Sequence[Span], by: By = CITY
) -> dict[Key, list[Flow]]:
    """Return the flow of each span of days, for each key with requests; spans are in order.

    Days are those of the city's time zone. Without spans, there are no flows.
    """
    if not spans:
        return {}
    before = spans[0].begin - timedelta(days=1)
    sums: dict[Key, dict[date, list[int]]] = defaultdict(dict)
    rows, names = _daily(population, by, before, spans[-1].end)
    for key, day, *numbers in rows:
        name = key if names is None else names.get(key)
        if name is not None:
            own = sums[name].setdefault(day, [0] * len(FLOW_NAMES))
            sums[name][day] = [one + more for one, more in zip(own, numbers, strict=True)]
    return {key: _flows(days, spans) for key, days in sorted(sums.items())}


def _flows(days: dict[date, list[int]], spans: Sequence[Span]) -> list[Flow]:
    flows: list[Flow] = []
    ordered = sorted(days)
    place, opened = 0, 0
    for span in spans:
        numbers = [0] * len(FLOW_NAMES)
        while place < len(ordered) and ordered[place] < span.end:
            of_day = days[ordered[place]]
            if ordered[place] < span.begin:
                opened += _balance(of_day)
            else:
                numbers = [one + more for one, more in zip(numbers, of_day, strict=True)]
            place += 1
        named = dict(zip(FLOW_NAMES, numbers, strict=True))
        flows.append(Flow(span=span, open_before=opened, **named))
        opened += _balance(numbers)
    return flows


def _balance(numbers: Sequence[int]) -> int:
    received, closed, reopened, handed_in, handed_out = numbers
    return received + reopened + handed_in - closed - handed_out


def _daily(population: Population, by: By, before: date, end: date) -> tuple[Any, Any]:
    """Return rows (key, day, sums) until before end, and the names of keys.

    All days up to before are one. Kept sums answer for what they are counted by; for others, flows
    are counted in the facts of each request.
    """
    is_kept = not population.channels and by.kind != "channel"
    layers = len(population.boundary_ids) + (by.kind == "layer")
    if is_kept and layers < 2:
        rows, names = _of_days(population, by)
    else:
        rows, names = _of_facts(population, by, before)
    entries = rows.subquery("entries")
    day = func.greatest(entries.c.day, literal(before, Date))
    sums = [cast(func.sum(entries.c[name]), Integer) for name in FLOW_NAMES]
    last = population.as_of.astimezone(population.jurisdiction.zone).date()
    statement = (
        select(entries.c.key, day.label("until"), *sums)
        .where(entries.c.day < literal(end, Date), entries.c.day <= literal(last, Date))
        .group_by(entries.c.key, "until")
    )
    return db.session.execute(statement).all(), names


def _of_days(population: Population, by: By) -> tuple[Any, Any]:
    """Select from the kept sums, corrected by what changed since the fold."""
    id_ = population.jurisdiction.jurisdiction_id
    boundaries, names = [EVERYWHERE], None
    if population.boundary_ids:
        [boundaries] = [list(ids) for ids in population.boundary_ids]
    if by.kind == "layer":
        names = list_boundary_codes(id_, by.layer)
        boundaries = list(names)
    elif by.kind != "city":
        names = list_names(population.jurisdiction, by.kind)
    day = FigureDay
    kept = select(
        _key_of(day, by).label("key"), day.day, *(getattr(day, name) for name in FLOW_NAMES)
    ).where(day.jurisdiction_id == id_, *_conditions(population, day, boundaries))
    if not population.changed:
        return kept, names
    zone = population.jurisdiction.zone.key
    parts = []
    for sign, facts in ((-1, kept_facts(population.changed)), (1, made_facts(population.changed))):
        rows = entries_of(facts, zone, sign).subquery()
        parts.append(
            select(_key_of(rows.c, by), rows.c.day, *(rows.c[name] for name in FLOW_NAMES)).where(
                *_conditions(population, rows.c, boundaries)
            )
        )
    return union_all(kept, *parts), names


def _key_of(rows: Any, by: By) -> Any:
    columns = {
        "layer": rows.boundary_id,
        "city": literal_column("''"),
        "department": rows.department_id,
    }
    return columns.get(by.kind, rows.service_id)


def _conditions(population: Population, rows: Any, boundaries: Sequence[int]) -> list[Any]:
    conditions = [is_one_of(rows.boundary_id, boundaries)]
    if population.audience is not Audience.STAFF:
        conditions.append(rows.public)
    if population.service_ids is not None:
        conditions.append(is_one_of(rows.service_id, population.service_ids))
    if population.department_ids is not None:
        conditions.append(is_one_of(rows.department_id, population.department_ids))
    return conditions


def kept_facts(pks: Sequence[int]) -> Subquery:
    """Return the folded facts of some requests."""
    columns = (getattr(RequestFact, name) for name in COLUMNS)
    condition = is_one_of(RequestFact.service_request_pk, pks)
    return select(*columns).where(condition).subquery("kept")


def made_facts(pks: Sequence[int]) -> Subquery:
    """Return the facts of some requests, made from their tables."""
    return facts_of(is_one_of(ServiceRequest.pk, pks)).subquery("made")


def entries_of(facts: Subquery, zone: str, sign: int = 1) -> Select[Any]:
    """Select rows of FigureDay from the flows of facts of one jurisdiction, by their sums."""
    everywhere = func.array_prepend(EVERYWHERE, facts.c.boundaries)
    place = func.unnest(everywhere, type_=Integer).table_valued("id").render_derived("places")
    step = _steps(facts)
    keys = {
        "jurisdiction_id": facts.c.jurisdiction_id,
        "boundary_id": place.c.id,
        "day": _day(step, zone),
        "service_id": facts.c.service_id,
        "department_id": step.c.holder_id,
        "public": facts.c.public,
    }
    return (
        select(*(key.label(name) for name, key in keys.items()), *_sums(step, sign))
        .select_from(facts.join(place, literal(True)).join(step, literal(True)))
        .where(is_work(facts))
        .group_by(*keys.values())
    )


def _steps(facts: Subquery) -> Any:
    lists = (facts.c.flow_times, facts.c.flow_kinds, facts.c.flow_departments)
    steps = func.unnest(*lists).table_valued("at", "kind", "holder_id")
    return steps.render_derived("steps")


def _day(steps: Any, zone: str) -> Any:
    return cast(func.timezone(literal_column(f"'{zone}'"), steps.c.at), Date)


def _sums(steps: Any, sign: int) -> list[Any]:
    counts = (func.count().filter(steps.c.kind == kind) for kind in FLOWS)
    pairs = zip(FLOW_NAMES, counts, strict=True)
    return [cast(count * sign, Integer).label(name) for name, count in pairs]


def _of_facts(population: Population, by: By, before: date) -> tuple[Any, Any]:
    """Select from the facts of each request, which know all criteria.

    What was closed for good up to the day before adds nothing to what is open.
    """
    [begin, _end] = Span(before, before).moments(population.jurisdiction.zone)
    facts = facts_in(population)
    group: Counted = counted(population, facts, by)
    step = _steps(facts)
    column = step.c.holder_id if by.kind == "department" else group.column
    of_departments = (
        [is_one_of(step.c.holder_id, population.department_ids)]
        if population.department_ids is not None
        else []
    )
    statement = (
        select(
            column.label("key"),
            _day(step, population.jurisdiction.zone.key).label("day"),
            *_sums(step, 1),
        )
        .select_from(group.rows.join(step, literal(True)))
        .where(
            and_(is_in(population, facts, departments=False), is_work(facts)),
            step.c.at <= population.as_of,
            or_(facts.c.closed_at.is_(None), facts.c.closed_at >= begin),
            *of_departments,
        )
        .group_by("key", "day")
    )
    return statement, group.names
