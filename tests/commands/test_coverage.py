"""open311 routing coverage, and rules by answer and by time."""

import csv
from pathlib import Path

import pytest
from flask import Flask

from tests.commands.conftest import CommandLine

HEADER = (
    "rule,service_code,group,layer,boundary,question,answer,hours,weekdays,time_from,time_until,"
    "season_from,season_until,department,note\n"
)
RULES = """\
pothole-west,POTHOLE,,ward,2,,,,,,,,,WEST,
crew,SURVEY,,,,WHO,CREW,,,,,,,CORE,
night,,Streets,,,,,outside,,,,,,EAST,
winter,,Streets,,,,,,,,,11-01,03-31,WEST,
summer,,Streets,,,,,,,,,04-01,10-31,CORE,
streets,,Streets,,,,,,,,,,,HALL,
"""


@pytest.fixture
def edited(app: Flask, open311: CommandLine, city: Path) -> Path:
    (city / "business_hours.csv").write_text("weekdays,opens,closes\nMon-Fri,08:00,17:00\n")
    (city / "holidays.csv").write_text("day,name\n2026-12-25,Christmas\n")
    (city / "routing_rules.csv").write_text(HEADER + RULES)
    lines = open311.lines("seed", city)
    assert "business hours: 5 added: 1, 2, 3, 4, 5" in lines
    return city


def test_gaps_and_competitors_are_listed(open311: CommandLine, edited: Path) -> None:
    lines = open311.lines("routing", "coverage")
    assert "No rule: 0042 anywhere" in lines
    assert "No rule: TIP anywhere" in lines
    assert not any("POTHOLE" in line for line in lines)  # its group has a rule for the rest
    assert [line for line in lines if line.startswith("Same priority")] == [
        f"Same priority: night comes first by code, then {season}: group Streets anywhere {span}"
        for season, span in (
            ("summer", "from 04-01 to 10-31"),
            ("winter", "from 11-01 to 03-31"),
        )
    ]


DATED = """\
rule,service_code,group,layer,boundary,effective_from,effective_until,department,note
west,POTHOLE,,ward,2,,2090-01-01,WEST,
west-new,POTHOLE,,ward,2,2090-01-01,2095-01-01,EAST,
west-later,POTHOLE,,ward,A2,2095-01-01,,EAST,
streets,,Streets,,,,2095-01-01,HALL,
"""


def test_rules_count_on_their_days_only(app: Flask, open311: CommandLine, city: Path) -> None:
    """Two rules for the same requests follow each other; one waits for a code to come."""
    rules = city / "routing_rules.csv"
    rules.write_text(DATED)
    lines = open311.lines("seed", city)
    warning = "Warning: rule west-later names ward A2, which is not in effect on 2095-01-01."
    assert [line for line in lines if "west" in line and "not in effect" in line] == [warning]
    broken = "Broken: rule west-later names ward A2, which no longer exists"
    for day, gaps, winner in (
        ("2089-12-31", [], "west"),
        ("2094-12-31", [], "west-new"),
        ("2095-01-01", ["No rule: POTHOLE in ward 2", "No rule: POTHOLE in ward 10"], None),
    ):
        result = open311.result("routing", "coverage", "--on", day)
        assert result.exit_code == 1
        found = result.stdout.splitlines()
        assert broken in found
        assert [line for line in found if "POTHOLE" in line] == gaps
        assert not any(line.startswith(("Same priority", "Idle")) for line in found)
        at = f"{day}T12:00:00-05:00"
        explained = open311.lines(
            *("routing", "explain", "0.5", "-0.25", "POTHOLE", "--on", day, "--at", at)
        )
        reason = f"Rule {winner} applies" if winner else "No rule matches"
        assert reason in "\n".join(explained)
    rules.write_text(DATED.replace("2090-01-01,2095", "2089-12-31,2095"))
    assert "west has the same" in open311.refusal("seed", city)
    rules.write_text(DATED.replace("2090-01-01,2095-01-01", "2090-01-01,2090-01-01"))
    assert "must be later than its effective date" in open311.refusal("seed", city)


