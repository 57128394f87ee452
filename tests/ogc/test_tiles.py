"""Vector tiles, as GDAL reads them."""

from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from georeport_client import Api

from tests.ogc.conftest import Client

QUAD = "tiles/WebMercatorQuad"


def features(everyone: Client, path: str, folder: Path, **asked: Any) -> list[dict[str, Any]]:
    """Fetch a tile, and give the properties of its features, each with its geometry."""
    answer = everyone.get(f"/collections/{path}", **asked)
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    return read_tile(answer.content, folder)


def read_tile(content: bytes, folder: Path) -> list[dict[str, Any]]:
    """Give the properties of the features of a tile, each with its geometry."""
    file = folder / "tile.mvt"
    file.write_bytes(content)
    meta, _, shapes, columns = pyogrio.raw.read(file)
    assert meta["fields"] is not None
    rows = zip(shapes, *columns, strict=True)
    names = ["geometry", *meta["fields"]]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_far_out_one_point_stands_for_all_of_a_cell(everyone: Client, tmp_path: Path) -> None:
    found = features(everyone, f"requests/{QUAD}/0/0/0", tmp_path)
    assert sum(one["point_count"] for one in found) == 4
    assert sum(one["open_count"] for one in found) == 2
    closed = features(everyone, f"requests/{QUAD}/0/0/0", tmp_path, filter="status = 'closed'")
    assert sum(one["point_count"] for one in closed) == 2


def test_near_by_each_service_request_is_a_point(everyone: Client, tmp_path: Path) -> None:
    """The tile of zoom 14 that contains 0.5 N 0.5 E."""
    found = features(everyone, f"requests/{QUAD}/14/8169/8214", tmp_path)
    assert {one["id"] for one in found} == {"26-0000006", "26-0000002"}
    assert {one["status"] for one in found} == {"open", "closed"}
    assert {shapely.from_wkb(one["geometry"]).geom_type for one in found} == {"Point"}
    named = features(everyone, f"requests/{QUAD}/14/8169/8214", tmp_path, properties="ward")
    assert all(one["ward"] == "10" and "status" not in one for one in named)


def test_boundaries_are_drawn_where_they_are(everyone: Client, tmp_path: Path) -> None:
    found = features(everyone, f"ward/{QUAD}/7/63/64", tmp_path, properties="code")
    assert [one["code"] for one in found] == ["10"]
    assert features(everyone, f"ward/{QUAD}/7/0/0", tmp_path) == []


def test_a_tile_shows_staff_what_is_not_public(
    everyone: Client, staff: Client, tmp_path: Path
) -> None:
    path = f"requests/{QUAD}/0/0/0"
    shown = sum(one["point_count"] for one in features(everyone, path, tmp_path))
    assert sum(one["point_count"] for one in features(staff, path, tmp_path)) > shown
    with_it = features(staff, f"requests/{QUAD}/14/8169/8214", tmp_path)
    assert "26-0000005" in {one["id"] for one in with_it}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("0/0/1", 404),
        ("3/8/0", 404),
        ("23/0/0", 404),
        ("99/0/0", 404),
        ("x/0/0", 404),
        ("5/-1/0", 404),
        ("3/0/0?filter=x%20%3D", 400),
        ("3/0/0?groups=medium", 400),
        ("3/0/0?color=red", 400),
    ],
)
def test_a_tile_that_is_none_is_refused(everyone: Client, path: str, status: int) -> None:
    answer = everyone.get(f"/collections/requests/{QUAD}/{path}")
    assert answer.status_code == status
    assert answer.json()["code"] == str(status)


def test_a_place_reported_now_is_in_the_next_tile(
    everyone: Client, api: Api, tmp_path: Path
) -> None:
    id_ = api.report(lat=-0.7, long=0.3)
    found = features(everyone, f"requests/{QUAD}/16/32895/32822", tmp_path)
    assert [one["id"] for one in found] == [id_]
