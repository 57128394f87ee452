"""The reason for a department that residents read."""

from datetime import UTC, datetime

from geo.routing.decide import choose_department, send_outside
from geo.routing.public_reason import PublicReason, public_reason_of
from geo.routing.rules import Case, Hit, Rule

CASE = Case(service_code="POTHOLE", group="Streets", at=datetime(2026, 11, 25, 12, tzinfo=UTC))
OLD_TOWN = Hit("core", 1, 101, "1", "Old town", 10)
NORTH, EAST = (
    Hit("ward", 2, 202, "2", "North", 20),
    Hit("ward", 2, 203, "3", "East", 20),
)
HITS = (OLD_TOWN, NORTH, EAST)
"""At a place where two wards meet: the one whose code comes first counts."""


def reason(public_reason: str = "", **conditions: str) -> PublicReason:
    rule = Rule(1, "rule-1", 1001, public_reason=public_reason, **conditions)
    return public_reason_of(choose_department([rule], CASE, HITS, 1))


def test_the_boundary_that_decided_is_the_reason() -> None:
    assert reason(service_code="POTHOLE", layer="ward", boundary="2").boundaries == (NORTH,)
    assert reason(group="Streets", layer="core").boundaries == (OLD_TOWN,)


def test_the_words_of_the_rule_come_before_its_boundary() -> None:
    found = reason("Each yard plows its own side.", layer="ward", boundary="2")
    assert found == PublicReason("rule-1", "Each yard plows its own side.")
    assert found


def test_without_place_or_words_there_is_no_reason() -> None:
    assert not reason(service_code="POTHOLE")
    assert not public_reason_of(choose_department([], CASE, HITS, 1))
    assert not public_reason_of(send_outside(1, HITS))
    assert reason("One crew does it.").text == "One crew does it."
