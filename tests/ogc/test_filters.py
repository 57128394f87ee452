"""Filters in CQL2, text and JSON, over HTTP: what they find, and what they refuse."""

import itertools
import json
from typing import Any

import pytest
import requests
from georeport_client import Api
from servers import PATIENCE

from tests.ogc.conftest import Client
from tests.ogc.test_features import PUBLIC

OPEN = ["26-0000006", "26-0000004", "26-0000003"]
CLOSED = ["26-0000002", "20-0000001"]
SQUARE = "POLYGON((0.4 0.4, 0.6 0.4, 0.6 0.6, 0.4 0.6, 0.4 0.4))"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("status = 'closed'", CLOSED),
        ("'closed' = status", CLOSED),
        ("status <> 'closed'", OPEN),
        ("NOT status = 'closed'", OPEN),
        ("service_code = 'POTHOLE' OR service_code = '0042' AND status = 'closed'", CLOSED),
        ("(service_code = 'POTHOLE' OR service_code = '0042') AND status = 'open'", ["26-0000003"]),
        ("service_code IN ('LAMP', 'SURVEY')", ["26-0000006", "26-0000004"]),
        ("service_code NOT IN ('LAMP', 'SURVEY')", ["26-0000003", *CLOSED]),
        ("description LIKE '%days ago'", ["26-0000004", "26-0000003", "26-0000002"]),
        ("description LIKE 'An old o__'", ["20-0000001"]),
        ("description NOT LIKE '%days%'", ["26-0000006", "20-0000001"]),
        ("CASEI(address) LIKE CASEI('%STREET')", PUBLIC),
        ("CASEI(service_name) = CASEI('POTHOLE')", CLOSED),
        ("geometry IS NULL", ["26-0000004"]),
        ("geometry IS NOT NULL AND status = 'open'", ["26-0000006", "26-0000003"]),
        ("media_url IS NULL", PUBLIC),
        ("overdue = true", []),
        ("NOT overdue", PUBLIC),
        ("ward = '2'", ["20-0000001"]),
        ('"ward" = \'10\'', ["26-0000006", "26-0000003", "26-0000002"]),
        ("ward = '2' OR ward = '10' AND overdue = true", ["20-0000001"]),
        # Of what lies in no ward nothing can be said, and so not that it lies in another one.
        ("NOT ward = '2'", ["26-0000006", "26-0000003", "26-0000002"]),
        ("NOT (NOT ward = '2')", ["20-0000001"]),
        ("ward <> '2'", ["26-0000006", "26-0000003", "26-0000002"]),
        (f"S_INTERSECTS(geometry, {SQUARE})", ["26-0000006", "26-0000002"]),
        (f"S_WITHIN(geometry, {SQUARE}) AND status = 'closed'", ["26-0000002"]),
        (f"S_DISJOINT(geometry, {SQUARE})", ["26-0000003", "20-0000001"]),
        (f"S_CONTAINS({SQUARE}, geometry)", ["26-0000006", "26-0000002"]),
        ("S_EQUALS(geometry, POINT(0.5 -0.5))", ["26-0000003"]),
        ("S_INTERSECTS(geometry, BBOX(-1, 0, 0, 1))", ["20-0000001"]),
        ("S_TOUCHES(geometry, LINESTRING(0.5 0.5, 0.7 0.7))", ["26-0000006", "26-0000002"]),
        ("T_AFTER(requested_datetime, TIMESTAMP('1999-01-01T00:00:00Z'))", PUBLIC),
        ("T_BEFORE(requested_datetime, DATE('1999-01-01'))", []),
        ("T_DURING(requested_datetime, INTERVAL('1999-01-01', '..'))", PUBLIC),
        ("T_INTERSECTS(requested_datetime, INTERVAL('..', '1999-01-01'))", []),
        ("T_DISJOINT(requested_datetime, INTERVAL('..', '1999-01-01'))", PUBLIC),
        ("requested_datetime > TIMESTAMP('1999-01-01T00:00:00+02:00')", PUBLIC),
        ("requested_datetime < '1999-01-01'", []),
        ("requested_datetime = updated_datetime", ["26-0000006", "26-0000003"]),
        ("1 + 2 * 3 = 7 AND 8 / 4 - 1 = 1", PUBLIC),
        ("1 / 0 = 1", []),
        ("status BETWEEN 'a' AND 'd'", CLOSED),
        ("status = 'it''s'", []),
    ],
)  # fmt: skip
def test_a_filter_finds_what_it_says(everyone: Client, text: str, ids: list[str]) -> None:
    assert everyone.ids(filter=text) == ids


def op(name: str, *arguments: Any) -> dict[str, Any]:
    return {"op": name, "args": list(arguments)}


STATUS = {"property": "status"}
MOMENT = {"property": "requested_datetime"}
LONG_AGO = {"timestamp": "1999-01-01T00:00:00Z"}
PLACE = {"type": "Polygon", "coordinates": [[[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.4]]]}


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        (op("=", STATUS, "closed"), CLOSED),
        (op("or", op("=", STATUS, "closed"), op("=", STATUS, "open")), PUBLIC),
        (op("not", op("in", STATUS, ["closed", "x"])), OPEN),
        (op("isNull", {"property": "geometry"}), ["26-0000004"]),
        (op("between", STATUS, "a", "d"), CLOSED),
        (op("like", op("casei", STATUS), op("casei", "CLOSE%")), CLOSED),
        (op("s_intersects", {"property": "geometry"}, PLACE), ["26-0000006", "26-0000002"]),
        (op("s_intersects", {"property": "geometry"}, {"bbox": [-1, 0, 0, 1]}), ["20-0000001"]),
        (op("t_after", MOMENT, LONG_AGO), PUBLIC),
        (op("t_intersects", MOMENT, {"interval": ["..", "1999-01-01"]}), []),
        (op("t_finishes", MOMENT, {"interval": ["1999-01-01", ".."]}), []),
        (op(">", MOMENT, {"date": "1999-01-01"}), PUBLIC),
    ],
)
def test_the_same_in_json(everyone: Client, filter_: dict[str, Any], ids: list[str]) -> None:
    assert everyone.ids(filter=json.dumps(filter_), filter_lang="cql2-json") == ids
    assert everyone.ids(filter=json.dumps(filter_)) == ids


