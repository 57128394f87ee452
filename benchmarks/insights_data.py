"""A large city for figures, made by PostgreSQL in bulk: facts, sums of days, and their requests.

Nothing is made from histories, which would take hours: tests prove that facts equal them.
"""

import time
from datetime import timedelta

import psycopg

# Services with their departments, and 997 sets of boundaries, one of each layer.
KINDS = """
    CREATE TEMPORARY TABLE kinds AS
    SELECT service.place - 1 AS number, jurisdiction_id, service.id AS service_id,
        86400 * service.place AS mean_seconds,
        (SELECT ids[1 + service.place % cardinality(ids)]
            FROM (SELECT array_agg(id ORDER BY id) AS ids FROM departments) AS every) AS department
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM services) AS service
"""
INSIDE = """
    CREATE TEMPORARY TABLE inside AS
    SELECT number, ARRAY(
        SELECT ids[1 + number * 7919 % cardinality(ids)] AS id
        FROM (SELECT array_agg(id ORDER BY id) AS ids FROM boundaries GROUP BY set_id) AS layers
        ORDER BY id
    ) AS ids
    FROM generate_series(0, 996) AS number
"""

# One request every few minutes in five years, closed after a time that depends on its service. Of a
# hundred, two are never closed, and three are duplicates.
FACTS = """
    INSERT INTO request_facts (service_request_pk, jurisdiction_id, public, service_id,
        department_id, channel, outcome, requested_at, first_action_at, closed_at, transfers,
        returned, first_due_at, due_at, waits_since, waited_seconds, seen_at, boundaries,
        flow_times, flow_kinds, flow_departments)
    SELECT 100000000 + made.number, jurisdiction_id, made.number %% 33 > 0, service_id, department,
        (ARRAY['api', 'website', 'phone'])[1 + made.number %% 3],
        CASE WHEN closed IS NULL THEN 'open' WHEN made.number %% 33 = 7 THEN 'duplicate'
            ELSE 'fixed' END,
        requested, to_timestamp(least(closing, opening + 3600 * (made.number %% 48))), closed, 0,
        false, due, due, NULL, 0, NULL, inside.ids,
        CASE WHEN closed IS NULL THEN ARRAY[requested] ELSE ARRAY[requested, closed] END,
        CASE WHEN closed IS NULL THEN '{1}'::smallint[] ELSE '{1,2}'::smallint[] END,
        CASE WHEN closed IS NULL THEN ARRAY[department] ELSE ARRAY[department, department] END
    FROM (
        SELECT number, number %% %(kinds)s AS kind, number %% 997 AS place,
            floor(%(now)s - %(seconds)s * (1 - number / %(rows)s::float8)) AS opening
        FROM generate_series(1, %(rows)s) AS number OFFSET 0
    ) AS made
    JOIN kinds ON kinds.number = made.kind
    JOIN inside ON inside.number = made.place
    CROSS JOIN LATERAL (SELECT opening + floor(
        -mean_seconds * ln((1 + made.number %% 9973 * 7919 %% 9973) / 9974::float8)) AS later
        OFFSET 0) AS ended
    CROSS JOIN LATERAL (SELECT CASE WHEN made.number %% 50 > 0 AND later < %(now)s THEN later
        END AS closing OFFSET 0) AS closings
    CROSS JOIN LATERAL (SELECT to_timestamp(opening) AS requested, to_timestamp(closing) AS closed,
        to_timestamp(opening + 2 * mean_seconds) AS due OFFSET 0) AS moments
"""

