"""A city's boundaries and totals are read without those of others, whatever the statistics say."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from applications import in_context
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from geo.coordinates import Box, Point
from open311.database import db
from open311.models.grid import ALL_SERVICES
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import find_layer_id, list_boundaries
from open311.queries.maps.preview import preview, review
from open311.queries.maps.sets import Maps, StoredSet, find_set_in_force, get_set
from open311.queries.requests.conditions import still_open
from open311.queries.routing.hits import list_hits
from open311.queries.routing.nearest import list_nearest
from open311.queries.search.box_counts import read_box_totals
from open311.queries.search.criteria import Criteria
from open311.steps.maps.sets import store_draft
from open311.steps.values.boundary_sets import NewBoundarySet
from tests.operations.test_hits import TODAY

TOWN = "gridtown.example"

COPIES = """
    CREATE FUNCTION pg_temp.copied(city text) RETURNS void LANGUAGE sql AS $$
        INSERT INTO jurisdictions SELECT (jsonb_populate_record(town, jsonb_build_object(
            'id', city))).* FROM jurisdictions AS town WHERE id = 'gridtown.example';
        INSERT INTO departments SELECT (jsonb_populate_record(one, jsonb_build_object(
            'id', nextval('departments_id_seq'), 'jurisdiction_id', city))).*
            FROM departments AS one WHERE jurisdiction_id = 'gridtown.example';
        INSERT INTO boundary_layers (jurisdiction_id, code, name, position, exception)
            VALUES (city, 'ward', 'Ward', 1, false);
        INSERT INTO boundary_sets (
            layer_id, in_force_from, source, license, vintage, imported_at, imported_by,
            published_at, published_by, carry_over
        ) SELECT id, '1900-01-01', '', '', '', now(), 'test', now(), 'test', false
            FROM boundary_layers WHERE jurisdiction_id = city;
        INSERT INTO boundaries (set_id, layer_id, code, name, position, geometry)
            SELECT sets.id, layer_id, n, '', n, ST_Multi(ST_MakeEnvelope(-1, -1, 1, 1, 4326))
            FROM boundary_sets AS sets
            JOIN boundary_layers AS layers ON layers.id = layer_id, generate_series(1, 200) AS n
            WHERE jurisdiction_id = city;
        INSERT INTO boundary_edges (boundary_id, set_id, edge)
            SELECT boundaries.id, set_id, 'LINESTRING(0.2 0.4, 0.2 0.6)'::geography
            FROM boundaries JOIN boundary_layers AS layers ON layers.id = layer_id
            WHERE jurisdiction_id = city;
        INSERT INTO request_grid (
            jurisdiction_id, sandbox, public, service_id, status, level, x, y,
            requests, sum_x, sum_y, sum_submitted, sum_pk
        ) SELECT one, false, true, 0, 'open', level, half + x, half + y, 100, 0, 0, 0, 0
            FROM (VALUES (city), ('gridtown.example')) AS cities(one),
                generate_series(6, 18) AS level, generate_series(-6, 5) AS x,
                generate_series(-6, 5) AS y,
                LATERAL (SELECT (2 ^ (level - 1))::int) AS middle(half)
            ON CONFLICT DO NOTHING;
    $$
"""
"""Cities at the place of Gridtown: 200 boundaries that cover all of it, and totals, for each."""

OF_OTHERS = {"boundaries": 200, "boundary_edges": 200, "request_grid": 13 * 12 * 12}
"""Rows of one of the other cities."""


@pytest.fixture(scope="module")
def six_cities(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """Gridtown and five other cities at its place, in a database without statistics."""
    for app in in_context(fresh_database(gridtown)):
        db.session.execute(text(COPIES))
        for number in range(5):
            db.session.execute(text(f"SELECT pg_temp.copied('city{number}.example')"))
        db.session.execute(text("DELETE FROM pg_statistic"))
        db.session.commit()
        yield app


def examined(look: Callable[[], object]) -> dict[str, int]:
    """Run a look-up, and count the rows of each table that its statement examines.

    PostgreSQL rounds them for each time that it goes through them.
    """
    sent: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        look()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    [(statement, values)] = sent
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    answer = db.session.connection().exec_driver_sql(explain, values).scalar_one()
    plans = answer if isinstance(answer, list) else json.loads(answer)
    counts: dict[str, int] = {}
    for node in nodes(plans[0]["Plan"]):
        index = node.get("Index Name", "")
        table = node.get("Relation Name") or ("boundaries" if "ix_boundaries" in index else "")
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        rows += node.get("Rows Removed by Index Recheck", 0)
        counts[table] = counts.get(table, 0) + round(rows * node["Actual Loops"])
    return counts


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_no_boundary_of_another_city_is_looked_at(six_cities: Flask) -> None:
    place, maps = Point(lat=0.5, long=0.1999), Maps(TODAY)
    of_town = (
        "SELECT count(*) FROM {} JOIN boundary_sets AS sets ON sets.id = set_id "
        "JOIN boundary_layers AS layers ON layers.id = sets.layer_id "
        "WHERE jurisdiction_id = 'gridtown.example'"
    )
    own = {
        table: db.session.scalar(text(of_town.format(table)))
        for table in ("boundaries", "boundary_edges")
    }
    hits = list_hits(TOWN, place, maps)
    found = examined(lambda: list_hits(TOWN, place, maps))
    assert found["boundaries"] <= own["boundaries"]
    found = examined(lambda: list_nearest(TOWN, place, maps, hits))
    # The nearest edge is looked for twice: in degrees, and in meters.
    assert found["boundary_edges"] <= 2 * own["boundary_edges"]
    assert found["boundaries"] <= own["boundaries"]


def rows_read(look: Callable[[], object]) -> dict[str, int]:
    """Run a look-up, and count the rows that it reads of each table, however many statements."""

    def counted() -> Counter[str]:
        rows = db.session.execute(
            text(
                "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows"
                " FROM pg_stat_xact_user_tables"
            )
        )
        return Counter({row.relname: row.rows for row in rows})

    before = counted()
    look()
    return counted() - before


def look_at_preview() -> None:
    town, stored = get_jurisdiction(TOWN), draft_of_town()
    preview(town, stored, Maps(TODAY), still_open())


def look_at_review() -> None:
    stored = draft_of_town()
    review(TOWN, stored, find_set_in_force(stored.layer_id, TODAY))


def look_at_totals() -> None:
    box = Box(minlong=-1, minlat=-1, maxlong=1, maxlat=1)
    read_box_totals(get_jurisdiction(TOWN), Criteria(box=box), [ALL_SERVICES])


def draft_of_town() -> StoredSet:
    """A draft of the wards of Gridtown, which is stored in this transaction."""
    layer_id = find_layer_id(TOWN, "ward")
    assert layer_id is not None
    present = find_set_in_force(layer_id, TODAY)
    assert present is not None
    boundaries = list_boundaries(present.id)
    new = NewBoundarySet(jurisdiction_id=TOWN, layer="ward", boundaries=boundaries, source="")
    return get_set(TOWN, store_draft(new))


@pytest.mark.parametrize(
    ("look", "table"),
    [
        (look_at_preview, "boundaries"),
        (look_at_review, "boundaries"),
        (look_at_totals, "request_grid"),
    ],
)
def test_what_is_of_other_cities_is_not_read(
    six_cities: Flask, look: Callable[[], object], table: str
) -> None:
    found = rows_read(look)
    db.session.rollback()
    assert 0 < found[table] < OF_OTHERS[table]
