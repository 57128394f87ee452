"""How long one new request takes where 10,000 alerts wait for requests."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import psycopg

from open311.app import create_app
from open311.operations.telling.collect_alerts import collect_alerts
from open311.queries.telling.alert_turns import list_behind

ALERTS, CHANGES = 10_000, 30
RADIUS = 0.002  # degrees of latitude: 220 m

# Circles spread over the city as the service requests are.
CIRCLES = """
    WITH made AS (
        SELECT number, ST_SetSRID(ST_MakePoint(
            -82.64 + 0.08 * (number * 0.7548776662 %% 1), 39.68 + 0.07 * (number * 0.569840291 %% 1)
        ), 4326) AS center
        FROM generate_series(1, %(alerts)s) AS number
    ), contact AS (
        INSERT INTO contacts (jurisdiction_id, kind, address, language, created_at, verified_at)
        SELECT id, 'email', 'watcher' || number || '@example.org', 'en', now(), now()
        FROM made CROSS JOIN jurisdictions
        RETURNING id, jurisdiction_id, regexp_replace(address, '[^0-9]', '', 'g')::int AS number
    )
    INSERT INTO alerts (
        jurisdiction_id, contact_id, place, boundary_layer, boundary_code, area, center, meters,
        address, services, about, rhythm, language, state, token_hash, created_at, begun_at
    )
    SELECT jurisdiction_id, id, 'circle', '', '', ST_Multi(ST_Buffer(center, %(radius)s)), center,
        111000 * %(radius)s, '', '{}', 'new', 'at_once', 'en', 'on',
        sha256(number::text::bytea), now(), now()
    FROM contact JOIN made USING (number)
"""
CLOCK = """
    INSERT INTO alert_clocks (jurisdiction_id, cursor)
    SELECT id, settled_change() FROM jurisdictions
    ON CONFLICT (jurisdiction_id) DO UPDATE SET cursor = excluded.cursor
"""


def alert_seconds(
    connection: psycopg.Connection, settings: Mapping[str, str], submit: Callable[[], None]
) -> tuple[list[float], float]:
    """Return how long the comparison of each new request with the alerts took, in seconds.

    With it, how many alerts told of one, on average. submit adds a request.
    """
    connection.execute(CIRCLES, {"alerts": ALERTS, "radius": RADIUS})
    connection.execute(CLOCK)
    connection.execute("VACUUM ANALYZE")
    taken: list[float] = []
    with create_app(settings).app_context():
        for _change in range(CHANGES):
            submit()
            [city] = list_behind()
            started = time.perf_counter()
            collect_alerts(city, datetime.now(UTC))
            taken.append(time.perf_counter() - started)
    told = connection.execute("SELECT count(*) FROM alert_items").fetchall()[0][0]
    return taken, told / CHANGES
