"""Half a year of requests, written into the tables as intake and staff would have written them.

In each whole week of the city, 10 requests for POTHOLE are received on Monday at two places, 3 of
them in the east. In the last week come 40, of which 30 are at a third place. Each is due after 48
hours and is closed after 24; of the 40, every fourth is still open. In the last week, a LAMP that
is not public is received as well.
"""

import psycopg

WEEKS = 34
USUAL = 10
LAST = 40
STILL_OPEN = 10

_REQUESTS = """
WITH monday AS (
    SELECT date_trunc('week', now() AT TIME ZONE 'America/New_York') AS day
), written AS (
    SELECT 'P-' || week || '-' || place AS number, 'POTHOLE' AS service, true AS shown,
        day - week * interval '7 days' + place * interval '10 minutes' AS at,
        week = 1 AND place %% 4 = 0 AS is_open,
        CASE WHEN place > %(usual)s THEN -0.6 WHEN place %% 3 = 0 THEN 0.2 ELSE -0.2 END AS long
    FROM monday, generate_series(1, %(weeks)s) AS week,
        generate_series(1, CASE WHEN week = 1 THEN %(last)s ELSE %(usual)s END) AS place
    UNION ALL
    SELECT 'L-1', 'LAMP', false, day - interval '7 days', true, -0.2 FROM monday
)
INSERT INTO service_requests (jurisdiction_id, service_request_id, public, sandbox, service_id,
    department_id, routing_reason, pinned, near_border, address_string, address_id, zipcode,
    description, media_url, answers, status, detailed_status, status_notes, requested_datetime,
    updated_datetime, expected_datetime, location, location_from)
SELECT 'gridtown.example', number, shown, false, services.id, departments.id, '', false, false, '',
    '', '', '', '', '{}', CASE WHEN is_open THEN 'open' ELSE 'closed' END,
    CASE WHEN is_open THEN 'open' ELSE 'fixed' END, '', moment,
    CASE WHEN is_open THEN moment ELSE moment + interval '24 hours' END,
    moment + interval '48 hours', ST_Point(long, 0.5, 4326), 'client'
FROM written, LATERAL (SELECT at AT TIME ZONE 'America/New_York' AS moment) AS zoned,
    services, departments
WHERE services.service_code = written.service AND services.jurisdiction_id = 'gridtown.example'
    AND departments.code = 'WEST' AND departments.jurisdiction_id = 'gridtown.example'
"""
_OPENED = """
INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes, changed_at,
    opening)
SELECT pk, 'open', 'open', '', requested_datetime, true FROM service_requests
WHERE service_request_id ~ '^[PL]-'
"""
_CLOSED = """
INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes, changed_at,
    opening)
SELECT pk, 'closed', 'fixed', '', requested_datetime + interval '24 hours', false
FROM service_requests
WHERE service_request_id LIKE 'P-%' AND NOT (
    service_request_id LIKE 'P-1-%' AND split_part(service_request_id, '-', 3)::int % 4 = 0
)
"""
_PLACED = """
INSERT INTO service_request_boundaries (service_request_pk, layer_id, boundary_id, near)
SELECT pk, boundaries.layer_id, boundaries.id, false
FROM service_requests, boundaries JOIN boundary_layers AS layer ON layer.id = boundaries.layer_id
WHERE service_request_id ~ '^[PL]-' AND layer.code = 'ward'
    AND ST_Covers(boundaries.geometry, service_requests.location)
"""


_OTHERS_ARE_TESTS = "UPDATE service_requests SET sandbox = true"
"""What the seed contains is of any day."""


def store_past_weeks(database: str) -> None:
    """Store the requests in a database of Gridtown."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        numbers = {"weeks": WEEKS, "usual": USUAL, "last": LAST}
        connection.execute(_OTHERS_ARE_TESTS)
        connection.execute(_REQUESTS, numbers)
        for statement in (_OPENED, _CLOSED, _PLACED):
            connection.execute(statement)
