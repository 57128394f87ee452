"""Why rules lose, and what comes out otherwise than it was stored: in words that hold."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routing.decide import RoutingOutcome, list_differences, why_outranked
from geo.routing.rules import Rule, in_precedence
from geo.routing.times import Times

NIGHT = {"times": Times(time_from=time(21), time_until=time(6))}
SERVICE, GROUP = {"service_code": "POTHOLE"}, {"group": "Streets"}
WARD, WARD_2 = {"layer": "ward", "layer_position": 2}, {"boundary": "2"}
ANSWER = {"question": "WHERE", "answer": "PARK"}


def rule(number: int, **case: object) -> Rule:
    return Rule(number, f"rule-{number}", 1000 + number, **case)


whats = st.sampled_from([{}, SERVICE, GROUP, {**SERVICE, **ANSWER}])
layers = st.sampled_from([("core", 1, False), ("ward", 2, False), ("park", 3, True)])
places = st.just({}) | st.builds(
    lambda layer, boundary: {
        "layer": layer[0],
        "layer_position": layer[1],
        "exception": layer[2],
        "boundary": boundary,
    },
    layers,
    st.sampled_from([None, "2"]),
)
cases = st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, whats, places)
times = st.sampled_from([{}, NIGHT])


@pytest.mark.parametrize(
    ("winner", "loser", "words"),
    [
        (
            {**WARD, "exception": True},
            SERVICE,
            "a rule for an exception layer comes before a rule for none",
        ),
        (SERVICE, GROUP, "a rule for the service comes before a rule for its group"),
        (GROUP, {}, "a rule for its group comes before a rule for any service"),
        (
            {**SERVICE, **ANSWER},
            SERVICE,
            "a rule for an answer comes before a rule for any answers",
        ),
        ({**WARD, **WARD_2}, WARD, "a rule for a boundary comes before a rule for a layer"),
        (WARD, {}, "a rule for a layer comes before a rule for any place"),
        (NIGHT, {}, "a rule for some times comes before a rule for all times"),
        ({"layer": "core", "layer_position": 1}, WARD, "layer core comes before ward"),
        (WARD, WARD, "the code rule-2 comes first"),
    ],
)
def test_the_criterion_is_named(winner: dict, loser: dict, words: str) -> None:
    assert why_outranked(rule(2, **winner), rule(10, **loser)) == words


@given(cases, times, cases, times)
def test_the_first_criterion_that_differs_is_the_one(
    one: dict, one_times: dict, other: dict, other_times: dict
) -> None:
    winner, loser = in_precedence([rule(2, **one, **one_times), rule(10, **other, **other_times)])
    words = why_outranked(winner, loser)
    marks = ("an exception layer", "the service", "its group", "an answer")
    marks += ("a boundary", "a layer", "some times")
    if winner.rank == loser.rank:
        assert words == f"the code {winner.code} comes first"
    elif winner.rank[:5] == loser.rank[:5]:
        assert words == f"layer {winner.layer} comes before {loser.layer}"
    else:
        assert words.startswith(tuple(f"a rule for {mark} comes before" for mark in marks))


outcomes = st.builds(
    RoutingOutcome,
    department_id=st.integers(1, 2),
    department=st.just("Yard"),
    rule=st.sampled_from([None, "a", "b"]),
    reason=st.sampled_from(["So.", "Thus."]),
    places=st.dictionaries(st.sampled_from(["core", "ward"]), st.sampled_from(["1", "2"])),
)


@given(outcomes, outcomes)
def test_only_what_is_the_same_in_all_has_no_differences(
    one: RoutingOutcome, other: RoutingOutcome
) -> None:
    assert bool(list_differences(one, other, {"a", "b"})) == (one != other)


def sentences(stored: RoutingOutcome, found: RoutingOutcome, in_use: set[str]) -> tuple[str, ...]:
    return tuple(str(one) for one in list_differences(stored, found, in_use))


def test_an_inactive_or_changed_rule_is_a_difference() -> None:
    stored = RoutingOutcome(1, "East Yard", "a", "So.", {"ward": "10"})
    gone = RoutingOutcome(2, "Town Hall", None, "Default.", {"ward": "10"})
    assert sentences(stored, gone, {"b"}) == (
        "Rule a, which routed the request, is inactive.",
        "Decided by no rule instead of rule a.",
        "Department: Town Hall instead of East Yard.",
    )
    changed = RoutingOutcome(1, "East Yard", "a", "Thus.", {"ward": "2"})
    assert sentences(stored, changed, {"a"}) == (
        "Boundary of ward: 2 instead of 10.",
        "The stored reason is different: So.",
    )
