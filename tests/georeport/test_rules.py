"""Rules by answer, by time and for exceptions, as a report over HTTP meets them."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from georeport_client import KEYS, Api
from servers import CITIES, running_server

COLUMNS = (
    *("rule", "service_code", "group", "layer", "boundary", "question", "answer"),
    *("hours", "weekdays", "time_from", "time_until", "season_from", "season_until", "department"),
)


def csv_of(*rules: dict[str, str]) -> str:
    lines = [",".join(rule.get(column, "") for column in COLUMNS) for rule in rules]
    return "\n".join([",".join(COLUMNS), *lines, ""])


@pytest.fixture(scope="module")
def url(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The URL of a Gridtown with rules for answers and for the current time."""
    folder = tmp_path_factory.mktemp("city") / "gridtown"
    shutil.copytree(CITIES / "gridtown", folder)
    now = datetime.now(UTC).astimezone(ZoneInfo("America/New_York"))
    before, after = ((now + timedelta(hours=hours)) for hours in (-2, 2))
    in_between = {"time_from": f"{before:%H:%M}", "time_until": f"{after:%H:%M}"}
    otherwise = {"time_from": f"{after:%H:%M}", "time_until": f"{before:%H:%M}"}
    season = {
        "season_from": f"{now - timedelta(days=20):%m-%d}",
        "season_until": f"{now + timedelta(days=20):%m-%d}",
    }
    no_season = {
        "season_from": f"{now + timedelta(days=30):%m-%d}",
        "season_until": f"{now + timedelta(days=60):%m-%d}",
    }
    survey = {"service_code": "SURVEY", "question": "WHO"}
    what = {"service_code": "SURVEY", "question": "WHAT"}
    (folder / "routing_rules.csv").write_text(
        csv_of(
            {"rule": "crew", **survey, "answer": "CREW", "department": "WEST"},
            {"rule": "zz-apples", **what, "answer": "A", "department": "LIGHTS"},
            {"rule": "a-clock", "service_code": "POTHOLE", **otherwise, "department": "EAST"},
            {"rule": "z-clock", "service_code": "POTHOLE", **in_between, "department": "WEST"},
            {"rule": "a-season", "service_code": "0042", **no_season, "department": "EAST"},
            {"rule": "z-season", "service_code": "0042", **season, "department": "WEST"},
            {"rule": "open", "group": "Lights", "hours": "business", "department": "LIGHTS"},
            {"rule": "shut", "service_code": "A/B c.d", "hours": "outside", "department": "EAST"},
            {"rule": "core", "layer": "core", "department": "CORE"},
        )
    )
    (folder / "business_hours.csv").write_text("weekdays,opens,closes\nMon-Sun,00:00,23:59\n")
    days = (now + timedelta(days=days) for days in (-1, 0, 1))
    (folder / "holidays.csv").write_text("day,name\n" + "".join(f"{day:%F},Fair\n" for day in days))
    layers = (folder / "layers.csv").read_text().splitlines()
    marks = ("exception" if n == 0 else str("core" in line) for n, line in enumerate(layers))
    marked = [f"{line},{mark}" for line, mark in zip(layers, marks, strict=True)]
    (folder / "layers.csv").write_text("\n".join(marked))
    database = fresh_database(gridtown)
    run_command(database, "seed", str(folder))
    return database


@pytest.fixture(scope="module")
def address(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(url, tmp_path_factory.mktemp("gunicorn") / "rules.log") as address:
        yield address


@pytest.mark.parametrize(
    ("fields", "department"),
    [
        ({"service_code": "SURVEY", "attribute[WHO]": "CREW"}, "West Yard"),
        ({"service_code": "SURVEY", "attribute[WHO]": "CLERK"}, "Town Hall"),
        (
            {"service_code": "SURVEY", "attribute[WHO]": "CLERK", "attribute[WHAT][]": ["B", "A"]},
            "Light Works",
        ),
        (
            {"service_code": "SURVEY", "attribute[WHO]": "CREW", "attribute[WHAT][]": ["A"]},
            "West Yard",
        ),
        ({"service_code": "POTHOLE"}, "West Yard"),
        ({"service_code": "0042"}, "West Yard"),
        ({"service_code": "A/B c.d"}, "East Yard"),
        ({"service_code": "POTHOLE", "lat": 0.05, "long": 0.05}, "Core Crew"),
        ({"service_code": "SURVEY", "attribute[WHO]": "CREW", "lat": 0, "long": 0.1}, "Core Crew"),
    ],
)
def test_a_report_goes_by_answer_time_and_exception(
    address: str, format: str, fields: dict[str, Any], department: str
) -> None:
    api = Api(address, format, KEYS["gridtown.example"])
    id_ = api.report(**{"lat": 0.5, "long": 0.5, **fields})
    assert api.one(id_)["agency_responsible"] == department


def test_on_holidays_what_is_for_business_hours_waits_for_others(
    address: str, url: str, run_command: Callable[..., str]
) -> None:
    api = Api(address, "json", KEYS["gridtown.example"])
    receipt = api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]
    run_command(url, "requests", "approve", receipt["token"])
    id_ = api.get(f"v2/tokens/{receipt['token']}").document[0]["service_request_id"]
    assert api.one(id_)["agency_responsible"] == "Town Hall"
    told = run_command(url, "routing", "explain-request", id_)
    assert "open  does not match: it applies only in business hours" in told
