"""open311 routing explain: where a report would go, and why."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]


def explain(open311: CommandLine, *arguments: object) -> tuple[str, list[str]]:
    """Give the department, and the layers with the boundary of each."""
    lines = open311.lines("routing", "explain", *arguments)
    start = next(i for i, line in enumerate(lines) if line.startswith("Boundaries:"))
    inside = [line.strip() for line in lines[start + 1 :] if line.startswith("  ")]
    hits = [line for line in inside if "appl" not in line and ": none" not in line]
    return lines[0].removeprefix("Department: "), [re.split("[;,]", hit)[0] for hit in hits]


@pytest.mark.parametrize(
    ("lat", "long", "service", "department", "boundaries"),
    [
        ("0.5", "0.5", "POTHOLE", "East Yard", ["ward 10 (East)"]),
        ("0.5", "-0.5", "POTHOLE", "West Yard", ["ward 2 (West)"]),
        ("-0.5", "-0.5", "POTHOLE", "West Yard", ["ward 2 (West)"]),
        ("-1", "-1", "POTHOLE", "West Yard", ["ward 2 (West)"]),
        ("0", "0.5", "POTHOLE", "East Yard", ["ward 10 (East)"]),
        ("0.5", "0", "POTHOLE", "West Yard", ["ward 2 (West)"]),  # the shared edge: 2 before 10
        ("0", "0", "POTHOLE", "West Yard", ["core", "ward 2 (West)"]),
        ("-0.1", "1e-9", "SURVEY", "Core Crew", ["core", "ward 10 (East)"]),
        ("0.5", "0.5", "SURVEY", "Town Hall", ["ward 10 (East)"]),
        ("0.5", "-0.5", "LAMP", "Light Works", ["ward 2 (West)"]),
        ("0", "0", "0042", "Town Hall", ["core", "ward 2 (West)"]),
        ("0.5", "0.5", "A/B c.d", "Town Hall", ["ward 10 (East)"]),
    ],
)
def test_the_place_and_the_service_decide(
    shared_app: Flask,
    open311: CommandLine,
    lat: str,
    long: str,
    service: str,
    department: str,
    boundaries: list[str],
) -> None:
    told = explain(open311, lat, long, service)
    assert told == (department, [name.replace("core", "core core") for name in boundaries])


def test_why_and_each_rule_are_told_strongest_first(
    shared_app: Flask, open311: CommandLine
) -> None:
    assert open311.lines("routing", "explain", "0", "0.05", "POTHOLE") == [
        "Department: East Yard",
        "Why: Rule pothole-east applies: service POTHOLE in ward 10.",
        "Boundaries:",
        "  core core",
        "  ward 10 (East); 5,566 m to 2",
        "Rules for this service, strongest first:",
        "  pothole-east applies",
        "  pothole-west does not apply: the place lies in ward 10",
        "  streets-core would apply, but rule pothole-east is closer to the service",
    ]


def test_the_default_department_is_told_where_no_rule_is_for_the_service(
    shared_app: Flask, open311: CommandLine
) -> None:
    assert open311.lines("routing", "explain", "0.5", "0.5", "0042") == [
        "Department: Town Hall",
        "Why: No rule applies, so it goes to the jurisdiction's default department.",
        "Boundaries:",
        "  core: none; 62,761 m to core",
        "  ward 10 (East); 55,658 m to 2",
        "No rule is for it.",
    ]


@pytest.mark.parametrize(("lat", "long"), [("0", "1.001"), ("-1.001", "0"), ("-90", "-180")])
def test_a_place_outside_is_refused_with_a_sentence(
    shared_app: Flask, open311: CommandLine, lat: str, long: str
) -> None:
    refusal = open311.refusal("routing", "explain", lat, long, "POTHOLE")
    assert "outside the area that Gridtown takes reports for" in refusal


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["91", "0", "POTHOLE"], ["lat must be"]),
        (["0", "-180.5", "POTHOLE"], ["long must be"]),
        (["north", "west", "POTHOLE"], ["lat must be", "long must be"]),
        (["0,5", "0", "POTHOLE"], ["lat must be"]),
        (["nan", "inf", "POTHOLE"], ["lat must be", "long must be"]),
        (["0", "0", "pothole"], ["service_code 'pothole' is not known"]),
        (["0", "0", "POTHOLE", "--jurisdiction", "x"], ["jurisdiction_id 'x' is not known"]),
    ],
)
def test_each_argument_that_cannot_be_used_is_told(
    shared_app: Flask, open311: CommandLine, arguments: list[str], words: list[str]
) -> None:
    refusal = open311.refusal("routing", "explain", *arguments)
    assert len(refusal.splitlines()) == len(words)
    for word, line in zip(words, refusal.splitlines(), strict=True):
        assert word in line


@pytest.mark.parametrize(
    "arguments",
    [["0", "0"], ["0", "0", "POTHOLE", "0"], ["0", "0", "POTHOLE", "--juristiction", "x"]],
)
def test_a_wrong_number_of_arguments_is_a_mistake_of_usage(
    shared_app: Flask, open311: CommandLine, arguments: list[str]
) -> None:
    assert open311.refusal("routing", "explain", *arguments, status=2)


def test_explaining_stores_nothing(
    shared_app: Flask, open311: CommandLine, contents: Contents
) -> None:
    before = contents()
    explain(open311, "0", "0", "POTHOLE")
    assert contents() == before


def test_each_city_has_its_own_rules_and_borders(
    two_towns_app: Flask, open311: CommandLine
) -> None:
    arguments = ("routing", "explain", "50", "8", "POTHOLE", "--jurisdiction")
    assert open311.lines(*arguments, "hilltown.example") == [
        "Department: Hill Hall",
        "Why: No rule applies, so it goes to the jurisdiction's default department.",
        "Boundaries: none",
        "No rule is for it.",
    ]
    assert "Gridtown" in open311.refusal(*arguments, "gridtown.example")
