"""open311 boundaries preview, and routing carry-over and undo: before and after a new map."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, update
from statements import statements

from geo.coordinates import Point
from open311.database import db
from open311.jobs.maintenance import carry_over_all
from open311.models import BoundarySet, Department, RoutingRule
from open311.operations.routing import reroute
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.steps.requests.add import add_service_request
from open311.steps.values.submissions import Handles, Submission
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
MapFile = Callable[..., Path]
TOWN = "gridtown.example"
SHIFTED = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}  # the edge lay at 0
BETWEEN = 0.25  # degrees of longitude: in ward 10, and in ward 2 once it is SHIFTED
MOVE = "1 from East Yard to West Yard"


@pytest.fixture
def draft(app: Flask, open311: CommandLine, map_file: MapFile) -> int:
    options = ("--layer", "ward", "--code-field", "code", "--draft")
    last = open311.lines("boundaries", "import", map_file(SHIFTED), *options)[-1]
    return int(re.findall(r"\d+", last)[0])


@pytest.fixture
def between(app: Flask) -> str:
    """The id of an open pothole that the new map would move."""
    return report("99-0000001", BETWEEN)


def report(id_: str, long: float, days_ago: int = 1) -> str:
    submission = Submission(
        jurisdiction=get_jurisdiction(TOWN),
        service=get_service(TOWN, "POTHOLE"),
        point=Point(lat=0.5, long=long),
        reporter={"email": "who@example.org"},
    )
    now = datetime.now(UTC).replace(microsecond=0)
    handles = Handles(service_request_id=id_, public=True)
    add_service_request(submission, handles, now - timedelta(days=days_ago))
    db.session.commit()
    return id_


def show(app: Flask, id_: str) -> dict[str, Any]:
    answer = app.test_client().get(
        f"/open311/v2/requests/{id_}.json", query_string={"extensions": "true"}
    )
    [row] = answer.json or []
    return dict(row)


def test_a_preview_tells_who_would_move_and_changes_nothing(
    open311: CommandLine, contents: Contents, draft: int, between: str, tmp_path: Path
) -> None:
    before = contents()
    file = tmp_path / "moves.csv"
    lines = open311.lines("boundaries", "preview", draft, "--csv", file)
    assert any("added or removed" in line for line in lines)
    assert any("open requests would change department" in line for line in lines)
    assert f"  {MOVE}" in lines
    assert contents() == before
    [row] = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    assert (row["service_request_id"], row["from"], row["to"]) == (
        between,
        "East Yard",
        "West Yard",
    )
    assert row["reason"] == "Rule pothole-west applies: service POTHOLE in ward 2."
    assert "who@example.org" not in file.read_text()


def test_the_past_year_is_simulated_with_the_load_of_each_department(
    open311: CommandLine, contents: Contents, draft: int, between: str
) -> None:
    before = contents()
    open311.lines("requests", "close", between, "Filled.")
    assert not any(MOVE in line for line in open311.lines("boundaries", "preview", draft))
    lines = open311.lines("boundaries", "preview", draft, "--past-year")
    assert "  2 from East Yard to West Yard" in lines  # one of them was made with the city
    loads = {
        line.split(":")[0].strip(): line for line in lines if " with the current version" in line
    }
    east, west = (
        [int(number) for number in re.findall(r"\d+", loads[name])]
        for name in ("East Yard", "West Yard")
    )
    assert (east[1] - east[0], west[1] - west[0]) == (-2, 2)
    assert contents().keys() == before.keys()


def test_what_comes_to_lie_near_a_border_waits_to_be_looked_at(
    open311: CommandLine, draft: int, between: str
) -> None:
    near = report("99-0000003", 0.5 - 0.00005)
    assert not any(near in line for line in open311.lines("triage", "list"))
    open311.lines("boundaries", "publish", draft, "--reroute")
    [line] = [line for line in open311.lines("triage", "list") if near in line]
    assert line == (
        f"{near} near_border POTHOLE at West Yard: 6 m from ward 10, where it would go to East Yard"
    )
    assert not any(between in line for line in open311.lines("triage", "list"))


def test_what_was_rerouted_is_measured_with_its_new_boundaries(
    app: Flask, open311: CommandLine, draft: int, between: str
) -> None:
    near = report("99-0000003", 0.5 - 0.00005)
    open311.lines("boundaries", "publish", draft, "--reroute")
    open311.lines("triage", "resolve", near)
    before = {id_: show(app, id_)["extended_attributes"] for id_ in (between, near)}
    assert [one["boundaries"] for one in before.values()] == [{"ward": "2"}, {"ward": "2"}]
    for kind in ("--overlapping", "--separate"):
        open311.lines("boundaries", "kind", "ward", kind)
        open311.lines("routing", "measure", "--again")
        for id_ in (between, near):
            now = show(app, id_)
            assert now["extended_attributes"]["boundaries"] == {"ward": "2"}
            assert now["agency_responsible"] == "West Yard"
    assert show(app, near)["extended_attributes"]["near_border"] == before[near]["near_border"]
    assert not any(near in line for line in open311.lines("triage", "list"))  # as reviewed before


def test_publishing_carries_them_over_and_one_command_puts_them_back(
    app: Flask, open311: CommandLine, draft: int, between: str
) -> None:
    stayed = report("99-0000002", BETWEEN)
    open311.lines("requests", "lock", stayed)
    seen = show(app, between)
    lines = open311.lines("boundaries", "publish", draft, "--reroute", "--by", "chief")
    assert lines[-1] == "1 open requests rerouted."
    moved = show(app, between)
    assert moved["agency_responsible"] == "West Yard"
    assert moved["extended_attributes"]["boundaries"] == {"ward": "2"}
    assert moved["updated_datetime"] > seen["updated_datetime"]
    assert show(app, stayed)["agency_responsible"] == "East Yard"
    [listed] = open311.lines("routing", "reroutes")
    number = listed.split(":")[0]
    assert re.fullmatch(rf"\d+: 1 rerouted \S+ by chief after version {draft}", listed)
    assert any(
        "rerouted by chief" in x for x in open311.lines("routing", "explain-request", between)
    )
    assert open311.lines("routing", "reroute-undo", number, "--by", "boss") == [
        f"Reroute {number}: 1 requests restored."
    ]
    again = show(app, between)
    assert again["agency_responsible"] == "East Yard"
    assert again["extended_attributes"] | {"notes": 0} == seen["extended_attributes"] | {"notes": 0}
    assert "already undone" in open311.refusal("routing", "reroute-undo", number)
    assert " by boss" in open311.lines("routing", "reroutes")[0]


def test_what_has_gone_on_since_is_not_put_back(
    app: Flask, open311: CommandLine, draft: int, between: str
) -> None:
    open311.lines("boundaries", "publish", draft, "--reroute")
    open311.lines("requests", "transfer", between, "LIGHTS", "It is a lamp.")
    number = open311.lines("routing", "reroutes")[0].split(":")[0]
    assert open311.lines("routing", "reroute-undo", number) == [
        (
            f"Reroute {number}: 0 requests restored, 1 not restored because staff have changed "
            "them since."
        )
    ]
    assert show(app, between)["agency_responsible"] == "Light Works"
    assert "There is no reroute 999." in open311.refusal("routing", "reroute-undo", 999)


def test_a_set_of_a_later_day_carries_over_on_that_day_once(
    app: Flask, open311: CommandLine, draft: int, between: str
) -> None:
    zone = get_jurisdiction(TOWN).zone
    today = datetime.now(UTC).astimezone(zone).date()
    options = ("--from", today + timedelta(days=3), "--reroute")
    assert open311.lines("boundaries", "publish", draft, *options)[-1].startswith(
        "0 open requests rerouted. The others are rerouted on "
    )
    assert carry_over_all() == 0
    in_force = {"in_force_from": today}
    db.session.execute(update(BoundarySet).where(BoundarySet.id == draft).values(**in_force))
    db.session.execute(
        update(BoundarySet)
        .where(BoundarySet.in_force_until.is_not(None))
        .values(in_force_until=today)
    )
    db.session.commit()
    assert carry_over_all() == 1
    assert carry_over_all() == 0
    assert show(app, between)["agency_responsible"] == "West Yard"


@pytest.mark.parametrize(("now_at", "agency"), [(0.75, "East Yard"), (0.3, "West Yard")])
def test_a_request_that_staff_move_during_a_reroute_is_routed_from_its_new_place(
    app: Flask,
    open311: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    draft: int,
    between: str,
    now_at: float,
    agency: str,
) -> None:
    open311.lines("boundaries", "publish", draft)
    lock = reroute._lock

    def lock_after_a_move(pks: list[int]) -> object:
        with psycopg.connect(app.config["DATABASE_URL"].replace("+psycopg", "")) as other:
            other.execute(
                "UPDATE service_requests SET location = ST_Point(%s, 0.5, 4326) "
                "WHERE service_request_id = %s",
                [now_at, between],
            )
        return lock(pks)

    monkeypatch.setattr(reroute, "_lock", lock_after_a_move)
    [line] = open311.lines("routing", "reroute")
    assert line.endswith(f": {int(agency == 'West Yard')} requests changed department.")
    assert show(app, between)["agency_responsible"] == agency


def test_without_a_change_nothing_is_carried_over(
    app: Flask, open311: CommandLine, between: str
) -> None:
    before = show(app, between)
    [line] = open311.lines("routing", "reroute")
    assert line.endswith(": 0 requests changed department.")
    assert show(app, between) == before


def test_what_a_new_rule_moves_keeps_the_stored_boundaries(
    open311: CommandLine, between: str
) -> None:
    """Only what changed is written, in as many statements for one as for many."""
    others = [report(f"99-000001{number}", BETWEEN) for number in range(5)]
    rule = update(RoutingRule).where(RoutingRule.code == "pothole-east")
    west = select(Department.id).where(Department.code == "WEST").scalar_subquery()
    db.session.execute(rule.values(department_id=west))
    db.session.commit()
    with statements(db.engine) as sent:
        [line] = open311.lines("routing", "reroute")
    assert max(map(int, re.findall(r"\d+", line))) >= len([between, *others])
    written = [one for one in sent if re.match("INSERT|UPDATE|DELETE", one)]
    assert len([one for one in written if one.startswith("UPDATE service_requests")]) == 1
    assert not any("service_request_boundaries" in one for one in written)
