"""Plans of kept statements: one is good for all values, but each area gets its own."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from applications import in_context
from current_city import city_of
from flask import Flask
from psycopg import ClientCursor, Connection
from sqlalchemy import func, select, text

from geo.coordinates import Box
from open311.database import db
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.public import get_service_request, list_service_requests
from open311.queries.search.criteria import Criteria, Period
from open311.queries.search.pages import Paging
from open311.statements import PLANS, Row, Statement

MANY = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, change_number, listed_number,
        changed_at, service_id, department_id, routing_reason, pinned, location, location_from,
        near_border, address_string, address_id, zipcode, description, media_url, answers, status,
        detailed_status, status_notes, requested_datetime, updated_datetime
    )
    SELECT jurisdiction_id, 'many-' || n, true, false, 100000 + n, 100000 + n,
        changed_at, service_id, department_id, '', false,
        ST_Point(n * 7919 % 20000 / 1e4 - 1, n * 104729 % 20000 / 1e4 - 1, 4326),
        'client', false, '', '', '', '', '', '{}', 'open', 'open', '',
        now() - n * interval '5 minutes', now() - n * interval '5 minutes'
    FROM service_requests, generate_series(1, 20000) AS n
    WHERE service_request_id = '26-0000003'
"""
NEWEST = "ix_service_requests_newest"
LOCATION = "ix_service_requests_location"
BY_ID = "uq_service_requests_jurisdiction_id_service_request_id"
SMALL = Criteria(box=Box(minlong=0.5, minlat=0.5, maxlong=0.51, maxlat=0.51))
LARGE = Criteria(box=Box(minlong=-1, minlat=-1, maxlong=1, maxlat=1))


@pytest.fixture(scope="module")
def many(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """Gridtown with 20,000 service requests, and the statistics of its tables."""
    for app in in_context(fresh_database(gridtown)):
        db.session.execute(text("ALTER TABLE service_requests DISABLE TRIGGER USER"))
        db.session.execute(text(MANY))
        db.session.execute(text("ALTER TABLE service_requests ENABLE TRIGGER USER"))
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        yield app


class Seen:
    """The last statement that was run, with its parameters."""

    def __init__(self) -> None:
        self.statement: Statement | None = None
        self.values: list[Any] = []

    def plan(self, database_url: str, mode: str) -> str:
        """Return the plan as JSON; mode is custom, for these values, or generic, for all."""
        assert self.statement is not None
        with psycopg.connect(database_url, cursor_factory=ClientCursor) as connection:
            connection.execute("SET jit = off")
            connection.execute(f"SET plan_cache_mode = force_{mode}_plan")
            if mode == "generic":
                connection.execute(PLANS[self.statement.has_one_plan])
                connection.execute("SET plan_cache_mode = force_generic_plan")
            connection.execute(f"PREPARE kept AS {self.statement}")
            given = ", ".join(["%s"] * len(self.values))
            arguments = f"({given})" if given else ""
            explain = f"EXPLAIN (FORMAT JSON) EXECUTE kept{arguments}"
            [plan] = connection.execute(explain, self.values or None).fetchone() or [None]
        return json.dumps(plan)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found = Seen()
    run = Statement.run

    def note(self: Statement, connection: Connection[Any], values: Mapping[str, Any]) -> list[Row]:
        if "change_number" in str(self) or "changed_at" in str(self):  # and not a count
            found.statement, found.values = self, self.parameters(values)
        return run(self, connection, values)

    monkeypatch.setattr(Statement, "run", note)
    return found


@pytest.fixture
def plan(many: Flask, seen: Seen) -> Callable[..., str]:
    """Return a function that makes the plan of a list with these criteria."""
    town = get_jurisdiction("gridtown.example")
    url = many.config["DATABASE_URL"].replace("+psycopg", "")

    def make(criteria: Criteria, mode: str, page_size: int = 50) -> str:
        list_service_requests(city_of(town), town, criteria, Paging(page_size=page_size))
        return seen.plan(url, mode)

    return make


def test_each_use_of_a_connection_has_plans_of_its_own(many: Flask) -> None:
    """Lists with one plan leave it to the connection, and nothing else has it."""
    settings = (func.current_setting(name) for name in ("plan_cache_mode", "enable_sort"))
    mode = select(*settings, func.pg_backend_pid())
    one = Statement(mode, prepared=True, one_plan=True)
    best = Statement(mode, prepared=True)
    db.session.rollback()
    found = [*one.read({}), *one.read({})]
    for end in (db.session.rollback, db.session.commit):
        found.append(tuple(db.session.execute(mode).one()))
        found += one.read({})
        end()
        found += one.read({})
    found += best.read({})
    modes, sorts, connections = zip(*found, strict=True)
    one_plan, auto = "force_generic_plan", "auto"
    assert modes == (one_plan, one_plan, *(auto, auto, one_plan) * 2, auto)
    assert sorts == tuple("off" if mode == one_plan else "on" for mode in modes)
    assert len(set(connections)) == 1


def test_a_small_and_a_large_area_have_plans_of_their_own(
    plan: Callable[..., str], seen: Seen
) -> None:
    small, large = plan(SMALL, "custom"), plan(LARGE, "custom")
    assert LOCATION in small
    assert LOCATION not in large
    assert large.count(NEWEST) > small.count(NEWEST)  # the head of both lists reads it, too
    assert seen.statement is not None
    assert not seen.statement.is_prepared


@pytest.mark.parametrize("mode", ["custom", "generic"])
@pytest.mark.parametrize("page_size", [50, 1000])
@pytest.mark.parametrize("statuses", [(), ("open",)])
def test_the_window_is_read_along_an_index(
    plan: Callable[..., str], seen: Seen, mode: str, page_size: int, statuses: tuple[str, ...]
) -> None:
    now = datetime.now(UTC)
    window = Period(now - timedelta(days=90), now)
    found = plan(Criteria(requested=window, statuses=statuses), mode, page_size)
    # The head reads this index as well. Open ones have an index of their own.
    assert statuses or found.count(NEWEST) == 2
    assert '"Node Type": "Sort"' not in found
    assert seen.statement is not None
    assert seen.statement.is_prepared


@pytest.mark.parametrize("mode", ["custom", "generic"])
def test_one_is_found_by_its_id(many: Flask, seen: Seen, mode: str) -> None:
    town = get_jurisdiction("gridtown.example")
    get_service_request(city_of(town), town, "many-7")
    found = seen.plan(many.config["DATABASE_URL"].replace("+psycopg", ""), mode)
    assert BY_ID in found
