"""The same criteria find the same service requests at every edge, in the same order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import shapely
from current_city import list_service_requests
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import Box, Point
from open311.ogc.asked import read_items, wanted_of
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted, list_features
from open311.queries.ogc.sources import get_source
from open311.queries.search.criteria import (
    ALWAYS,
    BoundaryCode,
    Circle,
    Criteria,
    News,
    Period,
)
from open311.queries.search.pages import Paging
from open311.queries.search.staff_counts import count_by_status_and_service
from open311.staff.pages import look_overdue
from open311.web.freshness import snapshots
from open311.web.parameters import parse
from open311.web.request_lists import criteria_of as criteria_of_georeport
from open311.web.request_lists import read_filters
from open311.web.staff_criteria import criteria_of as criteria_of_staff
from schemas.search.staff_find import FindSchema
from tests.search.conftest import City
from tests.search.many_requests import DEPARTMENTS, NOON, PEOPLE, SERVICES, Row
from tests.search.meaning import holds
from tests.search.written import as_cql2, as_georeport, as_ogc, as_staff, for_staff_alone

TERMS = (
    *("wat", "water", "hole", "lane", "lamp", "LAMP", "str", "is", "12", "1", "oak", "77-0012"),
    *('"water main"', '"hole in the"', '"wat"', "-hole", '-"street light"', "-lamp", "o'hara"),
)


def some(values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    """One or two of some values."""
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=2, unique=True).map(tuple)


MOMENTS = st.integers(-400, 5).map(lambda days: NOON + timedelta(days=days))
PERIODS = st.one_of(
    MOMENTS.map(lambda begin: Period(begin)),
    MOMENTS.map(lambda end: Period(None, end)),
    st.tuples(MOMENTS, st.integers(0, 200)).map(
        lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
    ),
)
DEGREES = st.sampled_from((-1.0, -0.5, -0.1, 0.0, 0.02, 0.3, 0.5, 0.95))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    south, north = sorted((draw(DEGREES), draw(DEGREES)))
    return Box(minlong=draw(DEGREES), minlat=south, maxlong=draw(DEGREES), maxlat=north)


@st.composite
def areas(draw: st.DrawFn) -> shapely.Polygon:
    west, south = draw(DEGREES), draw(DEGREES)
    width, height = draw(st.sampled_from((0.2, 0.7))), draw(st.sampled_from((0.31, 0.93)))
    return shapely.Polygon(
        [(west, south), (west + width, south), (west + width / 2, south + height)]
    )


CIRCLES = st.builds(
    lambda lat, long, meters: Circle(Point(lat=lat, long=long), meters),
    DEGREES, DEGREES, st.sampled_from((10.0, 20_000.0, 49_000.0)),
)  # fmt: skip
WARDS = some([BoundaryCode("ward", code) for code in ("2", "10", "99")])
FLAGS = st.booleans()


def today(jurisdiction: Scope) -> Period:
    begin = datetime.combine(jurisdiction.today(), time(), jurisdiction.zone)
    return Period(begin.astimezone(UTC), (begin + timedelta(days=1, seconds=-1)).astimezone(UTC))


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "ids": some(["77-0001", "77-0012", "77-0200", "77-9999"]),
    "text": st.lists(st.sampled_from([*TERMS, "or"]), min_size=1, max_size=3)
    .filter(lambda terms: set(terms) != {"or"})
    .map(" ".join),
    "statuses": some(["open", "closed", "planned", "fixed", "duplicate"]),
    "detailed_statuses": some(["open", "closed", "planned", "fixed"]),
    "services": some([*SERVICES, "NOTHING"]),
    "groups": some(["Streets", "Lights", "Nothing"]),
    "departments": some(["HALL", "west yard", "EAST", "Nobody", *DEPARTMENTS.values()]),
    "channels": some(["phone", "website", "unknown", "desk"]),
    "priorities": some(["urgent", "high", "low", "whatever"]),
    "tags": some(["storm", "Storm damage", "night", "unused"]),
    "boundaries": WARDS,
    "box": boxes(),
    "circle": CIRCLES,
    "area": areas(),
    "requested": PERIODS,
    "updated": PERIODS,
    "expected": PERIODS,
    "closed": PERIODS,
    "promises": some(["kept", "late", "overdue"]),
    "work": FLAGS,
    "overdue": FLAGS,
    "new": FLAGS,
    "near_boundary": FLAGS,
    "in_overlap": FLAGS,
    "assigned_to": some([*PEOPLE, "nobody"]),
    "unassigned": FLAGS,
    "news": MOMENTS.map(lambda since: News(since, "dispatch")),
    "transferred": FLAGS,
    "on_hold": FLAGS,
    "needs_review": FLAGS,
    "awaiting_approval": FLAGS,
    "held": FLAGS,
    "held_since": PERIODS,
    "due": st.just(ALWAYS),  # replaced by the day that it is
}


@st.composite
def criteria_of_some_fields(draw: st.DrawFn) -> tuple[Criteria, bool]:
    """Criteria of at most three fields, and whether what is due today is asked for."""
    names = draw(st.lists(st.sampled_from(list(FIELDS)), max_size=3, unique=True))
    return Criteria(**{name: draw(FIELDS[name]) for name in names}), "due" in names


def georeport(jurisdiction: Scope, values: dict[str, list[str]]) -> list[str | None]:
    snapshot = snapshots().current().cities[jurisdiction.jurisdiction_id]
    criteria = criteria_of_georeport(read_filters(snapshot, values))
    page = list_service_requests(jurisdiction, criteria, Paging(page_size=1_000))
    return [row["service_request_id"] for row in page.rows]


def ogc(jurisdiction: Scope, values: dict[str, list[str]], *, staff: bool) -> list[str | None]:
    asked = read_items({**values, "limit": ["10000"]})
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=staff)
    return [one["id"] for one in list_features(source, wanted_of(asked, source, values)).features]


def for_staff(jurisdiction: Scope, values: dict[str, list[str]]) -> Criteria:
    asked = parse(FindSchema(jurisdiction.zone), values)
    drawn = None if asked["polygon"] is None else shapely.Polygon(
        [(long, lat) for lat, long in asked["polygon"]]
    )  # fmt: skip
    return criteria_of_staff(asked, drawn, "dispatch", jurisdiction, look_overdue)


def staff_list(jurisdiction: Scope, values: dict[str, list[str]]) -> list[str | None]:
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True)
    wanted = Wanted(criteria=for_staff(jurisdiction, values), limit=10_000)
    return [one["id"] for one in list_features(source, wanted).features]


def name(row: Row) -> str | None:
    return row.id or row.token


@given(made=criteria_of_some_fields())
def test_every_edge_finds_the_same_in_the_same_order(
    reading_app: Flask, city: City, made: tuple[Criteria, bool]
) -> None:
    criteria, due_today = made
    jurisdiction = get_jurisdiction("gridtown.example")
    if due_today:
        criteria = replace(criteria, due=today(jurisdiction))
    seen = [row for row in city.rows if not row.withdrawn and not row.sandbox]
    meant = [row for row in seen if holds(row, criteria)]
    public = [name(row) for row in meant if row.public]
    everything = [name(row) for row in meant]
    asked: list[tuple[Callable[[], list[str | None]], list[str | None]]] = []
    if (values := as_georeport(criteria)) is not None:
        asked.append((lambda: georeport(jurisdiction, values), public))
    for written in (as_ogc(criteria), as_cql2(criteria)):
        if written is not None:
            asked.append(
                (lambda written=written: ogc(jurisdiction, written, staff=True), everything)
            )
            if not for_staff_alone(criteria):
                asked.append(
                    (lambda written=written: ogc(jurisdiction, written, staff=False), public)
                )
    if (form := as_staff(criteria)) is not None:
        asked.append((lambda: staff_list(jurisdiction, form), everything))
        counts = count_by_status_and_service(
            jurisdiction, for_staff(jurisdiction, form), list_service_names("gridtown.example")
        )
        assert counts.total == len(everything)
        assert sum(counts.by_status.values()) == sum(counts.by_service.values()) == counts.total
    for find, expected in asked:
        assert find() == expected


def test_the_search_tests_all_criteria_and_finds_something_by_each(
    reading_app: Flask, city: City
) -> None:
    assert set(FIELDS) == set(Criteria.__dataclass_fields__)
    for field, strategy in FIELDS.items():
        if field != "due":
            found = [one for one in city.rows if holds(one, Criteria(**{field: EXAMPLES[field]}))]
            assert 0 < len(found) < len(city.rows), field
        assert strategy is not None


EXAMPLES: dict[str, Any] = {
    "ids": ("77-0012", "77-0200", "77-0001"),
    "text": "wat",
    "statuses": ("open", "fixed"),
    "detailed_statuses": ("open",),
    "services": ("LAMP", "TIP"),
    "groups": ("Streets",),
    "departments": ("west", "Town HALL"),
    "channels": ("phone", "desk"),
    "priorities": ("urgent", "whatever"),
    "tags": ("night",),
    "boundaries": (BoundaryCode("ward", "2"),),
    "box": Box(minlong=0, minlat=0, maxlong=0.5, maxlat=0.5),
    "circle": Circle(Point(lat=0, long=0), 20_000),
    "area": shapely.box(-1, -1, 0, 0),
    "requested": Period(NOON - timedelta(days=30)),
    "updated": Period(None, NOON - timedelta(days=30)),
    "expected": Period(NOON - timedelta(days=90), NOON),
    "closed": Period(NOON - timedelta(days=60), NOON - timedelta(days=30)),
    "promises": ("late",),
    "work": False,
    "overdue": True,
    "new": True,
    "near_boundary": False,
    "in_overlap": True,
    "assigned_to": ("ann",),
    "unassigned": True,
    "news": News(NOON - timedelta(days=100), "dispatch"),
    "transferred": True,
    "on_hold": True,
    "needs_review": False,
    "awaiting_approval": True,
    "held": True,
    "held_since": Period(None, NOON - timedelta(days=30)),
}