def test_geometries_of_a_filter_are_in_its_own_system(everyone: Client) -> None:
    square = "S_INTERSECTS(geometry, BBOX(-60000, 50000, -50000, 60000))"
    assert everyone.ids(filter=square, filter_crs="EPSG:3857") == ["20-0000001"]
    flipped = "S_INTERSECTS(geometry, POINT(0.5 -0.5))"
    assert everyone.ids(filter=flipped, filter_crs="EPSG:4326") == ["20-0000001"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("status =", "at character 8"),
        ("status = 'closed", "at character 10"),
        (
            "color = 'red'",
            "filter uses unknown property 'color'. Available: geometry, service_request_id",
        ),
        ("status = 1", "compares a text with a number"),
        ("status", "is not a condition. Compare a property with a value."),
        ("1 + 1", "is not a condition. Compare a property with a value."),
        ("status + 1 = 2", "with a value that is not a number."),
        ("requested_datetime > 'soon'", "compares a time with 'soon'"),
        ("T_AFTER(status, DATE('2026-01-01'))", "uses a text where a time is required"),
        (
            "T_AFTER(requested_datetime, DATE('2026-13-01'))",
            "has an invalid date. Write dates as 2026-03-09.",
        ),
        ("requested_datetime > TIMESTAMP('2026-01-01')", "has an invalid timestamp."),
        ("S_INTERSECTS(status, POINT(1 1))", "does not compare a geometry with a geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "has an invalid geometry"),
        ("S_NEAR(geometry, POINT(1 1))", "uses unknown operator 's_near'"),
        ("S_INTERSECTS(geometry)", "s_intersects needs 2."),
        ("overdue LIKE 'x'", "uses a boolean where a text is required"),
        ("NOT " * 60 + "overdue", "nested too deeply"),
        (
            "geometry = 'x'",
            "filter uses 'geometry' as a value. Use it in a function such as S_INTERSECTS.",
        ),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(everyone: Client, text: str, words: str) -> None:
    assert words in everyone.refusal(filter=text)


@pytest.mark.parametrize("text", ["[", "{}", '{"op": "="}', '{"op": "and", "args": [1, null]}'])
def test_json_that_is_no_filter_is_refused(everyone: Client, text: str) -> None:
    assert everyone.refusal(filter=text, filter_lang="cql2-json").startswith("filter")


def ring(corners: int) -> str:
    low = [f"{-1 + 2 * place / corners:.6f} -1" for place in range(corners)]
    return f"POLYGON(({', '.join([*low, '1 1', low[0]])}))"


def test_a_large_area_goes_by_post_and_a_huge_one_is_refused(everyone: Client) -> None:
    url = f"{everyone.address}/ogc/collections/requests/search"
    large = {"filter": f"S_INTERSECTS(geometry, {ring(9_000)})"}
    answer = requests.post(url, data=large, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["numberMatched"] >= 2
    for corners in (20_000, 45_000, 400_000):
        huge = {"filter": f"S_INTERSECTS(geometry, {ring(corners)})"}
        refused = requests.post(url, data=huge, timeout=PATIENCE)
        assert refused.status_code in (400, 413)
        assert "description" in refused.json()


def search(everyone: Client, text: str) -> dict[str, Any]:
    """Ask with a filter that is too long for an address."""
    url = f"{everyone.address}/ogc/collections/requests/search"
    return dict(requests.post(url, data={"filter": text}, timeout=PATIENCE).json())


def test_many_conditions_in_a_row_are_taken(everyone: Client) -> None:
    text = " OR ".join(f"service_code = 'X{number}'" for number in range(600))
    found = search(everyone, f"{text} OR status = 'closed'")
    assert [one["id"] for one in found["features"]] == CLOSED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(" * 100_000 + "overdue" + ")" * 100_000, "nested too deeply"),
        ("NOT " * 100_000 + "overdue", "nested too deeply"),
        (" AND ".join(["overdue"] * 2_100), "too many parts"),
        ("x" * 990_000, "filter uses unknown property"),
        ("'" * 300_001, "cql2-text"),
        ("1+" * 100_000 + "1 = 2", "nested too deeply"),
    ],
)
def test_an_endless_filter_is_refused(everyone: Client, text: str, words: str) -> None:
    """One that is evaluated all the same does not end while the client waits."""
    assert words in search(everyone, text)["description"]


def test_conditions_are_as_strong_as_the_standard_says(everyone: Client, api: Api) -> None:
    """Every mix of AND, OR and NOT means what Python means by it."""
    values = {"true": "1 = 1", "false": "1 = 0"}
    for first, second, third in itertools.product(values, repeat=3):
        for one, other in itertools.product(("AND", "OR"), repeat=2):
            written = f"NOT {values[first]} {one} {values[second]} {other} NOT {values[third]}"
            words = f"not {first} {one} {second} {other} not {third}"
            meant = eval(words.lower().replace("true", "True").replace("false", "False"))
            assert bool(everyone.ids(filter=written, limit=1)) == meant, words
