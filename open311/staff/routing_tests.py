"""Routing tests for administrators: set on a map, changed, removed, and run with today's maps."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import login_required

from geo.coordinates import Point
from geo.routing.decide import Decision
from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.errors import NotFound
from open311.messages.problem import Problem
from open311.messages.routing import TEST_UNKNOWN
from open311.operations.routing.canaries import RoutingTest, add_test, change_test, drop_test
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import get_service_area_box
from open311.queries.maps.sets import Maps, list_sets_of
from open311.queries.routing.canaries import CanaryInfo, check_canaries, list_canaries
from open311.staff.catalog import PageResponse, act
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.staff.rule_wording import RuleWording
from open311.web.languages import say as _
from open311.web.page_problems import page_sentence
from open311.web.parameters import first, parse, sent_values
from schemas.routing.tests import RoutingTestSchema

blueprint = staff_pages("staff_routing_tests", "/staff/city/rules/tests", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Run all tests, and show those that fail first."""
    return _index()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> PageResponse:
    def do() -> str:
        test = _sent()
        add_test(city(), test)
        return _("Routing test %(name)s saved.", name=test.name)

    return act(do, url_for(".index"), _index)


@blueprint.get("/test/<opaque:name>")
@login_required  # type: ignore[untyped-decorator]
def show(name: str) -> str:
    return _show(name)


@blueprint.post("/test/<opaque:name>")
@login_required  # type: ignore[untyped-decorator]
def change(name: str) -> PageResponse:
    def do() -> str:
        test = _sent()
        change_test(city(), name, test)
        return _("Routing test %(name)s saved.", name=test.name)

    return act(do, url_for(".index"), lambda problems: _show(name, problems))


@blueprint.post("/test/<opaque:name>/remove")
@login_required  # type: ignore[untyped-decorator]
def remove(name: str) -> PageResponse:
    def do() -> str:
        drop_test(city(), name)
        return _("Routing test removed.")

    return act(do, url_for(".index"), _index)


def _sent() -> RoutingTest:
    asked = parse(RoutingTestSchema(), sent_values())
    return RoutingTest(
        name=asked["name"].strip(),
        service_code=asked["service_code"],
        department=asked["department"],
        point=Point(lat=asked["lat"], long=asked["long"]),
        note=asked["note"].strip(),
    )


def _index(problems: Sequence[Problem] = ()) -> str:
    lift_time_limit(LONGEST_ON_A_PAGE)
    jurisdiction = city()
    results = check_canaries(jurisdiction, Maps(jurisdiction.today()))
    return page(
        "routing_tests.html",
        jurisdiction,
        results=sorted(results, key=lambda one: (not one.fails, one.agrees, one.canary.name)),
        failing=sum(one.fails for one in results),
        waiting=sum(one.waits_for is not None for one in results),
        why=_why,
        usual={name: first(sent_values(), name) or "" for name in ("service_code", "lat", "long")},
        problems=problems,
        **_choices(),
    )


def _why(why: Decision | Problem) -> str:
    return page_sentence(why) if isinstance(why, Problem) else RuleWording(city()).decided(why)


def _show(name: str, problems: Sequence[Problem] = ()) -> str:
    tests = {one.name: one for one in list_canaries(city().jurisdiction_id)}
    if name not in tests:
        raise NotFound(TEST_UNKNOWN, name=name)
    stored = tests[name]
    return page(
        "routing_test.html",
        city(),
        stored=stored,
        department=_code_of(stored),
        problems=problems,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    sets = list_sets_of(here, Maps(jurisdiction.today()))
    return {
        "services": list_services(here),
        "departments": list_departments(here),
        "bounds": ",".join(map(str, get_service_area_box(here) or ())),
        "outlines": [url_for("staff_set_map.outlined", set_id=one.id) for one in sets],
    }


def _code_of(test: CanaryInfo) -> str:
    names = {name: code for code, name in list_departments(city().jurisdiction_id)}
    return names.get(test.department, "")