def test_a_service_without_a_rule_in_a_ward_is_listed(
    app: Flask, open311: CommandLine, city: Path
) -> None:
    (city / "routing_rules.csv").write_text(HEADER + RULES.splitlines()[0])
    open311.lines("seed", city)
    assert "No rule: POTHOLE in ward 10" in open311.lines("routing", "coverage")
    assert "No rule: POTHOLE in ward 2" not in open311.lines("routing", "coverage")


def test_a_layer_that_leaves_part_of_the_city_open_is_listed(
    shared_app: Flask, open311: CommandLine
) -> None:
    """The core is a small part of Gridtown, and its wards are all of it."""
    lines = open311.lines("routing", "coverage")
    assert "No rule: SURVEY outside of core" in lines
    assert not any("POTHOLE" in line for line in lines)


def test_a_rule_that_never_decides_is_listed(
    app: Flask, open311: CommandLine, city: Path, tmp_path: Path
) -> None:
    """Streets are potholes and surveys, and each has a rule of its own for any place."""
    own = "".join(f"{code},{code},,,,,,,,,,,,EAST,\n" for code in ("POTHOLE", "SURVEY"))
    rest = "=streets,,Streets,ward,2,,,,,,,,,HALL,\n"
    (city / "routing_rules.csv").write_text(HEADER + own + rest)
    open311.lines("seed", city)
    file = tmp_path / "coverage.csv"
    sentence = "=streets never applies, because POTHOLE, SURVEY come first"
    assert f"Idle: {sentence}" in open311.lines("routing", "coverage", "--csv", file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    [idle] = [row for row in rows if row["finding"] == "idle"]
    assert (idle["rule"], idle["other_rule"]) == ("'=streets", "POTHOLE SURVEY")
    gaps = {(row["service_code"], row["layer"]) for row in rows if row["finding"] == "no rule"}
    assert ("TIP", "") in gaps


def test_an_answer_picks_the_department(open311: CommandLine, edited: Path) -> None:
    place = ("routing", "explain", "0.5", "0.5", "SURVEY")
    assert open311.lines(*place, "--answer", "WHO=CREW")[0] == "Department: Core Crew"
    lines = open311.lines(*place, "--answer", "WHO=CLERK")
    assert lines[0] != "Department: Core Crew"
    assert any(line.endswith("does not match: WHO is not answered CREW") for line in lines)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("x,SURVEY,,,,WHO,NOBODY,,,,,,,EAST,", "Answer 'NOBODY' does not belong to question 'WHO'"),
        ("x,POTHOLE,,,,WHO,CREW,,,,,,,EAST,", "does not belong to question 'WHO' of the service"),
        ("x,,,,,,,business,,,,,,EAST,", "business_hours.csv"),
        ("x,,,,,,,,Mon,,,,,EAST,\ny,,,,,,,,Mon,,,,,WEST,", "Rule x has the same conditions"),
    ],
)
def test_a_condition_that_points_to_nothing_is_refused(
    app: Flask, open311: CommandLine, city: Path, rule: str, words: str
) -> None:
    (city / "routing_rules.csv").write_text(f"{HEADER}{rule}\n")
    assert words in open311.refusal("seed", city)


def test_a_rule_that_names_what_is_gone_makes_it_fail(app: Flask, open311: CommandLine) -> None:
    refusal = open311.refusal("routing", "coverage", "--on", "1899-12-31")
    assert refusal == "3 rules name something that no longer exists."


def test_an_exception_layer_outranks_a_dedicated_rule(
    app: Flask, open311: CommandLine, city: Path
) -> None:
    layers = (city / "layers.csv").read_text().splitlines()
    marked = [
        f"{line},{'exception' if n == 0 else 'true' if line.startswith('core') else ''}"
        for n, line in enumerate(layers)
    ]
    (city / "layers.csv").write_text("\n".join(marked))
    assert "layers: 1 changed: core (exception)" in open311.lines("seed", city)
    lines = open311.lines("routing", "explain", "0", "0.05", "POTHOLE")
    assert lines[0] == "Department: Core Crew"
    words = "streets-core has a higher priority: "
    assert any("pothole-east" in line and words in line for line in lines)
