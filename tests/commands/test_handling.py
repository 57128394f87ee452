"""open311 requests move, change-service, hand-over, take-on, pin and unpin; routing transfers."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
ID = "26-0000002"  # a pothole in the East Yard's ward


def show(app: Flask, id_: str = ID) -> dict[str, Any]:
    answer: TestResponse = app.test_client().get(
        f"/open311/v2/requests/{id_}.json", query_string={"extensions": "true"}
    )
    assert answer.status_code == 200, answer.text
    [row] = answer.json or []
    return dict(row)


@pytest.fixture
def there(app: Flask) -> dict[str, Any]:
    """The service request as it is before anything is done."""
    row = show(app)
    assert row["agency_responsible"] == "East Yard"
    assert row["service_code"] == "POTHOLE"
    return row


def test_who_moves_the_pin_over_a_border_hands_it_on(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    [line] = open311.lines("requests", "move", ID, "0.5", "-0.5", "--by", "clerk")
    reason = "Rule pothole-west applies: service POTHOLE in ward 2."
    assert line == f"{ID} moved, East Yard -> West Yard: {reason}"
    moved = show(app)
    assert (moved["lat"], moved["long"]) == (0.5, -0.5)
    assert moved["agency_responsible"] == "West Yard"
    assert moved["extended_attributes"]["boundaries"] == {"ward": "2"}
    assert moved["updated_datetime"] > there["updated_datetime"]
    assert (moved["status"], moved["status_notes"]) == (there["status"], there["status_notes"])
    lines = open311.lines("routing", "explain-request", ID)
    assert lines[0] == "Department: West Yard"
    assert "moved by clerk, East Yard -> West Yard" in lines[2]
    assert "clerk" not in str(moved)


def test_a_pin_near_a_border_waits_to_be_looked_at(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "reopen", ID, "It is still there.")
    lines = open311.lines("requests", "move", ID, "0.5", "0.00001")
    assert lines[1] == "Near a boundary: see open311 triage list."
    assert any(line.startswith(f"{ID} near_border") for line in open311.lines("triage", "list"))
    open311.lines("requests", "move", ID, "0.5", "0.5")
    assert show(app)["extended_attributes"]["near_border"] is None


def test_another_service_is_routed_by_its_own_rules(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    [line] = open311.lines("requests", "change-service", ID, "0042")
    assert line.startswith(f"{ID} service changed, East Yard -> Town Hall: No rule matches")
    changed = show(app)
    assert (changed["service_code"], changed["agency_responsible"]) == ("0042", "Town Hall")
    assert changed["updated_datetime"] > there["updated_datetime"]


def test_what_was_handed_over_stays_there(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    line, pinned = open311.lines("requests", "transfer", ID, "LIGHTS", "It is a lamp.")
    assert line == f"{ID} transferred, East Yard -> Light Works: It is a lamp."
    assert pinned == "Locked: routing does not change its department."
    open311.lines("requests", "move", ID, "0.5", "-0.5")
    row = show(app)
    assert row["agency_responsible"] == "Light Works"
    assert row["extended_attributes"]["boundaries"] == {"ward": "2"}
    [line] = open311.lines("requests", "unlock", ID)
    assert line.startswith(f"{ID} unlocked, Light Works -> West Yard")
    assert show(app)["agency_responsible"] == "West Yard"


def test_after_a_hand_over_the_explanation_names_who_decided(
    open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "transfer", ID, "LIGHTS", "It is a lamp.", "--by", "clerk")
    open311.lines("requests", "move", ID, "0.5", "-0.5", "--by", "other")
    lines = open311.lines("routing", "explain-request", ID)
    assert lines[:2] == [
        "Department: Light Works, set manually",
        "Why: clerk: It is a lamp.",
    ]
    assert "  Decided by rule pothole-west instead of a person." in lines
    assert "  Department: West Yard instead of Light Works." in lines
    open311.lines("requests", "unlock", ID)
    lines = open311.lines("routing", "explain-request", ID)
    assert lines[1] == "Why: Rule pothole-west applies: service POTHOLE in ward 2."
    assert not any("by a person" in line for line in lines)


def test_who_takes_it_on_does_so_until_it_leaves(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    assert open311.lines("requests", "acknowledge", ID) == [f"{ID} acknowledged, East Yard"]
    assert "already" in open311.refusal("requests", "acknowledge", ID)
    open311.lines("requests", "transfer", ID, "WEST", "Ours ends at the bridge.")
    assert open311.lines("requests", "acknowledge", ID)[0] == f"{ID} acknowledged, West Yard"


def test_the_third_hand_over_raises_a_flag(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "reopen", ID, "It is still there.")
    for department in ("WEST", "EAST"):
        open311.lines("requests", "transfer", ID, department, "Not ours.")
    assert not any("handed_over_often" in line for line in open311.lines("triage", "list"))
    for department in ("WEST", "EAST"):
        open311.lines("requests", "transfer", ID, department, "Not ours.")
    [line] = [line for line in open311.lines("triage", "list") if "handed_over_often" in line]
    assert line == f"{ID} handed_over_often POTHOLE at East Yard: transferred 3 times"
    told = open311.lines("routing", "explain-request", ID)
    assert sum("transferred by" in line for line in told) == 4


def test_a_pinned_department_can_be_another(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "lock", ID)
    assert "already" in open311.refusal("requests", "lock", ID)
    [line, _] = open311.lines("requests", "lock", ID, "--department", "CORE")
    assert line == f"{ID} locked, East Yard -> Core Crew: The department was set manually."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["move", ID, "91", "0"], "LAT must be"),
        (["move", ID, "45", "7"], "outside the Gridtown service area"),
        (["move", "26-9", "0", "0"], "does not exist"),
        (["change-service", ID, "POTHOLE"], "already"),
        (["change-service", ID, "NOPE"], "There is no service NOPE."),
        (["change-service", ID, "TIP"], "One is public and the other is not"),
        (["transfer", ID, "NOPE", "x"], "Use one of: CORE, EAST, HALL"),
        (["transfer", ID, "EAST", "x"], "already with East Yard"),
        (["transfer", ID, "WEST", " "], "A reason is required"),
        (["unlock", ID], "already uses automatic routing"),
        (["acknowledge", "26-9"], "does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    arguments: list[str],
    words: str,
) -> None:
    before = contents()
    assert words in open311.refusal("requests", *arguments)
    assert contents() == before


def test_transfers_are_counted_by_the_rule_that_routed(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "transfer", ID, "LIGHTS", "It is a lamp.")
    lines = open311.lines("routing", "transfers")
    assert lines[0] == (
        "rule pothole-east to East Yard: 1 of 1 transferred "
        "(fewer than 10, too few for a suggestion)"
    )
    assert all(" 0 of " in line for line in lines[1:])
    open311.lines("requests", "unlock", ID)
    open311.lines("requests", "lock", ID, "--department", "LIGHTS")
    assert open311.lines("routing", "transfers") == lines
    assert open311.lines("routing", "transfers", "--until", "2000-01-01") == []
    assert "--from" in open311.refusal("routing", "transfers", "--from", "2999-01-01", status=2)


def test_who_reported_is_asked_and_the_work_goes_on(
    app: Flask, open311: CommandLine, there: dict[str, Any]
) -> None:
    open311.lines("requests", "reopen", ID, "It is still there.")
    [line] = open311.lines("requests", "hold", ID, "Which of the two?", "--by", "clerk")
    assert line == f"{ID} is waiting for the requester."
    assert show(app)["status_notes"] == "Which of the two?"
    assert open311.lines("requests", "resume", ID, "--by", "clerk") == [f"{ID} resumed."]
    assert "is not on hold" in open311.refusal("requests", "resume", ID)
