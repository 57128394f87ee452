"""The city of benchmarks: filled in bulk, with all that the triggers would have made."""

from typing import Any

from flask import Flask
from servers import ROOT
from sqlalchemy import make_url, text

from benchmarks.data import fill
from open311.database import db
from open311.jobs.insights import check_figures, fold_figures
from open311.operations.grid import check_grid, fold_grid
from open311.operations.imports.seed import load_seed_data
from open311.seed_folder.read import read_seed_folder

ROWS = 300
FILLED = "service_request_id LIKE '20-%'"

SCHEMA = """
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    ORDER BY 1
"""

# What number_change and status_follows_history keep.
WRONG = f"""
    SELECT service_request_id FROM service_requests
    WHERE {FILLED} AND (
        change_number IS NULL OR listed_number IS DISTINCT FROM change_number
        OR (status, detailed_status, status_notes, updated_datetime) IS DISTINCT FROM (
            SELECT (status, detailed_status, status_notes,
                greatest(changed_at, requested_datetime))
            FROM status_changes WHERE service_request_pk = pk ORDER BY id DESC LIMIT 1
        )
    )
"""

# As the database itself would place them.
MISPLACED = f"""
    SELECT service_request_id FROM service_requests
    JOIN service_request_boundaries ON service_request_pk = pk
    JOIN boundaries ON boundaries.id = boundary_id
    WHERE {FILLED} AND NOT ST_Covers(geometry, location)
"""


def rows(statement: str) -> list[Any]:
    return list(db.session.execute(text(statement)).scalars())


def test_a_city_filled_in_bulk_is_as_one_filled_by_reports(empty_app: Flask) -> None:
    url = make_url(empty_app.config["DATABASE_URL"]).set(drivername="postgresql")
    load_seed_data(read_seed_folder(ROOT / "seed_data/lancaster"))
    fold_grid()
    fold_figures()
    before = rows(SCHEMA)
    db.session.commit()
    fill(url.render_as_string(hide_password=False), ROWS)

    assert rows(SCHEMA) == before
    assert rows(f"SELECT count(*) FROM service_requests WHERE {FILLED}") == [ROWS]
    assert rows("SELECT count(DISTINCT change_number) - count(*) FROM service_requests") == [0]
    assert rows(WRONG) == rows(MISPLACED) == []
    db.session.commit()
    assert fold_grid() > 0
    assert check_grid() == 0
    assert fold_figures() == ROWS
    assert check_figures() == 0
