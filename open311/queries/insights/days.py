"""The sums of days that figures are made of: how facts add to them, and how they are read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from open311.database import db
from open311.models import FigureDay, RequestFact, ServiceRequest
from open311.models.insights import (
    AGAIN,
    AT_ENTRY,
    CLOSED,
    DAY_NAMES,
    EVERYWHERE,
    FLOW_NAMES,
    FLOWS,
)
from open311.queries.insights.made_facts import COLUMNS, MOMENT, facts_of
from open311.queries.insights.population import (
    By,
    Key,
    Population,
    is_one_of,
    is_work,
    list_boundary_codes,
    list_names,
)
from open311.queries.search.visibility import Audience
from schemas.vocabulary.statuses import DUPLICATE

OUTCOMES = {
    "done": ("closed", "fixed"),
    "no_further_action": ("no_further_action",),
    "not_ours": ("not_councils_responsibility",),
    "referred": ("internal_referral",),
}
"""Detailed statuses of closed work, by what figures call them."""

ARRIVED, ENDED, FELL_DUE = range(11, 14)
"""Kinds of days of a request beside those of its flows."""


def answers(population: Population, by: By) -> bool:
    """Return whether the sums know what requests are filtered and counted by."""
    layers = len(population.boundary_ids) + (by.kind == "layer")
    return not population.channels and by.kind != "channel" and layers < 2


def whole_days(
    population: Population, by: By, begin: datetime | None, end: datetime | None
) -> tuple[date | None, date | None] | None:
    """Return a period (aware or open) in days; None if the sums cannot answer for it.

    They know whole days of the city, and requests as they are now.
    """
    if not (population.is_current and answers(population, by)):
        return None
    days: list[date | None] = []
    for moment in (begin, end):
        here = None if moment is None else moment.astimezone(population.jurisdiction.zone)
        if here is not None and here.time() != time():
            return None
        days.append(None if here is None else here.date())
    return days[0], days[1]


def sums_of(
    population: Population, by: By, names: Sequence[str], begin: date | None, end: date | None
) -> dict[Key, list[int]]:
    """Return the sums of columns from a day until before another, by key, in the order of keys."""
    return {
        key: numbers
        for (key, _day), numbers in _sums(population, by, names, begin, end, literal(0)).items()
    }


def sums_of_each_day(
    population: Population, names: Sequence[str], begin: date, end: date
) -> dict[date, list[int]]:
    """Return the sums of columns of all requests by day, for days that have any."""
    found = _sums(population, By(), names, begin, end, None)
    return {day: numbers for (_key, day), numbers in found.items()}


def _sums(
    population: Population,
    by: By,
    names: Sequence[str],
    begin: date | None,
    end: date | None,
    day: Any,
) -> dict[tuple[Key, Any], list[int]]:
    rows, known = rows_of_days(population, by, names)
    entries = rows.subquery("entries")
    limits = [entries.c.day >= begin] if begin is not None else []
    until = entries.c.day if day is None else day
    statement = (
        select(
            entries.c.key,
            until.label("until"),
            *(cast(func.sum(entries.c[name]), Integer) for name in names),
        )
        .where(*limits, *([entries.c.day < end] if end is not None else []))
        .group_by(entries.c.key, "until")
    )
    sums: dict[tuple[Key, Any], list[int]] = {}
    for value, of_day, *numbers in db.session.execute(statement):
        key = value if known is None else known.get(value)
        if key is not None and any(numbers):
            former = sums.get((key, of_day), [0] * len(numbers))
            sums[key, of_day] = [one + more for one, more in zip(former, numbers, strict=True)]
    return {key: sums[key] for key in sorted(sums)}


def rows_of_days(population: Population, by: By, names: Sequence[str]) -> tuple[Any, Any]:
    """Select key, day, and columns of the kept sums, corrected by what changed since the fold.

    Also returns the names of keys, or None where they are names. answers(population, by) is true.
    """
    id_ = population.jurisdiction.jurisdiction_id
    boundaries, known = [EVERYWHERE], None
    if population.boundary_ids:
        [boundaries] = [list(ids) for ids in population.boundary_ids]
    if by.kind == "layer":
        known = list_boundary_codes(id_, by.layer)
        boundaries = list(known)
    elif by.kind != "city":
        known = list_names(population.jurisdiction, by.kind)
    day = FigureDay
    kept = select(
        _key_of(day, by).label("key"), day.day, *(getattr(day, name) for name in names)
    ).where(day.jurisdiction_id == id_, *_conditions(population, day, boundaries))
    if not population.changed:
        return kept, known
    zone = population.jurisdiction.zone.key
    parts = []
    for sign, facts in ((-1, kept_facts(population.changed)), (1, made_facts(population.changed))):
        rows = entries_of(facts, zone, sign).subquery()
        parts.append(
            select(_key_of(rows.c, by), rows.c.day, *(rows.c[name] for name in names)).where(
                *_conditions(population, rows.c, boundaries)
            )
        )
    return union_all(kept, *parts), known


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


def count_hidden(population: Population, begin: datetime, end: datetime) -> int:
    """Count the requests received from begin until before end (aware) that are not public.

    Both are the first moments of days of the city.
    """
    zone = population.jurisdiction.zone
    days = tuple(one.astimezone(zone).date() for one in (begin, end))
    public = replace(population, audience=Audience.PUBLIC)
    staff, others = (
        sum(sum(one) for one in sums_of(asked, By(), ("requests",), *days).values())
        for asked in (population.of_everyone(), public)
    )
    return staff - others


def kept_facts(pks: Sequence[int]) -> Subquery:
    """Return the folded facts of some requests."""
    columns = (getattr(RequestFact, name) for name in COLUMNS)
    condition = is_one_of(RequestFact.service_request_pk, pks)
    return select(*columns).where(condition).subquery("kept")


def made_facts(pks: Sequence[int]) -> Subquery:
    """Return the facts of some requests, made from their tables."""
    return facts_of(is_one_of(ServiceRequest.pk, pks)).subquery("made")


def entries_of(facts: Subquery, zone: str, sign: int = 1) -> Select[Any]:
    """Select rows of FigureDay from facts of one jurisdiction, by their sums."""
    everywhere = func.array_prepend(EVERYWHERE, facts.c.boundaries)
    place = func.unnest(everywhere, type_=Integer).table_valued("id").render_derived("places")
    step = _days_of(facts)
    keys = {
        "jurisdiction_id": facts.c.jurisdiction_id,
        "boundary_id": place.c.id,
        "day": day_of(step, zone),
        "service_id": facts.c.service_id,
        "department_id": step.c.holder_id,
        "public": facts.c.public,
    }
    sums = (
        cast(func.count().filter(is_part) * sign, Integer).label(name)
        for name, is_part in _parts(facts, step).items()
    )
    return (
        select(*(key.label(name) for name, key in keys.items()), *sums)
        .select_from(facts.join(place, literal(True)).join(step, literal(True)))
        .where(step.c.at.is_not(None))
        .group_by(*keys.values())
    )


def _days_of(facts: Subquery) -> Any:
    """Take apart the flows of facts, followed by the moments by which others are counted."""
    column = facts.c
    # What is open now is not counted by its due date: whether it is overdue depends on the clock.
    due = case((column.closed_at.is_not(None), column.due_at), else_=null())
    moments = array([column.requested_at, column.closed_at, cast(due, MOMENT)])
    kinds = cast(array([ARRIVED, ENDED, FELL_DUE]), ARRAY(SmallInteger))
    lists = (
        func.array_cat(column.flow_times, moments),
        func.array_cat(column.flow_kinds, kinds),
        func.array_cat(column.flow_departments, array([column.department_id] * 3)),
    )
    steps = func.unnest(*lists).table_valued("at", "kind", "holder_id", with_ordinality="place")
    return steps.render_derived("steps")


def day_of(steps: Any, zone: str) -> Any:
    """Return the day of a city's time zone on which a step was."""
    return cast(func.timezone(literal_column(f"'{zone}'"), steps.c.at), Date)


