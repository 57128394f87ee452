"""Federal land in Washington as an exception that outranks every rule, over HTTP."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest
import shapely
from georeport_client import Api
from servers import running_server

from local.washington import RecordedRequest, recorded_requests, write_seed_folder

pytestmark = pytest.mark.city

ON_FEDERAL_LAND = 112
PARK_SERVICE = "National Park Service"


def write_folder(data: Path, folder: Path) -> None:
    """Write Washington with its wards, and a rule for locations in federal parks."""
    write_seed_folder(data, folder)
    shutil.copy(data / "dc/wards_2012.geojson", folder)
    (folder / "layers.csv").write_text(
        "layer,name,file,code_field,name_field,exception\n"
        "ward,Ward,wards_2012.geojson,ward,,\n"
        "park,Federal land,,,,true\n"
    )
    with (folder / "departments.csv").open("a") as departments:
        departments.write(f"NPS,{PARK_SERVICE}\n")
    rules = (folder / "routing_rules.csv").read_text().splitlines()
    header, *others = (f"{line}," for line in rules)
    lines = [f"{header}layer", *others, "federal,,NPS,park"]
    (folder / "routing_rules.csv").write_text("\n".join(lines))


def on_federal_land(data: Path, rows: list[RecordedRequest]) -> set[int]:
    """Find the rows in a park without anything of the product."""
    _meta, _ids, shapes, _columns = pyogrio.raw.read(data / "dc/parks_nps.geojson")
    parks = shapely.make_valid(shapely.from_wkb(shapes))
    places = shapely.points([(float(row.long), float(row.lat)) for row in rows])
    found, _parks = shapely.STRtree(parks).query(places, predicate="intersects")
    return {rows[place].number for place in found}


def test_what_lies_in_a_federal_park_goes_to_the_park_service(
    city_data: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path: Path,
) -> None:
    write_folder(city_data, tmp_path)
    database = fresh_database(empty)
    run_command(database, "seed", str(tmp_path))
    parks = str(city_data / "dc/parks_nps.geojson")
    how = ("--leave-out", "--override", "overlaps", "--commit")
    options = ("--layer", "park", "--code-field", "id", *how)
    run_command(database, "boundaries", "import", parks, *options)
    key = run_command(database, "keys", "create", "tests").split()[-1]
    rows = [row for row in recorded_requests(city_data) if row.lat]
    federal = on_federal_land(city_data, rows)
    assert len(federal) == ON_FEDERAL_LAND
    others = [row for row in rows if row.number not in federal][:: len(rows) // 40]
    with running_server(database, tmp_path / "log") as address:
        api = Api(address, "json", key)
        posted = {
            api.report(**row.form): row
            for row in [*(row for row in rows if row.number in federal), *others]
        }
        listed = api.get("v2/requests", service_request_id=",".join(posted)).document
    assert len(listed) == len(posted)
    for answer in listed:
        row = posted[answer["service_request_id"]]
        expected = PARK_SERVICE if row.number in federal else row.department
        assert answer["agency_responsible"] == expected, row
