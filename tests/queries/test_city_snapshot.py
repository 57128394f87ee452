"""The snapshot of all cities: of one version, renewed by every change, and by nothing else."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from current_city import city_of
from flask import Flask
from georeport_client import KEYS
from shapely.geometry import MultiPolygon, Polygon, box
from sqlalchemy import text
from statements import statements

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.database import Base, db
from open311.errors import Busy, NotFound
from open311.messages.access import SERVER_BUSY
from open311.operations.catalog import rename_department
from open311.operations.maps.sets import import_boundaries
from open311.operations.people.api_keys import revoke_api_key
from open311.operations.residents.site import change_site
from open311.queries import city as city_queries
from open311.queries.city import Snapshot, Stale, load_snapshot, read_version
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.api_keys import hash_of
from open311.queries.routing.decide import RoutingCase
from open311.queries.routing.snapshot import route_in
from open311.steps.values.boundary_sets import NewBoundarySet
from open311.web.freshness import ATTEMPTS, fresh, snapshot, snapshots

GRIDTOWN = "gridtown.example"
KEY = hash_of(KEYS[GRIDTOWN])
OF_ROWS = (29, True, True)
"""After INSERT, UPDATE, or DELETE of each row, deferred to the end of the transaction."""
OF_TRUNCATE = (32, False, False)


@contextmanager
def another(app: Flask) -> Iterator[psycopg.Connection]:
    """A connection of another program, in autocommit."""
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def triggers() -> Mapping[str, set[tuple[int, bool, bool]]]:
    """The types of the enabled triggers that renew the version, by table."""
    rows = db.session.execute(
        text(
            "SELECT tgrelid::regclass::text, tgtype, tgdeferrable, tginitdeferred "
            "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname = 'renew_city_version' AND tgenabled = 'O'"
        )
    )
    found: dict[str, set[tuple[int, bool, bool]]] = {}
    for table, *kind in rows:
        found.setdefault(table, set()).add((kind[0], kind[1], kind[2]))
    return found


def test_every_table_of_the_snapshot_renews_its_version_and_no_other_does(app: Flask) -> None:
    """A new table needs both triggers of migration 0015; texts are read of a website only"""
    change_site(GRIDTOWN, {})
    with statements(db.engine) as sent:
        load_snapshot()
    named = {name for one in sent for name in re.findall(r"\b(?:FROM|JOIN) (\w+)", one)}
    read = (named & Base.metadata.tables.keys()) - {"city_version"}
    assert len(read) > 10
    assert triggers() == {table: {OF_ROWS, OF_TRUNCATE} for table in read}


def test_a_transaction_renews_the_version_once_when_it_ends(app: Flask) -> None:
    before = read_version()
    with another(app) as connection, connection.transaction():
        connection.execute("UPDATE departments SET name = name || '.'")
        connection.execute("DELETE FROM holidays")
        shown = connection.execute("SELECT version FROM city_version").fetchone()
        assert shown == (before,)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        shown = connection.execute("SELECT version FROM city_version").fetchone()
        assert shown != (before,)
        connection.execute("UPDATE departments SET name = name || '.'")
        assert connection.execute("SELECT version FROM city_version").fetchone() == shown
        assert read_version() == before
    assert (read_version(),) == shown


def test_an_emptied_table_renews_the_version(app: Flask) -> None:
    before = read_version()
    with another(app) as connection:
        connection.execute("TRUNCATE holidays")
    assert read_version() != before


def test_a_change_that_is_rolled_back_changes_nothing(app: Flask) -> None:
    before = snapshots().current()
    with another(app) as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE departments SET name = 'Nobody'")
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert read_version() == before.version
    assert snapshots().current() is before


def test_a_service_request_is_no_change_of_the_city(app: Flask) -> None:
    before = read_version()
    with another(app) as connection:
        connection.execute("UPDATE service_requests SET zipcode = '1'")
    assert read_version() == before


def renamed_and_revoked(snapshot: Snapshot) -> tuple[bool, bool]:
    names = snapshot.cities[GRIDTOWN].department_names.values()
    return "Other Yard" in names, KEY not in snapshot.keys


@pytest.mark.parametrize("half", ["list_jurisdictions", "list_department_names", "read_guide"])
def test_a_snapshot_that_is_read_during_a_change_has_nothing_of_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    stale = snapshots().current()
    before = stale.version
    read: Callable[..., object] = getattr(city_queries, half)

    def change_then_read(*arguments: object) -> object:
        with app.app_context():
            if read_version() == before:
                rename_department(GRIDTOWN, "WEST", "Other Yard")
                revoke_api_key(GRIDTOWN, "tests")
        return read(*arguments)

    monkeypatch.setattr(city_queries, half, change_then_read)
    snapshot = snapshots().renew(stale)
    assert snapshot.version == before
    assert renamed_and_revoked(snapshot) == (False, False)
    after = snapshots().current()
    assert after.version == read_version() != before
    assert renamed_and_revoked(after) == (True, True)


def ward(code: str, area: Polygon) -> CleanBoundary:
    return CleanBoundary(code=code, name="", geometry=MultiPolygon([area]))


def test_maps_of_tomorrow_count_from_midnight_without_being_read_again(app: Flask) -> None:
    town = get_jurisdiction(GRIDTOWN)
    import_boundaries(
        NewBoundarySet(
            jurisdiction_id=GRIDTOWN,
            layer="ward",
            source="tests",
            in_force_from=town.today() + timedelta(days=1),
            boundaries=[ward("10", box(-1, -1, 0, 1)), ward("2", box(0, -1, 1, 1))],
        )
    )
    city = city_of(town)
    midnight = datetime.combine(
        town.today() + timedelta(days=1), datetime.min.time(), tzinfo=town.zone
    )

    def department(at: datetime) -> str:
        here = Point(lat=0.5, long=0.5)
        asked = RoutingCase(service_code="POTHOLE", group="Streets", point=here, at=at)
        return city.department_names[route_in(city, town, asked).decision.department_id]

    last, first = midnight - timedelta(seconds=1), midnight
    assert department(last.astimezone(UTC)) == "East Yard"
    assert department(first.astimezone(UTC)) == "West Yard"


def test_several_threads_that_find_it_stale_read_it_once(app: Flask) -> None:
    stale = snapshots().current()
    rename_department(GRIDTOWN, "WEST", "Other Yard")
    first = snapshots().renew(stale)
    assert snapshots().renew(stale) is first


def test_a_view_that_always_finds_it_stale_gives_up(app: Flask) -> None:
    attempts = []

    @fresh
    def view() -> None:
        attempts.append(snapshot())
        raise Stale

    with pytest.raises(Busy):
        view()
    assert len(attempts) == ATTEMPTS


@pytest.mark.parametrize("error", [NotFound(SERVER_BUSY), KeyError("department"), Stale()])
def test_an_error_is_only_final_if_the_snapshot_is_current(app: Flask, error: Exception) -> None:
    snapshots().current()
    seen = []

    @fresh
    def view() -> str:
        seen.append(snapshot().version)
        if len(seen) == 1:
            rename_department(GRIDTOWN, "WEST", "Other Yard")
            raise error
        return "found"

    assert view() == "found"
    assert len(set(seen)) == 2


def test_an_error_from_a_current_snapshot_is_final(app: Flask) -> None:
    attempts = []

    @fresh
    def view() -> None:
        attempts.append(snapshots().current())
        raise NotFound(SERVER_BUSY)

    snapshots().current()
    with pytest.raises(NotFound):
        view()
    assert len(attempts) == 1


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A snapshot whose cities are read when they are asked for."""
    monkeypatch.setattr(city_queries, "AT_ONCE", 0)
    before = snapshots().current()
    rename_department(GRIDTOWN, "WEST", "Far Yard")
    found = snapshots().renew(before)
    assert not found.cities.is_known(GRIDTOWN)
    return found


