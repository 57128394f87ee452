"""The department of a service request: the documented precedence, and that it always decides."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routing.coverage import list_competitors
from geo.routing.decide import (
    Decision,
    choose_department,
    judge_rules,
    send_outside,
    settle_borders,
    why_outranked,
)
from geo.routing.rules import Case, Hit, Rule, Verdict, in_precedence

DEFAULT = 1
CASE = Case(service_code="POTHOLE", group="Streets", at=datetime(2026, 11, 25, 12, tzinfo=UTC))
LAYERS = {"core": 1, "ward": 2, "aged": 3}


def hit(layer: str, code: str, position: int | None = None) -> Hit:
    rank = LAYERS[layer] if position is None else position
    return Hit(layer, rank, 100 * rank + int(code), code, f"{layer} {code}", 10 * rank)


def rule(number: int, **case: str | None) -> Rule:
    position = LAYERS.get(case.get("layer") or "", 0)
    return Rule(number, f"rule-{number}", 1000 + number, layer_position=position, **case)


def choose(rules: Sequence[Rule], hits: Sequence[Hit]) -> Decision:
    return choose_department(in_precedence(rules), CASE, hits, DEFAULT)


def judged(rules: Sequence[Rule], hits: Sequence[Hit]) -> list[Verdict]:
    return judge_rules(in_precedence(rules), CASE, hits)


HITS = [hit("core", "1"), hit("ward", "2"), hit("ward", "10"), hit("aged", "7")]
SERVICE, GROUP = {"service_code": "POTHOLE"}, {"group": "Streets"}
WARD, WARD_2 = {"layer": "ward"}, {"layer": "ward", "boundary": "2"}

whats = st.sampled_from([{}, SERVICE, GROUP, {"service_code": "LAMP"}, {"group": "Lights"}])
places = st.just({}) | st.fixed_dictionaries(
    {"layer": st.sampled_from(list(LAYERS)), "boundary": st.sampled_from([None, "1", "2", "10"])}
)
rule_lists = st.lists(st.tuples(st.integers(2, 30), whats, places), max_size=6).map(
    lambda drawn: [
        rule(number, **what, **place)
        for number, what, place in {number: (number, *case) for number, *case in drawn}.values()
    ]
)
hit_lists = st.lists(
    st.tuples(st.sampled_from(list(LAYERS)), st.sampled_from(["1", "2", "10"])),
    max_size=6,
    unique=True,
).map(lambda drawn: [hit(*one) for one in drawn])


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (SERVICE, GROUP),
        (SERVICE, {}),
        (GROUP, {}),
        (SERVICE, {**GROUP, **WARD_2}),
        (SERVICE, WARD_2),
        (GROUP, WARD_2),
        (WARD_2, WARD),
        (WARD, {}),
        ({**SERVICE, **WARD}, SERVICE),
        ({**GROUP, **WARD_2}, {**GROUP, "layer": "core"}),
        ({"layer": "core"}, WARD),
        (WARD, {"layer": "aged"}),
        ({"layer": "core", "boundary": "1"}, WARD_2),
        ({**SERVICE, "layer": "ward"}, {**SERVICE, "layer": "aged"}),
    ],
)
def test_the_more_specific_rule_wins_whatever_the_codes(stronger: dict, weaker: dict) -> None:
    for first, second in ((2, 10), (10, 2)):
        strong, weak = rule(first, **stronger), rule(second, **weaker)
        for rules in ([strong, weak], [weak, strong]):
            assert choose(rules, HITS).rule == strong


@pytest.mark.parametrize("case", [{}, SERVICE, {**GROUP, **WARD}, WARD_2])
def test_among_equal_rules_the_first_code_in_natural_order_wins(case: dict) -> None:
    decision = choose([rule(10, **case), rule(2, **case)], HITS)
    assert decision.rule == rule(2, **case)
    assert decision.department_id == 1002


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"service_code": "LAMP"}, "it is for service LAMP"),
        ({"group": "Lights"}, "it is for group Lights"),
        ({"layer": "beat"}, "the location is in no beat"),
        ({"layer": "ward", "boundary": "3"}, "the location is in ward 2"),
        ({"layer": "ward", "boundary": "10"}, "the location is in ward 2"),
    ],
)
def test_a_rule_for_another_case_does_not_apply_and_says_why(case: dict, reason: str) -> None:
    decision = choose([rule(2, **case)], HITS)
    assert (decision.rule, decision.department_id) == (None, DEFAULT)
    verdicts = judged([rule(2, **case)], HITS)
    assert [(one.applies, one.reason) for one in verdicts] == [(False, reason)]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({}, "any service anywhere"),
        (SERVICE, "service POTHOLE anywhere"),
        ({**GROUP, **WARD}, "group Streets in ward"),
        ({**SERVICE, **WARD_2}, "service POTHOLE in ward 2"),
    ],
)
def test_the_rule_that_decides_is_given_as_the_reason(case: dict, words: str) -> None:
    decision = choose([rule(2, **case)], HITS)
    assert decision.reason == f"Rule rule-2 applies: {words}."
    verdicts = judged([rule(2, **case)], HITS)
    assert [(one.applies, one.reason) for one in verdicts] == [(True, words)]


def test_without_a_rule_the_default_department_gets_it_and_the_reason_says_so() -> None:
    decision = choose([], HITS)
    assert (decision.department_id, decision.rule) == (DEFAULT, None)
    assert "default department" in decision.reason


def test_a_place_outside_goes_to_the_department_named_for_it() -> None:
    decision = send_outside(7, [hit("ward", "10"), hit("ward", "2")])
    assert (decision.department_id, decision.rule) == (7, None)
    assert decision.hits == (hit("ward", "2"),)
    assert "outside the service area" in decision.reason


def test_a_point_on_a_shared_edge_goes_to_the_lower_code() -> None:
    assert settle_borders([hit("ward", "10"), hit("ward", "2")]) == (hit("ward", "2"),)


def in_zone(code: str) -> Hit:
    return Hit("zone", 9, 900 + int(code), code, "", 90, overlapping=True)


def test_rules_can_name_each_boundary_of_an_overlapping_layer() -> None:
    zone = {**SERVICE, "layer": "zone", "overlapping": True}
    hits = [in_zone("10"), in_zone("2")]
    by_10 = rule(1, **zone, boundary="10")
    assert choose([by_10], hits).rule == by_10
    assert choose([by_10], [in_zone("2")]).rule is None
    [verdict] = judged([by_10], [in_zone("2"), in_zone("3")])
    assert verdict.reason == "the location is in zone 2 and 3"


def test_of_rules_for_boundaries_that_overlap_the_one_of_the_lower_code_decides() -> None:
    zone = {**SERVICE, "layer": "zone", "overlapping": True}
    by_10, by_2 = rule(1, **zone, boundary="10"), rule(2, **zone, boundary="2")
    assert choose([by_10, by_2], [in_zone("10"), in_zone("2")]).rule == by_2
    assert why_outranked(by_2, by_10) == "zone 2 comes before 10"
    assert list_competitors(in_precedence([by_10, by_2])) == [(by_2, by_10)]


def test_layers_come_in_the_order_of_the_jurisdiction_not_of_their_names() -> None:
    settled = settle_borders([hit("aged", "7"), hit("ward", "2"), hit("core", "1")])
    assert [one.layer for one in settled] == ["core", "ward", "aged"]


@given(hit_lists)
def test_each_layer_keeps_its_lowest_boundary_and_no_other(hits: list[Hit]) -> None:
    lowest = {
        layer: min(int(one.code) for one in hits if one.layer == layer)
        for layer in LAYERS
        if any(one.layer == layer for one in hits)
    }
    settled = settle_borders(hits)
    assert {one.layer: int(one.code) for one in settled} == lowest
    assert len(settled) == len(lowest)
    assert set(settled) <= set(hits)
    assert settle_borders(settled) == settled


@given(hit_lists, st.randoms(use_true_random=False))
def test_the_order_of_hits_does_not_settle_borders(hits: list[Hit], random) -> None:
    assert settle_borders(random.sample(hits, len(hits))) == settle_borders(hits)


def applies(rule: Rule, hits: Sequence[Hit]) -> bool:
    """An oracle: whether the rule is for a pothole at a place with these hits."""
    if rule.service_code not in (None, "POTHOLE") or rule.group not in (None, "Streets"):
        return False
    if rule.layer is None:
        return True
    codes = [int(one.code) for one in hits if one.layer == rule.layer]
    return bool(codes) and rule.boundary in (None, str(min(codes)))


def beats(one: Rule, other: Rule) -> bool:
    """An oracle: whether one of two rules that both apply is the stronger, point by point."""
    if bool(one.service_code) != bool(other.service_code):
        return bool(one.service_code)
    if bool(one.group) != bool(other.group):
        return bool(one.group)
    if bool(one.boundary) != bool(other.boundary):
        return bool(one.boundary)
    if bool(one.layer) != bool(other.layer):
        return bool(one.layer)
    if one.layer != other.layer:
        return LAYERS[one.layer] < LAYERS[other.layer]
    return one.rule_id < other.rule_id  # the number in the code


@given(rule_lists, hit_lists)
def test_it_always_decides_by_the_documented_precedence(rules: list[Rule], hits: list[Hit]) -> None:
    able = [one for one in rules if applies(one, hits)]
    best = [one for one in able if all(one is other or beats(one, other) for other in able)]
    decision = choose(rules, hits)
    assert [decision.rule] == (best or [None])
    assert decision.department_id == (best[0].department_id if best else DEFAULT)


@given(rule_lists, hit_lists, st.randoms(use_true_random=False))
def test_the_order_of_rules_and_hits_changes_nothing(
    rules: list[Rule], hits: list[Hit], random
) -> None:
    one = choose(random.sample(rules, len(rules)), random.sample(hits, len(hits)))
    other = choose(rules, hits)
    assert (one.department_id, one.rule, one.hits) == (other.department_id, other.rule, other.hits)


@given(rule_lists, hit_lists)
def test_a_rule_that_applies_always_beats_the_default(rules: list[Rule], hits: list[Hit]) -> None:
    decision = choose([*rules, rule(99)], hits)
    assert decision.rule is not None
    assert decision.department_id == decision.rule.department_id != DEFAULT


@given(rule_lists, hit_lists)
def test_every_rule_is_judged_once_and_the_first_that_applies_is_the_one(
    rules: list[Rule], hits: list[Hit]
) -> None:
    decision = choose(rules, hits)
    verdicts = judged(rules, hits)
    assert sorted(one.rule.rule_id for one in verdicts) == sorted(one.rule_id for one in rules)
    assert all(one.applies == applies(one.rule, hits) for one in verdicts)
    winners = [one.rule for one in verdicts if one.applies]
    assert decision.rule == next(iter(winners), None)
    assert decision.hits == settle_borders(hits)
