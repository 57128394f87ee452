"""A city of many service requests, filled in by PostgreSQL itself, the same every time."""

import psycopg

ROWS = 200_000

# Points spread over the example city, one report every three minutes until now.
FILL = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, location, location_from, near_border, address_string, address_id,
        zipcode, description, media_url, answers, status, detailed_status, status_notes,
        requested_datetime, updated_datetime, expected_datetime
    )
    SELECT jurisdiction_id, '20-' || lpad(number::text, 7, '0'), true, false, service.id,
        department.id, 'Filled in.', false,
        ST_SetSRID(ST_MakePoint(
            -82.64 + 0.08 * frac(number * 0.7548776662), 39.68 + 0.07 * frac(number * 0.5698402910)
        ), 4326), 'client', false,
        number || ' Main Street', '', '43130', 'Report ' || number || ' of a resident.', '',
        '{}', status, status, '', moment, moment, NULL
    FROM generate_series(1, %(rows)s) AS number
    CROSS JOIN LATERAL (
        SELECT now() - interval '3 minutes' * (%(rows)s - number) AS moment,
            CASE WHEN number %% 25 = 0 THEN 'open' ELSE 'closed' END AS status
    ) AS made
    JOIN (
        SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS places,
            jurisdiction_id
        FROM services WHERE type = 'realtime'
    ) AS service ON service.place = 1 + number %% service.places
    JOIN LATERAL (
        SELECT id FROM departments WHERE departments.jurisdiction_id = service.jurisdiction_id
        ORDER BY id LIMIT 1
    ) AS department ON true
    ORDER BY number
"""


def fill(database_url: str, rows: int = ROWS) -> None:
    """Add rows service requests to the one jurisdiction of a database that has its catalogue."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION pg_temp.frac(numeric) RETURNS float8 LANGUAGE sql IMMUTABLE "
            "AS 'SELECT ($1 - floor($1))::float8'"
        )
        connection.execute(FILL.replace("frac(", "pg_temp.frac("), {"rows": rows})
        connection.execute("VACUUM ANALYZE")
