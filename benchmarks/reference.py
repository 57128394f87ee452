"""References: the work of the database driver alone, without any code of the product."""

from typing import Any, Self

import orjson
import psycopg

NEWEST = """
    SELECT service_request_id, status, nullif(status_notes, '') AS status_notes, service_name,
        service_code, nullif(service_requests.description, '') AS description,
        departments.name AS agency_responsible, nullif(service_notice, '') AS service_notice,
        requested_datetime, updated_datetime, expected_datetime,
        nullif(address_string, '') AS address, nullif(address_id, '') AS address_id,
        nullif(zipcode, '') AS zipcode, ST_Y(location) AS lat, ST_X(location) AS long,
        nullif(media_url, '') AS media_url
    FROM service_requests
    JOIN services ON services.id = service_id
    JOIN departments ON departments.id = department_id
    WHERE service_requests.jurisdiction_id = 'ci.lancaster.oh.us' AND public
"""

ROUTE_AND_INSERT = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, location, location_from, near_border, address_string, address_id,
        zipcode, description, media_url, answers, status, detailed_status, status_notes,
        requested_datetime, updated_datetime
    )
    SELECT 'ci.lancaster.oh.us', 'B-' || nextval('service_request_numbers'), true, false,
        services.id, departments.id,
        (
            SELECT string_agg(code, ' ') FROM boundaries
            WHERE ST_Covers(geometry, ST_SetSRID(ST_MakePoint(-82.6, 39.72), 4326))
        ),
        false, ST_SetSRID(ST_MakePoint(-82.6, 39.72), 4326), 'client', false,
        '', '', '', 'x', '', '{}', 'open', 'open', '', now(), now()
    FROM services, departments
    WHERE service_code = 'POTHOLE' LIMIT 1
    RETURNING service_request_id
"""


TILE = """
    SELECT ST_AsMVT(tile, 'requests', 4096, 'geometry') FROM (
        SELECT ST_AsMVTGeom(ST_Transform(location, 3857), ST_TileEnvelope(15, 8865, 12439))
            AS geometry, service_request_id, status
        FROM service_requests
        WHERE location && ST_Transform(ST_TileEnvelope(15, 8865, 12439), 4326)
    ) AS tile
"""


class Reference:
    """A separate connection with prepared statements."""

    def __init__(self, database_url: str) -> None:
        self.connection = psycopg.connect(database_url, prepare_threshold=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _rows(self, statement: str) -> bytes:
        cursor = self.connection.execute(statement)
        names = [column.name for column in cursor.description or ()]
        return orjson.dumps([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    def newest(self, rows: int = 1000) -> bytes:
        """Return the newest service requests as JSON."""
        return self._rows(f"{NEWEST} ORDER BY requested_datetime DESC, pk DESC LIMIT {rows:d}")

    def one(self) -> bytes:
        """Return one service request as JSON."""
        return self._rows(f"{NEWEST} AND service_request_id = '20-0100000'")

    def in_box(self) -> bytes:
        """Return the newest 50 in a box as JSON, and count the rest up to 10,000."""
        box = "AND ST_Intersects(location, ST_MakeEnvelope(-82.61, 39.70, -82.59, 39.72, 4326))"
        some = f"SELECT FROM service_requests WHERE public {box} LIMIT 10001"
        self.connection.execute(f"SELECT count(*) FROM ({some}) AS found").fetchone()
        return self._rows(f"{NEWEST} {box} ORDER BY requested_datetime DESC, pk DESC LIMIT 50")

    def tile(self) -> bytes:
        """Return a vector tile of one neighborhood, with two properties for each point."""
        row = self.connection.execute(TILE).fetchone()
        assert row is not None
        return bytes(row[0])

    def post(self) -> Any:
        """Route a point and store a service request, in one statement and one transaction."""
        row = self.connection.execute(ROUTE_AND_INSERT).fetchone()
        self.connection.commit()
        return row
