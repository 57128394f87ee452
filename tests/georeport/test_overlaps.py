"""Layers that overlap on purpose, overlaps by mistake, and pins just outside the service area."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from georeport_client import KEYS, Api
from servers import PATIENCE, running_server
from shapely.geometry import box, mapping

Command = Callable[..., str]

ZONES = {"A": (-1, -1, 1, 1), "B": (-0.5, -1, 0.5, 1), "C": (0.5, -1, 1, 1)}
TRIAGE = ("triage", "list", "--reason")
ROUTES = {"1": (-1, -1, 0.2, 1), "2": (-0.2, -1, 1, 1)}
IN_BOTH = {"lat": 0.5, "long": 0.1}
OUTSIDE = {"lat": 0.5, "long": 1.0001}
"""11.13 meters east of the city: 0.0001 degrees of 111.32 km, and the cosine of half a degree."""


def written(path: Path, boxes: Mapping[str, tuple[float, ...]]) -> str:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": mapping(box(*corners))}
        for code, corners in boxes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


@pytest.fixture(scope="module")
def overlapping(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Command,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Gridtown with zones that overlap on purpose, and routes that overlap by mistake."""
    database, folder = fresh_database(gridtown), tmp_path_factory.mktemp("maps")
    options = ("--code-field", "code", "--commit")
    zones = written(folder / "zones.geojson", ZONES)
    told = run_command(
        database, "boundaries", "import", zones, "--layer", "zone", "--overlapping", *options
    )
    assert "Lint" not in told
    routes = written(folder / "routes.geojson", ROUTES)
    approved = ("--override", "overlaps")
    told = run_command(
        database, "boundaries", "import", routes, "--layer", "route", *approved, *options
    )
    assert "Lint: overlap: 1" in told
    return database


