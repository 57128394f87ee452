"""open311 routing explain: where a report would go, and why."""

import itertools
from collections.abc import Callable
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import update

from open311.database import db
from open311.models import RoutingRule
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]

MAPS = [
    "Boundary versions on 2026-03-09:",
    "  core  version 1, since the beginning, boundaries/core.geojson of the seed folder",
    "  ward  version 2, since the beginning, boundaries/wards.geojson of the seed folder",
]


def explain(open311: CommandLine, *arguments: object) -> tuple[str, list[str]]:
    """Give the department, and the layers with the boundary of each."""
    lines = open311.lines("routing", "explain", *arguments)
    start = next(i for i, line in enumerate(lines) if line.startswith("Boundaries:"))
    inside = itertools.takewhile(lambda line: line.startswith("  "), lines[start + 1 :])
    hits = [" ".join(line.split(";")[0].split()) for line in inside]
    return lines[0].removeprefix("Department: "), [hit for hit in hits if "none" not in hit]


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
    told = open311.lines("routing", "explain", "0", "0.05", "POTHOLE", "--on", "2026-03-09")
    assert max(map(len, told)) <= 100
    assert told == [
        "Department: East Yard",
        "Why: Rule pothole-east applies: service POTHOLE in ward 10.",
        *MAPS,
        "Boundaries:",
        "  core  core",
        "  ward  10 (East); 5.6 km to 2 (West)",
        "Rules for this service, highest priority first:",
        "  pothole-east  selected",
        "  pothole-west  does not match: the location is in ward 10",
        (
            "  streets-core  matches, but pothole-east has a higher priority: a rule for the "
            "service comes before"
        ),
        "                a rule for its group",
    ]


def test_the_default_department_is_told_where_no_rule_is_for_the_service(
    shared_app: Flask, open311: CommandLine
) -> None:
    assert open311.lines("routing", "explain", "0.5", "0.5", "0042", "--at", "2026-03-09") == [
        "Department: Town Hall",
        "Why: No rule matches, so the request goes to the default department.",
        *MAPS,
        "Boundaries:",
        "  core  none; 63 km to core",
        "  ward  10 (East); 56 km to 2 (West)",
        "No rule matches.",
    ]


@pytest.mark.parametrize(("lat", "long"), [("0", "1.001"), ("-1.001", "0"), ("-90", "-180")])
def test_a_place_outside_is_refused_with_a_sentence(
    shared_app: Flask, open311: CommandLine, lat: str, long: str
) -> None:
    refusal = open311.refusal("routing", "explain", lat, long, "POTHOLE")
    assert "outside the Gridtown service area" in refusal


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["91", "0", "POTHOLE"], ["LAT must be"]),
        (["0", "-180.5", "POTHOLE"], ["LONG must be"]),
        (["north", "west", "POTHOLE"], ["LAT must be", "LONG must be"]),
        (["0,5", "0", "POTHOLE"], ["LAT must be"]),
        (["nan", "inf", "POTHOLE"], ["LAT must be", "LONG must be"]),
        (["0", "0", "pothole"], ["There is no service pothole"]),
        (["0", "0", "POTHOLE", "--jurisdiction", "x"], ["There is no jurisdiction x"]),
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
    assert open311.lines(*arguments, "hilltown.example", "--on", "2026-03-09") == [
        "Department: Hill Hall",
        "Why: No rule matches, so the request goes to the default department.",
        "Boundary versions on 2026-03-09: none",
        "Boundaries: none",
        "No rule matches.",
    ]
    assert "Gridtown" in open311.refusal(*arguments, "gridtown.example")


def test_of_several_boundaries_one_counts_and_it_is_told_why(
    shared_app: Flask, open311: CommandLine
) -> None:
    told = open311.lines("routing", "explain", "0.5", "0", "POTHOLE")
    tie = "  ward  2 (West); 2, 10 overlap here; 2 comes first in natural order; "
    assert f"{tie}0 m to 10 (East)" in told


@pytest.mark.parametrize(
    ("moment", "department"),
    [
        ("2026-03-09T22:00", "Light Works"),
        ("2026-03-10T03:00:00Z", "Light Works"),
        ("2026-03-09T12:00", "Town Hall"),
        ("2026-03-09T22:00:00Z", "Town Hall"),
    ],
)
def test_rules_that_go_by_time_are_asked_about_the_moment(
    app: Flask, open311: CommandLine, moment: str, department: str
) -> None:
    statement = (
        update(RoutingRule)
        .where(RoutingRule.code == "lights")
        .values(service_group=None, time_from=time(21), time_until=time(6))
    )
    db.session.execute(statement)
    db.session.commit()
    told = explain(open311, "0.5", "0.5", "SURVEY", "--at", moment)
    assert told[0] == department


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["POTHOLE", "--answer", "WHO=CREW"], "POTHOLE has no such question. Use one of: none."),
        (["SURVEY", "--answer", "NOTE=x"], "Use one of: WHO, WHAT, COUNT"),
        (["SURVEY", "--answer", "WHO"], "CODE=VALUE"),
    ],
)
def test_an_answer_that_cannot_count_is_refused(
    shared_app: Flask, open311: CommandLine, arguments: list[str], words: str
) -> None:
    assert words in open311.refusal("routing", "explain", "0", "0", *arguments, status=2)


def test_a_moment_that_is_none_is_refused(shared_app: Flask, open311: CommandLine) -> None:
    assert "--at must be" in open311.refusal("routing", "explain", "0", "0", "TIP", "--at", "noon")


def test_a_service_request_comes_out_as_stored_while_nothing_changes(
    shared_app: Flask, open311: CommandLine
) -> None:
    told = open311.lines("routing", "explain-request", "26-0000002")
    assert told[:5] == [
        "Department: East Yard",
        "Why: Rule pothole-east applies: service POTHOLE in ward 10.",
        "Boundaries as stored:",
        "  core  none; 63 km to core",
        "  ward  10 (East); 56 km to 2 (West)",
    ]
    titles = [line for line in told if line.startswith("Boundaries of ")]
    assert [title.split(": ")[1] for title in titles] == ["same result.", "same result."]
    assert [title.split(",")[0] for title in titles] == [
        "Boundaries of its day",
        "Boundaries of today",
    ]


def test_what_comes_out_otherwise_is_told_and_why(app: Flask, open311: CommandLine) -> None:
    db.session.execute(
        update(RoutingRule).where(RoutingRule.code == "pothole-east").values(active=False)
    )
    db.session.commit()
    told = open311.lines("routing", "explain-request", "26-0000002", "--on", "1899-12-31")
    of_its_day = next(i for i, line in enumerate(told) if line.startswith("Boundaries of its"))
    assert told[of_its_day].endswith(": different.")
    assert told[of_its_day + 1 : of_its_day + 4] == [
        "  Rule pothole-east, which routed the request, is inactive.",
        "  Decided by no rule instead of rule pothole-east.",
        "  Department: Town Hall instead of East Yard.",
    ]
    asked = told.index("Boundaries of --on, 1899-12-31: different.")
    assert told[asked + 1] == "  Boundary of ward: none instead of 10."


def test_what_was_withdrawn_is_not_explained(app: Flask, open311: CommandLine) -> None:
    open311.lines("requests", "withdraw", "26-0000002")
    assert "withdrawn" in open311.refusal("routing", "explain-request", "26-0000002")
