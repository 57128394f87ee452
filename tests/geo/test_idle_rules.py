"""Rules that can never decide: found by the rules before them, and checked against routing."""

from datetime import datetime
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from geo.routing.coverage import Layer, list_idle_rules
from geo.routing.decide import choose_department
from geo.routing.rules import Case, Hit, Rule, in_precedence

GROUPS = {"POTHOLE": "Streets", "CURB": "Streets", "LAMP": "Lights"}
LAYERS = {"ward": Layer(["1", "2"], covers_all=True), "core": Layer(["c"], covers_all=False)}


def rule(code: str, **conditions: str) -> Rule:
    return Rule(1, code, 1, **conditions)  # type: ignore[arg-type]


def idle(*rules: Rule) -> list[str]:
    return [str(one) for one in list_idle_rules(in_precedence(rules), GROUPS, LAYERS)]


def test_a_group_whose_services_all_have_rules_of_their_own_decides_nothing() -> None:
    own = rule("potholes", service_code="POTHOLE"), rule("curbs", service_code="CURB")
    wards = rule("wards", group="Streets", layer="ward", boundary="1")
    assert idle(*own, wards) == ["wards never applies, because potholes, curbs come first"]
    assert idle(own[0], wards) == []


def test_a_layer_that_covers_the_city_leaves_nothing_for_what_comes_after() -> None:
    assert idle(rule("a", group="Lights", layer="ward"), rule("b", group="Lights")) == [
        "b never applies, because a comes first"
    ]
    assert idle(rule("a", group="Lights", layer="core"), rule("b", group="Lights")) == []


def test_an_answer_takes_nothing_from_the_others() -> None:
    answered = {"service_code": "LAMP", "question": "DARK"}
    assert idle(rule("a", **answered, answer="YES"), rule("b", service_code="LAMP")) == []
    assert idle(rule("a", **answered, answer="YES"), rule("b", **answered, answer="NO")) == []
    assert len(idle(rule("a", **answered, answer="NO"), rule("b", **answered, answer="NO"))) == 1


def test_a_rule_for_what_is_not_offered_is_idle() -> None:
    assert idle(rule("a", service_code="GONE")) == [
        "a never applies, because no active service uses it"
    ]


SERVICES = st.sampled_from([None, *GROUPS])
PLACES = st.sampled_from([None, ("ward", None), ("ward", "1"), ("ward", "2"), ("core", "c")])


@st.composite
def some_rules(draw: st.DrawFn) -> list[Rule]:
    made = []
    for number in range(draw(st.integers(1, 6))):
        service = draw(SERVICES)
        group = draw(st.sampled_from([None, "Streets"])) if service is None else None
        layer, boundary = draw(PLACES) or (None, None)
        exception = layer == "core"
        code = f"r{number}"
        made.append(
            Rule(number, code, number, service, group, layer, boundary, exception=exception)
        )
    return in_precedence(made)


def hit(layer: str, code: str) -> Hit:
    return Hit(layer, 0, 1, code, "", 1)


@given(some_rules())
def test_whatever_the_case_an_idle_rule_never_decides(rules: list[Rule]) -> None:
    found = {one.rule.code for one in list_idle_rules(rules, GROUPS, LAYERS)}
    wards = [[hit("ward", "1")], [hit("ward", "2")]]
    cores: list[list[Hit]] = [[], [hit("core", "c")]]
    for (service, group), ward, core in product(GROUPS.items(), wards, cores):
        case = Case(service_code=service, group=group, at=datetime(2026, 1, 1))  # noqa: DTZ001
        decision = choose_department(rules, case, [*ward, *core], 99)
        assert decision.rule is None or decision.rule.code not in found
