"""Reports from outside a city that takes them: what looks like a mistake is said and queued."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from georeport_client import KEYS, Api
from servers import running_server
from shapely.geometry import MultiPolygon, box

AREA = MultiPolygon([box(0.2, 0.4, 0.3, 0.6)])
"""Small enough that its mirror images are elsewhere."""


@pytest.fixture(scope="module")
def open_city(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """The URL of a Gridtown whose Town Hall accepts requests from outside."""
    url = fresh_database(gridtown)
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE jurisdictions SET outside_department = 'HALL', "
            "service_area = ST_GeomFromText(%s, 4326)",
            [AREA.wkt],
        )
    return url


@pytest.fixture(scope="module")
def open_server(open_city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("gunicorn") / "open.log"
    with running_server(open_city, log) as address:
        yield address


@pytest.mark.parametrize(
    ("lat", "long", "words"),
    [
        (0.5, 0.25, ""),
        (0.5, 0.31, ""),
        (0.25, 0.5, "lat and long appear to be swapped"),
        (0.5, -0.25, "long appears to have the wrong sign"),
        (-0.5, 0.25, "lat appears to have the wrong sign"),
        (0, 0, "lat and long are both 0"),
        (0.5, 0.4, "It is 11 km outside."),
    ],
)
def test_what_looks_like_a_mistake_is_kept_said_and_queued(
    open_server: str,
    open_city: str,
    format: str,
    run_command: Callable[..., str],
    lat: float,
    long: float,
    words: str,
) -> None:
    api = Api(open_server, format, KEYS["gridtown.example"])
    answer = api.post(service_code="POTHOLE", lat=lat, long=long)
    assert answer.status == 200
    [row] = answer.document
    kept = api.one(row["service_request_id"])
    assert (float(kept["lat"]), float(kept["long"])) == (lat, long)
    listed = run_command(open_city, "triage", "list", "--reason", "odd_place").splitlines()
    mine = [line for line in listed if row["service_request_id"] in line]
    assert (words in row["service_notice"], len(mine)) == (True, 1 if words else 0)
    assert all(words in line for line in mine)
    assert ("is outside the city" in row["service_notice"]) == bool(words)
