"""Search criteria as terms: conditions in SQL that statements can be kept for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    String,
    and_,
    any_,
    bindparam,
    func,
    not_,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.coordinates import Box
from open311.models import (
    ServiceRequest,
)
from open311.queries.catalog.departments import find_department_ids
from open311.queries.catalog.services import find_service_ids
from open311.queries.imports import find_current_ids
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import is_open
from open311.queries.search.conditions import (
    awaits_approval,
    find_assignee_ids,
    find_boundary_ids,
    find_edited,
    find_ids_of_groups,
    find_tag_ids,
    held_since,
    is_held,
    is_in_overlap,
    is_inside,
    is_inside_any,
    is_near_boundary,
    is_new,
    is_on_hold,
    is_overdue,
    is_tagged,
    is_transferred,
    is_unassigned,
    needs_review,
    ranks_of,
)
from open311.queries.search.criteria import Circle, Criteria, News, Period
from open311.queries.search.news import has_news, has_news_in
from open311.queries.search.places import is_in_area, is_near, touches
from open311.queries.search.results import has_result, is_work, was_closed
from open311.queries.search.text import has_text
from schemas.vocabulary.statuses import STANDARD_STATUSES

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Term:
    """One condition of a search.

    Terms of the same name have the same SQL, with the parameters that build uses; their values are
    those of the parameters. A term whose SQL depends on its values has no name. by_words tells one
    that looks for words, and by_clock one that becomes true or false by time alone.
    """

    name: str
    parameters: tuple[BindParameter[Any], ...] = field(compare=False)
    build: Callable[[], Condition] = field(compare=False)
    by_words: bool = False
    by_clock: bool = field(default=False, compare=False)


def terms(jurisdiction: Scope, criteria: Criteria) -> list[Term]:
    """Return the conditions of criteria as terms; an empty list for no criteria."""
    return [
        *_of_what_it_is(jurisdiction, criteria),
        *_of_places(jurisdiction, criteria),
        *_in_period("requested", ServiceRequest.requested_datetime, criteria.requested),
        *_updated(jurisdiction, criteria.updated),
        *_of_results(criteria),
        *_of_work(jurisdiction, criteria),
    ]


def _of_what_it_is(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    id_ = jurisdiction.jurisdiction_id
    if criteria.ids:
        current = find_current_ids(jurisdiction, criteria.ids).values()
        yield _any_text("ids", ServiceRequest.service_request_id, [*criteria.ids, *current])
    if criteria.text:
        yield replace(unnamed(has_text(id_, criteria.text)), by_words=True)
    if criteria.statuses:
        yield _has_status(criteria.statuses)
    if criteria.detailed_statuses:
        column = ServiceRequest.detailed_status
        yield _any_text("detailed_statuses", column, criteria.detailed_statuses)
    if criteria.services:
        services = find_service_ids(id_, criteria.services)
        yield _any_id("services", ServiceRequest.service_id, services)
    if criteria.groups:
        groups = find_ids_of_groups(id_, criteria.groups)
        yield _any_id("groups", ServiceRequest.service_id, groups)
    if criteria.departments:
        departments = find_department_ids(id_, criteria.departments)
        yield _any_id("departments", ServiceRequest.department_id, departments)


def _of_places(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    box, circle, area = criteria.box, criteria.circle, criteria.area
    layers = dict.fromkeys(one.layer for one in criteria.boundaries)
    for number, layer in enumerate(layers):
        same = [one for one in criteria.boundaries if one.layer == layer]
        found = find_boundary_ids(jurisdiction.jurisdiction_id, same)
        inside = bindparam(f"boundary_{number}", found.ids, ARRAY(Integer))
        if found.overlapping:
            yield Term(f"{inside.key}_any", (inside,), partial(is_inside_any, inside))
        else:
            yield Term(inside.key, (inside,), partial(is_inside, inside))
    if box is not None:
        yield _in_box(box)
    if circle is not None:
        yield _in_circle(circle)
    if area is not None:
        yield unnamed(is_in_area(ServiceRequest.location, area))


def _updated(jurisdiction: Scope, period: Period) -> Iterator[Term]:
    """Compare updated_datetime, which stays when texts or photos are hidden or erased.

    For closed requests it is the time of closing (spec, GET requests). Who asks for what is new
    since a time has to learn of both.
    """
    edited: list[int] = []
    if period.begin is not None:
        edited = find_edited(jurisdiction.jurisdiction_id, period.begin, period.end)
    times = list(_in_period("updated", ServiceRequest.updated_datetime, period))
    if not edited:
        yield from times
        return
    keys = bindparam("edited", edited, ARRAY(BigInteger))
    yield Term(
        " or ".join([*(one.name for one in times), keys.key]),
        (*(parameter for one in times for parameter in one.parameters), keys),
        lambda: or_(and_(*(one.build() for one in times)), ServiceRequest.pk == any_(keys)),
    )


def _of_results(criteria: Criteria) -> Iterator[Term]:
    yield from _in_period("expected", ServiceRequest.expected_datetime, criteria.expected)
    if not criteria.closed.is_always:
        type_ = ServiceRequest.updated_datetime.type
        ends = {"closed_from": criteria.closed.begin, "closed_until": criteria.closed.end}
        named = {
            name: None if end is None else bindparam(name, end, type_) for name, end in ends.items()
        }
        given = tuple(one for one in named.values() if one is not None)
        name = " ".join(one.key for one in given)
        yield Term(name, given, partial(was_closed, *named.values()))
    if criteria.promises:
        results = sorted(set(criteria.promises))
        name, condition = f"promises={results}", partial(has_result, results)
        yield Term(name, (), condition, by_clock="overdue" in results)


def _of_work(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    if not criteria.due.is_always:
        yield Term("is_open", (), is_open)
        yield from _in_period("due", ServiceRequest.expected_datetime, criteria.due)
    if not criteria.held_since.is_always:
        yield Term("is_held", (), is_held)
        yield from _in_period("held", held_since(), criteria.held_since)
    yield from _of_labels(jurisdiction, criteria)
    if criteria.assigned_to:
        users = find_assignee_ids(jurisdiction.jurisdiction_id, criteria.assigned_to)
        yield _any_id("assigned_to", ServiceRequest.assigned_user_id, users)
    if criteria.news is not None:
        yield _with_news(jurisdiction, criteria.news)
    flags: dict[Callable[[], Condition], bool | None] = {
        is_overdue: criteria.overdue,
        is_work: criteria.work,
        is_new: criteria.new,
        is_unassigned: criteria.unassigned,
        is_near_boundary: criteria.near_boundary,
        is_in_overlap: criteria.in_overlap,
        is_transferred: criteria.transferred,
        is_on_hold: criteria.on_hold,
        needs_review: criteria.needs_review,
        awaits_approval: criteria.awaiting_approval,
        is_held: criteria.held,
    }
    for condition, wanted in flags.items():
        if wanted is not None:
            name, by_clock = f"{condition.__name__}={wanted}", condition is is_overdue
            yield Term(name, (), partial(_flag, condition, wanted), by_clock=by_clock)


def _of_labels(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    if criteria.channels:
        yield _any_text("channels", ServiceRequest.channel, criteria.channels)
    if criteria.priorities:
        yield _any_id("priorities", ServiceRequest.priority, ranks_of(criteria.priorities))
    if criteria.tags:
        ids = find_tag_ids(jurisdiction.jurisdiction_id, criteria.tags)
        tags = bindparam("tags", ids, ARRAY(Integer))
        yield Term(tags.key, (tags,), partial(is_tagged, tags))


def _flag(condition: Callable[[], Condition], wanted: bool) -> Condition:
    return condition() if wanted else not_(func.coalesce(condition(), False))


def _with_news(jurisdiction: Scope, news: News) -> Term:
    here = bindparam("news_of", jurisdiction.jurisdiction_id, String)
    since = bindparam("news_since", news.since, ServiceRequest.requested_datetime.type)
    reader = bindparam("news_reader", news.reader, String)
    if news.department is None:
        return Term("news", (here, since, reader), partial(has_news, here, since, reader))
    ids = find_department_ids(jurisdiction.jurisdiction_id, [news.department])
    department = bindparam("news_department", ids, ARRAY(Integer))
    asked = (here, since, reader, department)
    return Term("news of a department", asked, partial(has_news_in, *asked))


def unnamed(condition: Condition) -> Term:
    """Return a condition as a term whose SQL depends on its values."""
    return Term("", (), lambda: condition)


def _in_box(box: Box) -> Term:
    sides = _texts("box", box.diagonals)
    return Term(f"box {len(sides)}", sides, lambda: touches(ServiceRequest.location, sides))


def _in_circle(circle: Circle) -> Term:
    sides = _texts("around", Box.around(circle.center, circle.meters).diagonals)
    center = bindparam("center", circle.center.ewkt, String)
    meters = bindparam("meters", circle.meters, Float)
    return Term(
        f"circle {len(sides)}",
        (*sides, center, meters),
        lambda: is_near(ServiceRequest.location, sides, center, meters),
    )


def _texts(name: str, values: Sequence[str]) -> tuple[BindParameter[str], ...]:
    return tuple(bindparam(f"{name}_{n}", value, String) for n, value in enumerate(values))


def _any_text(name: str, column: Any, values: Sequence[str]) -> Term:
    parameter = bindparam(name, list(values), ARRAY(String))
    return Term(name, (parameter,), lambda: column == any_(parameter))


def _any_id(name: str, column: Any, ids: Sequence[int]) -> Term:
    parameter = bindparam(name, list(ids), ARRAY(Integer))
    return Term(name, (parameter,), lambda: column == any_(parameter))


def _has_status(statuses: Sequence[str]) -> Term:
    """Compare with detailed statuses; open and closed include all statuses of their kind."""
    parameter = bindparam("statuses", list(statuses), ARRAY(String))
    general = ServiceRequest.status == any_(parameter)
    if set(statuses) <= set(STANDARD_STATUSES):
        return Term("statuses", (parameter,), lambda: general)
    exact = ServiceRequest.detailed_status == any_(parameter)
    return Term("statuses, detailed", (parameter,), lambda: or_(general, exact))


def _in_period(name: str, column: Any, period: Period) -> Iterator[Term]:
    if period.begin is not None:
        begin = bindparam(f"{name}_from", period.begin, column.type)
        yield Term(begin.key, (begin,), lambda: column >= begin)
    if period.end is not None:
        end = bindparam(f"{name}_until", period.end, column.type)
        yield Term(end.key, (end,), lambda: column <= end)
