"""requests.geojson: service requests on a map (RFC 7946)."""

from typing import Any

import pytest
import requests
from georeport_client import CONTENT_TYPES, Api
from servers import PATIENCE


def get(server: str, path: str, **parameters: Any) -> requests.Response:
    return requests.get(f"{server}/open311/{path}", params=parameters, timeout=PATIENCE)


def rows(server: str, path: str, **parameters: Any) -> list[dict[str, Any]]:
    return Api(server, "json", "").get(path, **parameters).document


def feature(row: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [row["long"], row["lat"]]}
    return {
        "type": "Feature",
        "id": row["service_request_id"],
        "geometry": None if row["lat"] is None else place,
        "properties": {name: row[name] for name in row if name not in ("lat", "long")},
    }


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"status": "closed"},
        {"bbox": "0,0,1,1"},
        {"extensions": "true"},
        {"sort": "added", "page_size": 2},
        {"q": "nothing like it"},
    ],
)
def test_a_list_is_a_collection_of_the_same_rows(
    still_server: str, parameters: dict[str, Any]
) -> None:
    answer = get(still_server, "v2/requests.geojson", **parameters)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/geo+json"
    expected = [feature(row) for row in rows(still_server, "v2/requests", **parameters)]
    assert answer.json() == {"type": "FeatureCollection", "features": expected}


def test_one_is_a_feature_and_one_without_a_place_has_no_geometry(still_server: str) -> None:
    for id_, has_place in (("26-0000003", True), ("26-0000004", False)):
        [row] = rows(still_server, f"v2/requests/{id_}")
        for path in (f"v2/requests/{id_}.geojson", f"v2/request/{id_}.geojson"):
            answer = get(still_server, path)
            assert answer.headers["Content-Type"] == "application/geo+json"
            assert answer.json() == feature(row)
            assert (answer.json()["geometry"] is not None) == has_place


def test_a_collection_goes_on_where_its_link_leads(still_server: str) -> None:
    ids = []
    answer = get(still_server, "v2/requests.geojson", sort="added", page_size=2)
    while True:
        ids += [feature["id"] for feature in answer.json()["features"]]
        if "next" not in answer.links:
            break
        assert "requests.geojson" in answer.links["next"]["url"]
        answer = requests.get(answer.links["next"]["url"], timeout=PATIENCE)
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("v2/requests.geojson?status=x", 400),
        ("v2/requests.geojson?bbox=1", 400),
        ("v2/requests/unknown.geojson", 404),
        ("v2/services.geojson", 404),
        ("v2/services/POTHOLE.geojson", 404),
        ("v2/tokens/unknown.geojson", 404),
        ("discovery.geojson", 404),
    ],
)
def test_errors_are_the_json_list(still_server: str, path: str, status: int) -> None:
    answer = get(still_server, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == CONTENT_TYPES["json"]
    assert answer.json()[0]["code"] == status


def test_nothing_can_be_posted_there(still_server: str) -> None:
    answer = requests.post(f"{still_server}/open311/v2/requests.geojson", timeout=PATIENCE)
    assert answer.status_code == 405
    assert answer.json()[0]["code"] == 405


def test_the_singular_address_answers_as_the_plural(still_api: Api) -> None:
    """Spec 1.1"""
    for id_, parameters in (("26-0000003", {}), ("26-0000002", {"extensions": "true"})):
        plural, singular = (
            still_api.get(f"v2/{word}/{id_}", **parameters) for word in ("requests", "request")
        )
        assert singular.response.content == plural.response.content
    assert still_api.get("v2/request/unknown").status == 404