def test_of_many_cities_each_is_read_once_when_it_is_asked_for(many: Snapshot) -> None:
    with statements(db.engine) as sent:
        city = many.cities[GRIDTOWN]
    assert "Far Yard" in city.department_names.values()
    assert len(sent) > 10
    assert not db.session().in_transaction()
    with statements(db.engine) as sent:
        assert many.cities[GRIDTOWN] is city is many.or_newer.cities[GRIDTOWN]
    assert not sent
    assert list(many.cities) == [GRIDTOWN]
    assert "elsewhere.example" not in many.cities


def test_a_city_that_has_changed_before_it_is_read_makes_the_snapshot_stale(
    many: Snapshot,
) -> None:
    rename_department(GRIDTOWN, "WEST", "Other Yard")
    with pytest.raises(Stale):
        many.cities[GRIDTOWN]
    newer = many.or_newer.cities[GRIDTOWN]
    assert newer.version == read_version() != many.version
    assert "Other Yard" in newer.department_names.values()
    assert not many.cities.is_known(GRIDTOWN)


def test_a_view_begins_again_where_a_city_has_changed_before_it_is_read(
    app: Flask, many: Snapshot
) -> None:
    seen = []

    @fresh
    def view() -> str:
        seen.append(snapshot().version)
        return dict(snapshot().cities[GRIDTOWN].departments)["WEST"]

    rename_department(GRIDTOWN, "WEST", "Other Yard")
    with app.test_request_context():
        assert view() == "Other Yard"
    assert len(seen) == 2


def test_a_change_while_a_city_is_read_is_not_seen_by_half(
    app: Flask, many: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = city_queries.read_guide
    times = []

    def change_then_read(*arguments: object) -> object:
        if not times:
            times.append(1)
            with another(app) as connection:
                connection.execute("UPDATE departments SET name = 'Half' WHERE code = 'WEST'")
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(city_queries, "read_guide", change_then_read)
    city = many.or_newer.cities[GRIDTOWN]
    assert city.version == read_version()
    assert "Half" in city.department_names.values()