# The same sums as those of the fold for these facts, which nobody transferred or reopened.
DAYS = """
    INSERT INTO figure_days (jurisdiction_id, boundary_id, day, service_id, department_id, public,
        received, closed, reopened, handed_in, handed_out, requests, duplicates, canceled, work,
        no_promise, at_entry, transferred, transferred_twice, returned, ended, done,
        no_further_action, not_ours, referred, reopened_soon, kept, late)
    SELECT jurisdiction_id, boundary_id, day, service_id, department_id, public,
        sum(work), sum(ended), 0, 0, 0, sum(requests), sum(duplicates), 0, sum(work),
        0, sum(at_entry), 0, 0, 0, sum(ended), sum(ended), 0, 0, 0, 0, sum(kept), sum(late)
    FROM (
        SELECT jurisdiction_id, boundaries, (at AT TIME ZONE time_zone)::date AS day, service_id,
            department_id, public,
            count(*) FILTER (WHERE kind = 1) AS requests,
            count(*) FILTER (WHERE kind = 1 AND is_work) AS work,
            count(*) FILTER (WHERE kind = 1 AND NOT is_work) AS duplicates,
            count(*) FILTER (WHERE kind = 1 AND is_work
                AND closed_at - requested_at <= interval '10 minutes') AS at_entry,
            count(*) FILTER (WHERE kind = 2 AND is_work) AS ended,
            count(*) FILTER (WHERE kind = 3 AND is_work AND closed_at <= due_at) AS kept,
            count(*) FILTER (WHERE kind = 3 AND is_work AND closed_at > due_at) AS late
        FROM (SELECT *, outcome <> 'duplicate' AS is_work FROM request_facts
            WHERE service_request_pk >= %(first)s AND service_request_pk < %(end)s) AS facts
        JOIN jurisdictions ON jurisdictions.id = jurisdiction_id
        CROSS JOIN LATERAL (VALUES (1, requested_at), (2, closed_at),
            (3, CASE WHEN closed_at IS NOT NULL THEN due_at END)) AS moments (kind, at)
        WHERE at IS NOT NULL
        GROUP BY jurisdiction_id, boundaries, day, service_id, department_id, public
    ) AS counted
    CROSS JOIN LATERAL unnest(0 || boundaries) AS boundary_id
    GROUP BY jurisdiction_id, boundary_id, day, service_id, department_id, public
    HAVING sum(requests + ended + kept + late) > 0
    ON CONFLICT (jurisdiction_id, boundary_id, day, service_id, department_id, public)
    DO UPDATE SET (received, closed, requests, duplicates, work, at_entry, ended, done, kept, late)
        = (figure_days.received + excluded.received, figure_days.closed + excluded.closed,
        figure_days.requests + excluded.requests, figure_days.duplicates + excluded.duplicates,
        figure_days.work + excluded.work, figure_days.at_entry + excluded.at_entry,
        figure_days.ended + excluded.ended, figure_days.done + excluded.done,
        figure_days.kept + excluded.kept, figure_days.late + excluded.late)
"""

PART = 1_000_000
"""Facts that are added up at once."""

# Pages read the requests of 53 weeks for places. Half of them are at 40,000 addresses.
REQUESTS = """
    INSERT INTO service_requests (
        pk, jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, location, location_from, near_border, address_string, address_id,
        zipcode, description, media_url, answers, status, detailed_status, status_notes,
        requested_datetime, updated_datetime, expected_datetime, channel, change_number, changed_at
    )
    SELECT service_request_pk, jurisdiction_id, service_request_pk::text, public, false, service_id,
        department_id, '', false,
        ST_SetSRID(ST_MakePoint(-82.64 + 0.08 * (place * 0.7548776662 % 1),
            39.68 + 0.07 * (place * 0.5698402910 % 1)), 4326), 'client', false,
        place || ' Main Street', '', '43130', 'Report', '', '{}',
        CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END, outcome, '', requested_at,
        coalesce(closed_at, requested_at), due_at, channel, 0, now()
    FROM request_facts
    CROSS JOIN LATERAL (SELECT CASE WHEN service_request_pk % 2 = 0 THEN service_request_pk
        ELSE service_request_pk % 40009 END AS place) AS at_address
    WHERE requested_at > now() - interval '53 weeks'
"""

FOLDED = """
    INSERT INTO figure_states (jurisdiction_id, change_number)
    SELECT DISTINCT jurisdiction_id, (SELECT coalesce(max(change_number), 0) FROM service_requests)
    FROM request_facts
    ON CONFLICT (jurisdiction_id) DO UPDATE SET change_number = excluded.change_number
"""

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = %(name)s::regclass AND NOT indisunique
"""

YEARS = 5


def fill(url: str, rows: int) -> None:
    """Replace the facts of a database by those of a large city, and print how long it took.

    Triggers and foreign keys do not run, and indexes are made at the end.
    """
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("work_mem = '512MB'", "maintenance_work_mem = '512MB'"):
            connection.execute(f"SET {setting}")
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE request_facts, figure_days")
        indexes = _dropped(connection, "request_facts") + _dropped(connection, "service_requests")
        connection.execute(KINDS)
        connection.execute(INSIDE)
        connection.execute("ANALYZE kinds, inside")
        [kinds] = connection.execute("SELECT count(*) FROM kinds").fetchone() or [0]
        seconds = timedelta(days=365.25 * YEARS).total_seconds()
        values = {"rows": rows, "kinds": kinds, "now": time.time(), "seconds": seconds}
        connection.execute(FACTS, values)
        connection.execute("ANALYZE request_facts")
        for first in range(100_000_000, 100_000_001 + rows, PART):
            connection.execute(DAYS, {"first": first, "end": first + PART})
        connection.execute(REQUESTS)
        connection.execute(FOLDED)
        for index in indexes:
            connection.execute(index)
        connection.execute("VACUUM ANALYZE")
        [size] = connection.execute("SELECT pg_database_size(current_database())").fetchone() or [0]
    print(f"{rows:,} facts in {time.monotonic() - began:.0f} s; {size / 1e9:.1f} GB of tables")


def _dropped(connection: psycopg.Connection, table: str) -> list[str]:
    """Drop the indexes of a table that keep nothing unique, and return how they are made again."""
    found = connection.execute(INDEXES, {"name": table}).fetchall()
    for name, _definition in found:
        connection.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]
