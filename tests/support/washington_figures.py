"""Washington's recorded requests as rows of the tables, with their recorded times and wards."""

import csv
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import psycopg

from local.washington import STATUSES, write_seed_folder

CLOSED_AS = {"duplicate", "cancelled", "no_further_action"}

LOADED = """
CREATE TEMP TABLE loaded (id text, service_code text, department text, requested timestamptz,
    closed timestamptz, due timestamptz, detailed_status text, ward text, long float8, lat float8)
"""
REQUESTS = """
INSERT INTO service_requests (jurisdiction_id, service_request_id, public, sandbox, service_id,
    department_id, routing_reason, pinned, near_border, address_string, address_id, zipcode,
    description, media_url, answers, status, detailed_status, status_notes, requested_datetime,
    updated_datetime, expected_datetime, location, location_from)
SELECT 'dc.gov', loaded.id, true, false, services.id, departments.id, '', false, false,
    'Washington', '', '', '', '', '{}', CASE WHEN closed IS NULL THEN 'open' ELSE 'closed' END,
    detailed_status, '', requested, coalesce(closed, requested), due,
    ST_SetSRID(ST_MakePoint(long, lat), 4326), CASE WHEN lat IS NOT NULL THEN 'client' END
FROM loaded JOIN services USING (service_code) JOIN departments ON code = department
ORDER BY requested, loaded.id
"""
OPENED = """
INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes, changed_at,
    opening)
SELECT pk, 'open', 'open', '', requested, true
FROM loaded JOIN service_requests ON service_request_id = id
"""
CHANGED = """
INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes, changed_at,
    opening)
SELECT pk, CASE WHEN closed IS NULL THEN 'open' ELSE 'closed' END, one.detailed_status, '',
    coalesce(closed, requested), false
FROM loaded AS one JOIN service_requests ON service_request_id = id
WHERE one.detailed_status <> 'open'
"""
PLACES = """
INSERT INTO service_request_boundaries (service_request_pk, layer_id, boundary_id, near)
SELECT pk, boundaries.layer_id, boundaries.id, false
FROM loaded JOIN service_requests ON service_request_id = loaded.id
JOIN boundaries ON boundaries.code = ward
"""


def load_washington(
    data: Path,
    database: str,
    folder: Path,
    run_command: Callable[..., str],
    services: Collection[str] = (),
) -> None:
    """Load a catalog, the wards, and the requests of some services; of all by default.

    The times of the file are taken as UTC, and so are days and weeks.
    """
    write_seed_folder(data, folder)
    settings = folder / "jurisdiction.toml"
    settings.write_text(settings.read_text().replace("America/New_York", "UTC"))
    run_command(database, "seed", str(folder))
    wards = str(data / "dc/wards_2012.geojson")
    options = ("--layer", "ward", "--code-field", "ward", "--commit")
    run_command(database, "boundaries", "import", wards, *options)
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        connection.execute(LOADED)
        with connection.cursor().copy("COPY loaded FROM STDIN") as copy:
            for row in recorded(data, services):
                copy.write_row(row)
        for statement in (REQUESTS, OPENED, CHANGED, PLACES):
            connection.execute(statement)
        connection.execute("ANALYZE")


def recorded(data: Path, services: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of the file, without the one that has no status."""
    with (data / "dc/dc_311_requests_2016_07_08.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"]]
    return [_row(row) for row in rows if not services or row["service_code"] in services]


def _row(row: dict[str, str]) -> tuple[Any, ...]:
    status = STATUSES.get(row["status"], "closed")
    closed = row["closed"]
    if status in CLOSED_AS - {"no_further_action"}:
        closed = closed or row["requested"]  # no work, however it ended
    elif closed:
        status = status if status in CLOSED_AS else "closed"
    else:
        status = status if status in ("open", "in_progress") else "open"
    moments = (row["requested"], closed or None, row["due"] or None)
    code, agency = row["service_code"], row["department"]
    place = (row["recorded_ward"] or None, row["lon"] or None, row["lat"] or None)
    return (row["service_request_id"], code, agency, *moments, status, *place)
