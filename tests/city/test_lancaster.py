"""The county's own shapefile of Lancaster, Ohio, in US feet, and points with known wards."""

import csv
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.city

COVERING_WARD = """
    SELECT boundaries.code FROM boundaries
    JOIN boundary_sets ON boundary_sets.id = set_id
    WHERE boundaries.code LIKE 'LAN-%%' AND in_force_until IS NULL
      AND ST_Covers(geometry, ST_SetSRID(ST_MakePoint(%s, %s), 4326))
    ORDER BY position LIMIT 1
"""


def test_each_point_lies_in_its_ward(
    city_data: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    figure: Callable[[str, object], None],
) -> None:
    database = fresh_database(empty)
    run_command(database, "seed", "seed_data/lancaster")
    shapefile = city_data / "lancaster/fairfield_precincts_2016_epsg3735.zip"
    options = ["--layer", "ward", "--code-field", "WARD", "--where", "WARD LIKE 'LAN-%'"]
    options += ["--despite", "The precincts cover less than the wards."]
    report = run_command(database, "boundaries", "import", str(shapefile), *options, "--commit")
    assert "23 features, 6 boundaries" in report
    with (city_data / "lancaster/lancaster_points_expected_DERIVED.csv").open() as file:
        points = list(csv.DictReader(file))
    with psycopg.connect(database) as connection:
        for point in points:
            place = (point["lon"], point["lat"])
            row = connection.execute(COVERING_WARD, place).fetchone()
            ward = row[0].removeprefix("LAN-") if row else ""
            assert ward == point["expected_ward"], point["point_id"]
    figure("Lancaster's points in the expected ward", f"{len(points)} of {len(points)}")
    assert len(points) == 624
