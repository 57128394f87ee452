"""A lean server to compare with: Flask and psycopg, with one statement for each answer.

It does the least that answers the same requests: no checks, keys, ETag, links, receipts, history,
or near borders. It counts only where the row of the benchmark says so. Connections and transactions
are those of psycopg-pool, as its documentation recommends. Statements are prepared, except those
with an area, which PostgreSQL plans for that area.
"""

import os
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

application = Flask(__name__)
pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=4,
    max_size=8,
    kwargs={
        "options": "-c TimeZone=UTC -c jit=off -c max_parallel_workers_per_gather=0",
        "row_factory": dict_row,
    },
)

COLUMNS = """
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
    WHERE service_requests.jurisdiction_id = 'ci.lancaster.oh.us' AND public AND NOT sandbox
        AND withdrawn_at IS NULL
"""

# The number of rows is part of the text: with a parameter, each execution would be planned.
NEWEST = "ORDER BY requested_datetime DESC, pk DESC LIMIT"

ONE = f"{COLUMNS} AND service_request_id = %(id)s"

IN_BOX = f"""
    {COLUMNS} AND location && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
"""

COUNT_IN_BOX = """
    SELECT count(*) FROM (
        SELECT FROM service_requests
        WHERE jurisdiction_id = 'ci.lancaster.oh.us' AND public AND NOT sandbox
            AND withdrawn_at IS NULL
            AND location && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        LIMIT 10001
    ) AS found
"""

# The first rule of the service or its group whose boundary, if it has one, covers the point.
ROUTE_AND_INSERT = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_rule_id, routing_reason, pinned, location, location_from, near_border,
        address_string, address_id, zipcode, description, media_url, answers, status,
        detailed_status, status_notes, requested_datetime, updated_datetime
    )
    SELECT service.jurisdiction_id, 'B-' || nextval('service_request_numbers'), true, false,
        service.id, rule.department_id, rule.id, 'Rule ' || rule.code || ' applies.', false, point,
        'client', false, '', '', '', %(description)s, '', '{}', 'open', 'open', '', now(), now()
    FROM services AS service
    CROSS JOIN ST_SetSRID(ST_MakePoint(%(long)s, %(lat)s), 4326) AS point
    CROSS JOIN LATERAL (
        SELECT routing_rules.* FROM routing_rules
        LEFT JOIN boundaries ON boundaries.layer_id = routing_rules.layer_id
            AND boundaries.code = boundary_code AND ST_Covers(geometry, point)
        WHERE active AND (service_id = service.id OR service_group = service."group")
            AND (boundary_code IS NULL OR boundaries.id IS NOT NULL)
        ORDER BY service_id IS NULL, boundary_code IS NULL, routing_rules.id LIMIT 1
    ) AS rule
    WHERE service_code = %(service_code)s
    RETURNING service_request_id
"""

TILE = """
    SELECT ST_AsMVT(tile, 'requests', 4096, 'geometry') AS tile FROM (
        SELECT ST_AsMVTGeom(ST_Transform(location, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s))
            AS geometry, service_request_id, status
        FROM service_requests
        WHERE public AND location && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)
    ) AS tile
"""


@application.post("/requests.json")
def submit() -> Response:
    sent = request.form
    place = {name: float(sent[name]) for name in ("lat", "long")}
    texts = {name: sent[name] for name in ("service_code", "description")}
    return _json(_rows(ROUTE_AND_INSERT, {**place, **texts}))


@application.get("/requests.json")
def index() -> Response:
    rows = int(request.args["page_size"])
    return _json(_rows(f"{COLUMNS} {NEWEST} {rows:d}", {}))


@application.get("/requests/<id_>.json")
def show(id_: str) -> Response:
    return _json(_rows(ONE, {"id": id_}))


@application.get("/items")
def items() -> Response:
    west, south, east, north = map(float, request.args["bbox"].split(","))
    box = {"west": west, "south": south, "east": east, "north": north}
    limit = int(request.args["limit"])
    rows = _rows(f"{IN_BOX} {NEWEST} {limit:d}", box, prepared=False)
    [found] = _rows(COUNT_IN_BOX, box, prepared=False)
    features = [_feature(row) for row in rows]
    return _json(
        {"type": "FeatureCollection", "features": features, "numberMatched": found["count"]}
    )


@application.get("/items/<id_>")
def item(id_: str) -> Response:
    return _json(_feature(_rows(ONE, {"id": id_})[0]))


@application.get("/tiles/<int:z>/<int:y>/<int:x>")
def tile(z: int, y: int, x: int) -> Response:
    return Response(_rows(TILE, {"z": z, "y": y, "x": x}, prepared=False)[0]["tile"])


def _rows(
    statement: str, values: Mapping[str, Any], *, prepared: bool = True
) -> list[dict[str, Any]]:
    with pool.connection() as connection:
        found: list[dict[str, Any]] = connection.execute(
            statement, values, prepare=prepared
        ).fetchall()  # type: ignore[assignment]
    return found


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [row.pop("long"), row.pop("lat")]}
    return {
        "type": "Feature",
        "id": row["service_request_id"],
        "geometry": place,
        "properties": row,
    }
