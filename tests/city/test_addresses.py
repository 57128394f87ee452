"""The addresses of Washington's own reports as a register: written otherwise, they are found."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from settings import settings_for

from geo.coordinates import Point, meters_between
from local.washington import RecordedRequest, recorded_requests
from open311.app import create_app
from open311.database import db
from open311.queries.addresses import find_meant, nearest_addresses
from open311.queries.jurisdictions import get_jurisdiction

pytestmark = [pytest.mark.city, pytest.mark.long]

TRIED = 2_000
SHORT = {
    "STREET": "St.",
    "AVENUE": "Ave",
    "ROAD": "Rd.",
    "PLACE": "Pl",
    "DRIVE": "Dr.",
    "COURT": "Ct",
    "TERRACE": "Ter",
    "BOULEVARD": "Blvd",
    "NORTH": "N.",
    "SOUTH": "S",
    "NE": "N.E.",
    "NW": "Northwest",
    "SE": "S.E.",
    "SW": "sw",
}
HOUSE = re.compile(r"\d+[A-Z]? [0-9A-Z' ]+ [NS][EW]")


def houses(data: Path) -> dict[str, RecordedRequest]:
    """Give a report for each address that is a house, and no block or crossing."""
    rows = (row for row in recorded_requests(data) if row.lat and HOUSE.fullmatch(row.address))
    return {row.address: row for row in rows if "BLOCK" not in row.address}


def written_otherwise(row: RecordedRequest) -> str:
    """Write an address as a resident might."""
    words = [SHORT.get(word, word.title()) for word in row.address.split()]
    return f"{' '.join(words)}, Washington DC {row.zipcode}"


def place_of(row: RecordedRequest) -> Point:
    return Point(lat=float(row.lat), long=float(row.long))


def test_addresses_are_found_however_they_are_written(
    city_data: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path: Path,
    figure: Callable[[str, object], None],
) -> None:
    known = houses(city_data)
    database = fresh_database(empty)
    run_command(database, "seed", str(Path(__file__).parents[2] / "seed_data/lancaster"))
    register = tmp_path / "register.csv"
    with register.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lon", "lat", "number", "street", "city", "region", "postcode", "id"])
        for address, row in known.items():
            number, _, street = address.partition(" ")
            writer.writerow(
                [row.long, row.lat, number, street, "WASHINGTON", "DC", row.zipcode, row.number]
            )
    area = str(city_data / "dc/city_boundary.geojson")
    despite = ("--despite", "The addresses are those of Washington.")
    run_command(database, "boundaries", "service-area", area, "--commit", *despite)
    run_command(database, "addresses", "import", str(register), "--commit")
    tried = random.Random(311).sample(sorted(known), TRIED)
    app = create_app(settings_for(database))
    with app.app_context():
        city = get_jurisdiction(None).jurisdiction_id
        found = {
            address: find_meant(city, written_otherwise(known[address])).address
            for address in tried
        }
        nearest = [nearest_addresses(city, place_of(known[address]), 1)[0] for address in tried]
        db.session.remove()
        db.engine.dispose()
    right = sum(
        one is not None and meters_between(one.point, place_of(known[address])) < 1
        for address, one in found.items()
    )
    figure("addresses written otherwise and found", f"{right:,} of {len(tried):,}")
    assert right == len(tried)
    assert all(row["meters"] == 0 for row in nearest)