def flow_parts(steps: Any) -> dict[str, ColumnElement[bool]]:
    """Return the condition of each flow."""
    return {name: steps.c.kind == kind for name, kind in zip(FLOW_NAMES, FLOWS, strict=True)}


def _parts(facts: Subquery, step: Any) -> dict[str, ColumnElement[bool]]:
    """Return what each column of DAY_NAMES counts."""
    column, work = facts.c, is_work(facts)
    # What follows a closing can only be a reopening.
    again_at = column.flow_times[step.c.place + 1]
    arrived = step.c.kind == ARRIVED
    received: dict[str, ColumnElement[bool]] = {
        "no_promise": column.due_at.is_(None),
        "at_entry": column.closed_at - column.requested_at <= AT_ENTRY,
        "transferred": column.transfers >= 1,
        "transferred_twice": column.transfers >= 2,
        "returned": column.returned,
    }
    ended = {name: column.outcome.in_(statuses) for name, statuses in OUTCOMES.items()}
    due = {
        "kept": column.closed_at <= column.due_at,
        "late": column.closed_at > column.due_at,
    }
    parts = {
        **{name: and_(work, part) for name, part in flow_parts(step).items()},
        "requests": arrived,
        "duplicates": and_(arrived, column.outcome == DUPLICATE),
        "canceled": and_(arrived, column.outcome == "cancelled"),
        "work": and_(arrived, work),
        **{name: and_(arrived, work, part) for name, part in received.items()},
        "ended": and_(step.c.kind == ENDED, work),
        **{name: and_(step.c.kind == ENDED, work, part) for name, part in ended.items()},
        "reopened_soon": and_(step.c.kind == CLOSED, work, again_at <= step.c.at + AGAIN),
        **{name: and_(step.c.kind == FELL_DUE, work, part) for name, part in due.items()},
    }
    return {name: parts[name] for name in DAY_NAMES}