@pytest.fixture(scope="module")
def address(overlapping: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("gunicorn") / "overlaps.log"
    with running_server(overlapping, log) as address:
        yield address


@pytest.fixture
def town(address: str, format: str) -> Api:
    return Api(address, format, KEYS["gridtown.example"])


def attributes(api: Api, id_: str) -> dict[str, Any]:
    return dict(api.one(id_, extensions="true")["extended_attributes"])


def found(address: str, condition: str) -> list[dict[str, Any]]:
    """Return the properties of the features that meet a condition in CQL2."""
    url = f"{address}/ogc/collections/requests/items"
    answer = requests.get(url, params={"filter": condition, "limit": 100}, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return [one["properties"] for one in answer.json()["features"]]


@pytest.mark.both_formats
def test_all_boundaries_of_an_overlapping_layer_are_kept_and_found(town: Api, address: str) -> None:
    id_ = town.report(**IN_BOTH)
    known = attributes(town, id_)
    assert known["boundaries"]["zone"] == "A"
    assert [(one["layer"], one["code"]) for one in known["also_in"]] == [("zone", "B")]
    for code in ("A", "B"):
        listed = town.get("v2/requests", boundary=f"zone:{code}").document
        assert id_ in [row["service_request_id"] for row in listed]
        assert id_ in [one["service_request_id"] for one in found(address, f"zone = '{code}'")]
    listed = town.get("v2/requests", boundary="zone:C").document
    assert id_ not in [row["service_request_id"] for row in listed]
    [feature] = [one for one in found(address, "") if one["service_request_id"] == id_]
    assert feature["zone"] == "A, B"


def test_nothing_is_near_a_boundary_that_it_is_in(town: Api) -> None:
    assert not attributes(town, town.report(lat=0.5, long=0.4))["near_border"]
    near = attributes(town, town.report(lat=0.5, long=0.49995))["near_border"]
    assert [(layer, one["code"]) for layer, one in near.items()] == [("zone", "C")]


def test_the_collection_of_an_overlapping_layer_says_so(address: str) -> None:
    answer = requests.get(f"{address}/ogc/collections", timeout=PATIENCE).json()
    says = {one["id"]: "overlap on purpose" in one["description"] for one in answer["collections"]}
    assert (says["zone"], says["route"], says["ward"]) == (True, False, False)
    kinds = {one["id"]: one.get("overlapping") for one in answer["collections"]}
    assert kinds == {**dict.fromkeys(kinds, False), "requests": None, "zone": True}


def test_an_overlap_by_mistake_is_marked_and_not_near(
    town: Api, address: str, overlapping: str, run_command: Command
) -> None:
    id_ = town.report(**IN_BOTH)
    known = attributes(town, id_)
    assert known["boundaries"]["route"] == "1"
    assert [(one["layer"], one["code"]) for one in known["in_overlap"]] == [("route", "2")]
    assert not known["near_border"]
    marked = [one["service_request_id"] for one in found(address, "in_overlap = true")]
    beside = town.report(lat=0.5, long=0.4)
    assert id_ in marked
    assert beside not in [one["service_request_id"] for one in found(address, "in_overlap = true")]
    told = run_command(overlapping, "routing", "explain-request", id_)
    assert "1; in an overlap with 2" in told
    assert "A, B" in told
    assert id_ not in run_command(overlapping, "triage", "list")  # the department is the same


@pytest.mark.parametrize(
    ("accuracy", "accepted"),
    [("11.12", False), ("11.14", True), ("29", True), ("", False), ("100000", True)],
)
def test_outside_by_less_than_the_accuracy_is_accepted_and_reviewed(
    town: Api, overlapping: str, run_command: Command, accuracy: str, accepted: bool
) -> None:
    answer = town.post(service_code="POTHOLE", accuracy=accuracy, **OUTSIDE)
    if not accepted:
        assert answer.status == 400
        assert "The location is 11 m outside the" in answer.response.text
        return
    assert answer.status == 200
    id_ = answer.document[0]["service_request_id"]
    assert attributes(town, id_)["boundaries"] == {"ward": "10", "zone": "A", "route": "2"}
    [line] = [
        line
        for line in run_command(overlapping, *TRIAGE, "near_outside").splitlines()
        if id_ in line
    ]
    assert line.endswith("11 m outside the service area")
    assert town.one(id_)["agency_responsible"] == "East Yard"


def test_an_accuracy_of_a_kilometer_does_not_move_the_city_limits(town: Api) -> None:
    answer = town.post(service_code="POTHOLE", lat=0.5, long=1.0004, accuracy="1000")
    assert answer.status == 400
    assert "The location is 45 m outside the" in answer.response.text


def test_what_is_a_little_outside_keeps_its_department_when_it_is_rerouted(
    town: Api, overlapping: str, run_command: Command
) -> None:
    id_ = town.report(accuracy="20", **OUTSIDE)
    run_command(overlapping, "routing", "reroute")
    assert town.one(id_)["agency_responsible"] == "East Yard"
    told = run_command(overlapping, "routing", "explain-request", id_)
    assert "East Yard" in told
    assert "instead of" not in told


def test_open_requests_are_measured_again_for_another_kind_of_layer(
    town: Api, overlapping: str, run_command: Command
) -> None:
    id_ = town.report(lat=0.5, long=0)
    assert attributes(town, id_)["near_border"]["ward"]["code"] == "10"
    kind = ("boundaries", "kind", "ward")
    assert run_command(overlapping, *kind, "--overlapping").startswith("ward changed.")
    assert run_command(overlapping, *kind, "--overlapping") == "Nothing was changed.\n"
    run_command(overlapping, "routing", "measure", "--again")
    known = attributes(town, id_)
    assert not known["near_border"]
    assert ("ward", "10") in [(one["layer"], one["code"]) for one in known["also_in"]]
    run_command(overlapping, *kind, "--separate")
    told = run_command(overlapping, "routing", "measure", "--again")
    assert told != "0 requests measured.\n"
    known = attributes(town, id_)
    assert known["near_border"]["ward"]["code"] == "10"
    assert [one["layer"] for one in known["also_in"]] == ["zone"]
    assert run_command(overlapping, "routing", "measure", "--again") == "0 requests measured.\n"
