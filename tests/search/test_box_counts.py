"""A map area is counted exactly, from kept totals inside and by request at its edges."""

import itertools
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask

from geo.coordinates import Box
from open311.operations.grid import fold_grid
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search import box_counts
from open311.queries.search.box_counts import read_box_totals
from open311.queries.search.criteria import Criteria, Period
from open311.queries.search.staff_counts import count_by_status_and_service, count_up_to
from tests.search.conftest import City
from tests.search.many_requests import NOON, SERVICES
from tests.search.meaning import holds

GRIDTOWN = "gridtown.example"
WESTS, EASTS = (-0.9, -0.51, 0.0), (0.05, 0.3000001, 1.0)
SOUTHS, NORTHS = (-1.0, -0.5, -0.0500001), (0.0, 0.3, 0.89)
BOXES = [
    Box(minlong=west, minlat=south, maxlong=east, maxlat=north)
    for west, south, east, north in itertools.product(WESTS, SOUTHS, EASTS, NORTHS)
][::7]


def test_totals_of_a_box_are_those_of_its_requests(
    reading_app: Flask, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_counts, "FEW", -1)
    jurisdiction, services = get_jurisdiction(GRIDTOWN), list_service_names(GRIDTOWN)
    ids = {one.service_code: one.id for one in services}
    assert set(ids) >= set(SERVICES)

    def counted(criteria: Criteria) -> Counter[tuple[str, int]]:
        rows = (one for one in city.rows if not one.withdrawn and not one.sandbox)
        return Counter((one.status, ids[one.service]) for one in rows if holds(one, criteria))

    folds: tuple[Callable[[], int], ...] = (lambda: 0, fold_grid)
    for fold in folds:
        fold()
        for place, box in enumerate(BOXES):
            wanted = ("LAMP", "TIP") if place % 3 == 0 else ()
            statuses = ("open",) if place % 4 == 1 else ()
            criteria = Criteria(box=box, services=wanted, statuses=statuses)
            chosen = [id_ for code, id_ in ids.items() if not wanted or code in wanted]
            rows = read_box_totals(jurisdiction, criteria, chosen)
            assert rows is not None, box
            found = {(status, service): number for status, service, number in rows}
            assert found == counted(criteria), criteria
            assert sum(found.values()) > 0


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(),
        Criteria(box=BOXES[-1], overdue=True),
        Criteria(box=BOXES[-1], statuses=("fixed",)),
        Criteria(box=BOXES[-1], requested=Period(NOON)),
        Criteria(box=Box(minlong=170, minlat=0, maxlong=-170, maxlat=1)),
        Criteria(box=Box(minlong=0.5, minlat=0.5, maxlong=0.5, maxlat=0.5)),
        Criteria(box=BOXES[-1]),  # a few hundred requests are counted faster by themselves
    ],
)
def test_other_searches_are_counted_by_request(reading_app: Flask, criteria: Criteria) -> None:
    jurisdiction, services = get_jurisdiction(GRIDTOWN), list_service_names(GRIDTOWN)
    assert read_box_totals(jurisdiction, criteria, [one.id for one in services]) is None
    total = count_by_status_and_service(jurisdiction, criteria, services).total
    assert count_up_to(jurisdiction, criteria, 10_000) == total
    assert count_up_to(jurisdiction, criteria, 2) == min(total, 3)
