"""Failing routing tests and rules after a change of boundaries, and their exceptions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from shlex import quote

from geo.maps.faults import NAMES as FAULTS
from open311.errors import Conflict, Objected
from open311.messages.problem import Problem
from open311.messages.routing import (
    EXCEPTION_UNKNOWN,
    EXCEPTIONS_NEEDED,
    RULE_NAMES_NOTHING,
    TEST_GOES_ELSEWHERE,
    TEST_GOES_NOWHERE,
)
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps, find_set_in_force
from open311.queries.routing.canaries import CanaryResult, check_canaries
from open311.queries.routing.decide import Guide
from open311.queries.routing.rules import list_rules_naming_others


@dataclass(frozen=True)
class Objection:
    """A failing routing test, or a rule that names a missing boundary; identified by its name."""

    name: str
    problem: Problem


def list_objections(jurisdiction: Scope, layer_id: int, on: date) -> list[Objection]:
    """List the failing rules and routing tests with the stored boundary sets of a day.

    Call it after the change and before the commit.
    """
    stored = find_set_in_force(layer_id, on)
    return _objections(jurisdiction, layer_id, None if stored is None else stored.id, Maps(on))


def list_objections_to(
    jurisdiction: Scope,
    layer_id: int,
    set_id: int,
    on: date,
    guide: Guide | None = None,
    carried: Collection[str] = (),
) -> list[Objection]:
    """List the failing rules and tests if a set were current on a day; store nothing.

    A guide replaces the stored rules. carried holds the codes of rules that would end on the day.
    """
    maps = Maps(on, instead={layer_id: set_id})
    found = _objections(jurisdiction, layer_id, set_id, maps, guide)
    ended = {_name_of("rule", code) for code in carried}
    return [one for one in found if one.name not in ended]


def list_canary_objections(
    jurisdiction: Scope, maps: Maps, guide: Guide | None = None
) -> list[Objection]:
    """List the failing routing tests with these boundary sets.

    A guide replaces the stored rules.
    """
    return [
        Objection(_name_of("test", one.canary.name), _problem_of(one))
        for one in check_canaries(jurisdiction, maps, guide)
        if one.fails
    ]


def _objections(
    jurisdiction: Scope,
    layer_id: int,
    set_id: int | None,
    maps: Maps,
    guide: Guide | None = None,
) -> list[Objection]:
    rules = [
        Objection(
            _name_of("rule", rule), Problem(RULE_NAMES_NOTHING, {"rule": rule, "place": place})
        )
        for rule, place in list_rules_naming_others(layer_id, set_id, maps.on)
    ]
    return [*rules, *list_canary_objections(jurisdiction, maps, guide)]


def _name_of(kind: str, name: str) -> str:
    """Return the name of an exception; gaps alone are those between boundaries."""
    return f"{kind} {name}" if name in FAULTS else name


def _problem_of(result: CanaryResult) -> Problem:
    values = {
        "test": result.canary.name,
        "expected": result.canary.department,
        "reason": result.why,
    }
    if result.found is None:
        return Problem(TEST_GOES_NOWHERE, values)
    return Problem(TEST_GOES_ELSEWHERE, {**values, "found": result.found})


def _approval_of(standing: Sequence[Objection]) -> Problem:
    names = [one.name for one in standing]
    flags = " ".join(f"--override {quote(name)}" for name in names)
    return Problem(EXCEPTIONS_NEEDED, {"names": names, "flags": flags})


def check_overrides(
    objections: Sequence[Objection], overrides: Collection[str], units: str = "metric"
) -> None:
    """Raise Objected if an objection has no exception, and Conflict for an unknown exception.

    units are those of areas in the sentences of the objections.
    """
    standing = [one for one in objections if one.name not in overrides]
    if standing:
        error = Objected.of([*(one.problem for one in standing), _approval_of(standing)])
        error.objections = [(one.name, one.problem) for one in standing]
        error.units = units
        raise error
    idle = sorted(set(overrides) - {one.name for one in objections})
    if idle:
        raise Conflict(EXCEPTION_UNKNOWN, field="override", name=idle[0])
