"""GET /stats: figures of the seeded requests, in JSON and CSV, for the public and for staff."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests
from flask import Flask
from servers import PATIENCE
from sqlalchemy import text

from open311.database import db
from open311.figures.measures import MEASURES
from open311.georeport import stats as stats_edge
from open311.georeport.stats_rows import FIGURES
from open311.queries.insights.spans import PERIODS
from schemas.search import stats

TODAY = datetime.now(UTC).date()
ALL = {"from": str(TODAY - timedelta(days=365)), "to": str(TODAY + timedelta(days=1))}


def get(server: str, path: str, **options: Any) -> requests.Response:
    return requests.get(f"{server}/stats/{path}", timeout=PATIENCE, **options)


def rows(server: str, measure: str, **asked: str) -> list[dict[str, Any]]:
    answer = get(server, f"{measure}.json", params={**ALL, "period": "all", **asked})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


@pytest.fixture(scope="module")
def staff_key(database: str, run_command: Callable[..., str]) -> str:
    return run_command(database, "keys", "create", "reader", "--may", "staff").split()[-1]


def as_cell(value: Any) -> str:
    return "" if value is None else str(value)


def test_each_measure_has_the_same_rows_in_json_and_csv(still_server: str) -> None:
    for measure in FIGURES:
        asked = {**ALL, "period": "all", "by": "service", "service_code": "POTHOLE"}
        document = get(still_server, f"{measure}.json", params=asked)
        assert document.status_code == 200, f"{measure}: {document.text}"
        found = document.json()
        answer = get(still_server, f"{measure}.csv", params=asked)
        assert answer.headers["Content-Type"].startswith("text/csv")
        cells = list(csv.DictReader(io.StringIO(answer.text)))
        assert cells == [
            {name: as_cell(value) for name, value in row.items()} for row in found["rows"]
        ]
        assert found["measure"] in {one.key for one in MEASURES}
        assert (found["population"], found["note"]) == ("public", None), measure
        assert found["rows"] or measure == "reopened", measure


def test_a_flow_adds_up_and_figures_of_few_have_no_value(still_server: str) -> None:
    """Four of the seeded requests are public: two potholes that were closed, and two others."""
    [city] = rows(still_server, "flow")
    assert city["received"] - city["closed"] == city["open_at_end"] == city["value"]
    services = {row["key"]: row for row in rows(still_server, "flow", by="service")}
    assert (services["POTHOLE"]["received"], services["POTHOLE"]["closed"]) == (2, 2)
    assert sum(row["received"] for row in services.values()) == city["received"]
    only = rows(still_server, "flow", by="service", service_code="POTHOLE")
    assert only == [services["POTHOLE"]]
    by_week = get(still_server, "flow.json", params={**ALL, "period": "week"}).json()["rows"]
    assert sum(row["received"] for row in by_week) == city["received"]
    for before, after in pairwise(by_week):
        assert before["open_at_end"] == after["open_before"]
    assert by_week[-1]["flag"] == "unfinished"
    [times] = rows(still_server, "time-to-close")
    assert (times["n"], times["closed"]) == (city["received"], city["closed"])
    assert (times["value"], times["flag"]) == (None, "few")


def test_staff_see_all_requests_and_the_public_is_told_how_many_it_does_not(
    server: str, staff_key: str
) -> None:
    asked = {**ALL, "period": "all"}
    bearer = {"Authorization": f"Bearer {staff_key}"}
    everyone = get(server, "flow.json", params=asked).json()
    answer = get(server, "flow.json", params=asked, headers=bearer)
    staff = answer.json()
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (everyone["population"], staff["population"]) == ("public", "all")
    hidden = staff["rows"][0]["received"] - everyone["rows"][0]["received"]
    assert everyone["not_included"] == hidden > 0 == staff["not_included"]
    of_service = get(server, "flow.json", params={**asked, "service_code": "POTHOLE"}).json()
    assert of_service["not_included"] is None  # it could tell about a single nonpublic request
    channels = get(server, "flow.json", params={**asked, "by": "channel"}, headers=bearer).json()
    assert sum(one["received"] for one in channels["rows"]) == staff["rows"][0]["received"]


def test_answers_are_kept_by_caches_and_read_by_pages_of_other_sites(still_server: str) -> None:
    first = get(still_server, "flow.csv", params=ALL, headers={"Origin": "https://a.example"})
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    known = {"If-None-Match": first.headers["ETag"]}
    again = get(still_server, "flow.csv", params=ALL, headers=known)
    assert again.status_code in (200, 304)  # what is overdue may have changed with the clock
    assert (again.status_code == 304) == (again.headers["ETag"] == first.headers["ETag"])
    other = get(still_server, "flow.csv", params={**ALL, "by": "service"}, headers=known)
    assert other.status_code == 200


def test_definitions_and_curves_are_told(still_server: str) -> None:
    document = get(still_server, "measures.json").json()
    assert [one["key"] for one in document["measures"]] == [one.key for one in MEASURES]
    assert all(one["leaves_out"] for one in document["measures"])
    curve = get(still_server, "curve.json", params=ALL).json()
    [times] = rows(still_server, "time-to-close")
    assert (curve["n"], curve["closed"]) == (times["n"], times["closed"])
    [step] = curve["rows"]  # both were closed after ten days
    assert (step["hours"], step["open"]) == (240, 1 - curve["closed"] / step["at_risk"])
    assert 0 < step["lower"] < step["open"] < step["upper"] < 1


def test_a_range_without_requests_says_so(still_server: str) -> None:
    for path in ("flow.json", "promises.json", "curve.json"):
        found = get(still_server, path, params={"from": "2001-01-01", "to": "2001-01-28"}).json()
        assert found["note"] == "No requests match in this range."
    assert get(still_server, "promises.csv?from=2001-01-01&to=2001-01-28").text.count("\n") == 1


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("nothing.json", 404, "There is no measure nothing. Available: flow, "),
        ("flow.json?form=2026-01-01", 400, "Unknown parameter form. Available: service_code, "),
        ("flow.csv?from=yesterday", 400, "from must be a date"),
        ("flow.json?from=2026-02-01&to=2026-01-01", 400, "A period ends before it starts."),
        ("flow.json?from=2199-01-01", 400, "A period ends before it starts."),
        ("flow.json?from=0001-01-01&to=0001-01-05", 400, "must be days from 1900-01-01 to 2199-"),
        ("promises.csv?to=9999-12-31", 400, "from and to must be days from 1900-01-01 to 2199-"),
        ("flow.json?from=2026-02-30", 400, "from must be a date"),
        ("curve.json?by=ward", 400, "Unknown parameter by. Available: service_code, "),
        ("flow.json?group=NO", 404, "Service group NO does not exist."),
        ("flow.json?period=day", 400, "period must be one of"),
        ("flow.json?by=color", 400, "by must be one of city, service, group, department, "),
        ("flow.json?service_code=NO", 404, "service_code 'NO' does not exist."),
        ("flow.json?agency_responsible=Nobody", 404, "Department Nobody does not exist."),
        ("flow.csv?boundary=moon:1", 400, "boundary uses unknown layer 'moon'."),
        ("flow.json?boundary=ward:99", 404, "Layer ward has no boundary 99."),
        ("promises.json?period=week&from=2025-01-01&to=2025-12-31", 400, "contain 53 periods"),
        ("came-back.json", 400, "Name services with service_code."),
        ("flow.json?by=channel", 403, "api_key is required."),
        ("flow.json?channel=web", 403, "api_key is required."),
        ("flow.json?api_key=unknown", 403, "api_key is not valid."),
    ],
)
def test_what_does_not_exist_is_told(still_server: str, path: str, status: int, says: str) -> None:
    answer = get(still_server, path)
    assert answer.status_code == status
    [problem] = answer.json()
    assert says in problem["description"]


def test_periods_are_those_of_the_parameters() -> None:
    assert set(PERIODS) == set(stats.PERIODS)
    spans = {name: make(TODAY, TODAY + timedelta(days=84)) for name, make in PERIODS.items()}
    assert len(spans["28days"]) == 3
    for own in spans.values():
        assert own[0].begin <= TODAY < own[-1].end
        assert all(one.end == other.begin for one, other in pairwise(own))


def test_a_change_while_figures_are_calculated_gives_the_next_answer_another_tag(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = "UPDATE service_requests SET description = 'Deeper now.'"
    client, found = app.test_client(), stats_edge.count_hidden

    def changed_meanwhile(*asked: Any) -> int:
        number = found(*asked)
        db.session.execute(text(change))
        db.session.commit()
        return number

    monkeypatch.setattr(stats_edge, "count_hidden", changed_meanwhile)
    place = {"service_code": "POTHOLE", "lat": "0.5", "long": "-0.5"}
    client.post("/open311/v2/requests.json", data={"api_key": "key-of-gridtown", **place})
    first = client.get("/stats/flow.json", query_string=ALL)
    monkeypatch.setattr(stats_edge, "count_hidden", found)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/stats/flow.json", query_string=ALL, headers=known).status_code == 200
