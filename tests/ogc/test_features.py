"""OGC API Features over HTTP: collections, pages, areas, systems, and who may see what."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from georeport_client import Api
from servers import PATIENCE

from tests.ogc.conftest import Client

PUBLIC = ["26-0000006", "26-0000004", "26-0000003", "26-0000002", "20-0000001"]
"""The newest first; 26-0000005 is confidential, and one waits for approval."""

EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"


def test_every_link_leads_somewhere(everyone: Client) -> None:
    seen: set[str] = set()
    waiting = [f"{everyone.address}/ogc"]
    while waiting:
        url = waiting.pop()
        if url in seen or "{" in url or len(seen) > 80:
            continue
        seen.add(url)
        answer = requests.get(url, timeout=PATIENCE)
        assert answer.status_code == 200, url
        document = answer.json()
        parts = [document, *document.get("collections", []), *document.get("tilesets", [])]
        parts += document.get("tileMatrixSets", [])
        found = [link for part in parts for link in part.get("links", [])]
        assert all(link["href"] and link["rel"] for link in found)
        waiting += [link["href"] for link in found]
    assert any(url.endswith("/collections/ward/queryables") for url in seen)
    assert any("/tileMatrixSets/" in url for url in seen)


def test_everyone_sees_what_is_public_the_newest_first(everyone: Client) -> None:
    document = everyone.items()
    assert [one["id"] for one in document["features"]] == PUBLIC
    assert (document["numberMatched"], document["numberReturned"]) == (5, 5)
    newest = document["features"][0]
    assert newest["geometry"] == {"type": "Point", "coordinates": [0.5, 0.5]}
    assert newest["properties"]["service_code"] == "LAMP"
    assert newest["properties"]["ward"] == "10"
    assert "routing_rule" not in newest["properties"]


def test_staff_see_all_and_more_of_each(staff: Client, api: Api) -> None:
    names = staff.items(limit=1)["features"][0]["properties"]
    assert {"routing_rule", "token", "pinned", "waits_for"} <= set(names)
    listed = staff.items()
    ids = [one["id"] for one in listed["features"]]
    assert {"26-0000005", *PUBLIC} < set(ids)
    waiting = [one for one in listed["features"] if one["properties"]["published"] is False]
    assert {one["properties"]["service_code"] for one in waiting} == {"LAMP", "TIP"}
    [lamp] = [one for one in waiting if one["properties"]["service_code"] == "LAMP"]
    assert lamp["id"] == lamp["properties"]["token"]
    shown = staff.get(f"/collections/requests/items/{lamp['id']}")
    assert shown.json()["id"] == lamp["id"]


def test_nobody_else_sees_what_staff_do(everyone: Client, staff: Client, town: str) -> None:
    hidden = "/collections/requests/items/26-0000005"
    assert everyone.get(hidden).status_code == 404
    assert staff.get(hidden).status_code == 200
    assert "'routing_rule'" in everyone.refusal(filter="routing_rule IS NULL")
    assert "unknown property routing_rule" in everyone.refusal(properties="routing_rule")
    assert "routing_rule" in everyone.refusal(routing_rule="lights")
    answer = staff.get("/collections/requests/items")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]


def test_nothing_about_who_reported_is_ever_shown(staff: Client, api: Api) -> None:
    told = {"email": "who@example.org", "first_name": "A name that was told", "phone": "555-0199"}
    id_ = api.report(**told, device_id="device-of-hers", account_id="account-of-hers")
    for path in (f"items/{id_}", "items", "export?f=csv", "export?f=geojson", "queryables"):
        text = staff.get(f"/collections/requests/{path}").text
        assert not any(word in text for word in (*told.values(), "-of-hers")), path


@pytest.mark.parametrize(
    ("user", "status"),
    [(("dispatch", "wrong"), 401), (("nobody", "wrong"), 401), (("", ""), 401)],
)
def test_a_wrong_password_is_refused_with_a_challenge(
    staff: Client, user: tuple[str, str], status: int
) -> None:
    answer = Client(staff.address, user).get("/collections/requests/items")
    assert answer.status_code == status
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.json()["description"] == "The username or password is incorrect."


def test_a_disabled_user_is_out_at_once(
    town: str, city: str, run_command: Callable[..., str]
) -> None:
    told = run_command(city, "users", "create", "guest", "--role", "viewer", "--generate")
    guest = Client(town, ("guest", told.strip().rpartition("Password: ")[2]))
    assert "26-0000005" in guest.ids()
    run_command(city, "users", "disable", "guest")
    assert guest.get("/collections/requests/items").status_code == 401


def test_keys_open_what_they_are_for(
    town: str, city: str, everyone: Client, api: Api, run_command: Callable[..., str]
) -> None:
    key = run_command(city, "keys", "create", "QGIS", "--may", "report,comment,staff").split()[-1]
    url = f"{town}/ogc/collections/requests/items"
    bearer = requests.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE).json()
    assert "routing_rule" in bearer["features"][0]["properties"]
    assert "26-0000005" in everyone.ids(api_key=key)
    assert "26-0000005" not in everyone.ids(api_key=api.key)
    assert "not valid" in everyone.refusal(403, api_key="no-such-key")


def test_pages_lead_on_to_the_end_without_one_twice(everyone: Client) -> None:
    seen, url = [], f"{everyone.address}/ogc/collections/requests/items?limit=2&status=closed"
    while url:
        document = requests.get(url, timeout=PATIENCE).json()
        assert document["numberReturned"] <= 2
        seen += [one["id"] for one in document["features"]]
        following = [link["href"] for link in document["links"] if link["rel"] == "next"]
        url = following[0] if following else ""
    assert seen == ["26-0000002", "20-0000001"]


def walk(first: dict[str, Any]) -> list[str]:
    """Follow the next links of searches, as their method and body say."""
    seen: list[str] = []
    document = first
    while True:
        seen += [one["id"] for one in document["features"]]
        [*following] = [link for link in document["links"] if link["rel"] == "next"]
        if not following:
            return seen
        assert following[0]["method"] == "POST"
        document = requests.post(
            following[0]["href"], json=following[0]["body"], timeout=PATIENCE
        ).json()


def test_a_search_by_post_takes_json_and_leads_on(everyone: Client) -> None:
    url = f"{everyone.address}/ogc/collections/requests/search"
    body = {
        "limit": 1,
        "properties": ["status"],
        "bbox": [-1, -1, 1, 1],
        "filter": {"op": "=", "args": [{"property": "status"}, "closed"]},
    }
    first = requests.post(url, json=body, timeout=PATIENCE).json()
    assert first["features"][0]["properties"] == {"status": "closed"}
    assert walk(first) == ["26-0000002", "20-0000001"]
    form = {"limit": "5", "filter": "status = 'closed'"}
    assert walk(requests.post(url, data=form, timeout=PATIENCE).json()) == walk(first)
    assert requests.post(url, json=[1], timeout=PATIENCE).status_code == 400
    broken = requests.post(
        url, data="{", headers={"Content-Type": "application/json"}, timeout=PATIENCE
    )
    assert broken.json()["description"].startswith("The request body is not valid JSON")


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"bbox": "0,0,1,1"}, ["26-0000006", "26-0000002"]),
        ({"bbox": "0,0,-99,1,1,99"}, ["26-0000006", "26-0000002"]),
        ({"bbox": "0.5,0.5,0.5,0.5"}, ["26-0000006", "26-0000002"]),
        ({"bbox": "0.4,-180,0.6,-0.1", "bbox_crs": EPSG_4326}, ["20-0000001"]),
        (
            {"bbox": "50000,50000,60000,60000", "bbox_crs": "EPSG:3857"},
            ["26-0000006", "26-0000002"],
        ),
        ({"bbox": "0.7,-1,-0.3,1"}, ["20-0000001"]),
        ({"status": "closed"}, ["26-0000002", "20-0000001"]),
        ({"ward": "2"}, ["20-0000001"]),
        ({"near_border": "true"}, []),
        ({"status": "closed", "ward": "10"}, ["26-0000002"]),
    ],
)
def test_areas_and_properties_choose(
    everyone: Client, asked: dict[str, Any], ids: list[str]
) -> None:
    seeded = [id_ for id_ in everyone.ids(**asked) if id_ in PUBLIC]
    assert seeded == ids


def test_coordinates_come_in_the_system_that_is_asked_for(everyone: Client) -> None:
    path = "/collections/requests/items/20-0000001"
    for crs, expected in (
        (None, [-0.5, 0.5]),
        (EPSG_4326, [0.5, -0.5]),
        (EPSG_3857, [pytest.approx(-55659.745), pytest.approx(55660.452)]),
        ("EPSG:3857", [pytest.approx(-55659.745), pytest.approx(55660.452)]),
    ):
        answer = everyone.get(path, **({"crs": crs} if crs else {}))
        assert answer.json()["geometry"]["coordinates"] == expected
        assert answer.headers["Content-Crs"].startswith("<http://www.opengis.net/def/crs/")
        assert "crs" not in answer.json()["geometry"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"bbox": "0,0,1"}, "bbox must be four numbers"),
        ({"bbox": "0,0,1,x"}, "bbox must be four numbers"),
        ({"bbox": "0,0,nan,1"}, "bbox must be four numbers"),
        ({"bbox": "0,1,1,0"}, "bbox must be minlong,minlat"),
        ({"bbox": "0,0,200,1"}, "bbox must be minlong,minlat"),
        (
            {"bbox": "0,0,1,1", "bbox_crs": "EPSG:25832"},
            "bbox-crs 'EPSG:25832' does not exist. Available: ",
        ),
        ({"crs": "nowhere"}, "crs 'nowhere' does not exist. Available:"),
        ({"limit": "0"}, "limit must be"),
        ({"limit": "many"}, "limit must be"),
        ({"datetime": "yesterday"}, "datetime must be"),
        ({"datetime": "../.."}, "datetime must be"),
        ({"datetime": "2026-02-01/2026-01-01"}, "datetime ends before it starts"),
        ({"color": "red"}, "Unknown parameter color"),
        ({"properties": "color"}, "unknown property color"),
        ({"after": "nonsense"}, "after is not valid. Copy it from the Link header"),
        ({"f": "xml"}, "f must be one of"),
        ({"filter_lang": "sql"}, "filter-lang must be one of"),
        ({"requested_datetime": "2026"}, "Unknown parameter requested_datetime"),
    ],
)
def test_what_cannot_be_used_is_named(everyone: Client, asked: dict[str, str], words: str) -> None:
    assert words in everyone.refusal(**asked)


def test_a_cursor_of_another_collection_is_refused(everyone: Client) -> None:
    document = everyone.items("ward", limit=1)
    [following] = [link["href"] for link in document["links"] if link["rel"] == "next"]
    after = following.rpartition("after=")[2]
    assert "after is not valid for this collection" in everyone.refusal(after=after)


def test_boundaries_are_those_in_force_on_the_day(
    everyone: Client, city: str, run_command: Callable[..., str], tmp_path: Any
) -> None:
    document = everyone.items("ward")
    assert [one["properties"]["code"] for one in document["features"]] == ["2", "10"]
    assert document["features"][0]["geometry"]["type"] == "MultiPolygon"
    map_ = tmp_path / "wards.geojson"
    ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]
    map_.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        f'{{"code": "99"}}, "geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}]}}'
    )
    options = ("--layer", "ward", "--code-field", "code", "--from", "2199-01-01", "--commit")
    names = [option for rule in ("pothole-west", "pothole-east") for option in ("--override", rule)]
    run_command(city, "boundaries", "import", str(map_), *options, *names)
    assert len(everyone.items("ward")["features"]) == 2
    later = everyone.items("ward", datetime="2199-06-01")["features"]
    assert [one["properties"]["code"] for one in later] == ["99"]
    assert len(everyone.items("ward", datetime="2198-12-31/2199-01-02")["features"]) == 3
    assert everyone.get(f"/collections/ward/items/{later[0]['id']}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/collections/nowhere",
        "/collections/nowhere/items",
        "/collections/ward/items/x",
        "/collections/ward/items/99999999999999",
        "/collections/requests/items/26-9999999",
        "/tileMatrixSets/Nowhere",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_told_in_json(everyone: Client, path: str) -> None:
    answer = everyone.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "404"


def test_the_description_names_all_that_is_served(everyone: Client) -> None:
    document = everyone.get("/api").json()
    assert document["openapi"].startswith("3.0.")
    paths = set(document["paths"])
    assert {"/", "/collections/requests/items", "/collections/ward/queryables"} <= paths
    [limit] = [
        one
        for one in document["paths"]["/collections/requests/items"]["get"]["parameters"]
        if one["name"] == "limit"
    ]
    assert limit["schema"]["maximum"] == 10_000


def test_refusals_name_what_is_available(everyone: Client) -> None:
    answer = everyone.get("/collections/nothing")
    assert answer.status_code == 404
    assert answer.json()["description"].startswith(
        "Collection 'nothing' does not exist. Available: "
    )
    assert everyone.refusal(filter="color = 'red'").startswith(
        "filter uses unknown property 'color'. Available: geometry, "
    )
