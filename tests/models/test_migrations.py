"""What migrations do to the data of a city that runs already."""

from collections.abc import Iterator

import flask_migrate
import pytest
from applications import in_context
from databases import Databases
from flask import Flask
from sqlalchemy import text

from open311.database import db

CITY = """
    INSERT INTO jurisdictions (id, name, time_zone, contact, key_service, locality, public_holidays,
        units, default_department, service_area_source, catalog_changed_at)
    VALUES ('town', 'Town', 'UTC', 'x', 'x', '', '', 'us', 'HALL', '', now());
    INSERT INTO departments (jurisdiction_id, code, name) VALUES ('town', 'HALL', 'Town Hall');
    INSERT INTO api_keys (jurisdiction_id, name, key_hash, staff, created_at)
    VALUES ('town', 'app', 'a', false, now()), ('town', 'desk', 'b', true, now());
"""

REQUEST = """
    INSERT INTO services (jurisdiction_id, service_code, service_name, description, "group",
        keywords, service_notice, type, active)
    VALUES ('town', 'LAMP', 'Lamp', '', '', '', '', 'batch', true);
    INSERT INTO service_requests (jurisdiction_id, service_request_id, public, sandbox, service_id,
        department_id, routing_reason, pinned, near_border, address_string, address_id, zipcode,
        description, media_url, answers, status, detailed_status, status_notes, requested_datetime,
        updated_datetime)
    SELECT 'town', '26-1', true, false, services.id, departments.id, '', false, false,
        '1 Main Street', '', '', '', '', '{}', 'open', 'open', '', '2026-03-03', '2026-03-03'
    FROM services, departments;
"""
HELD_UPDATE = """
    INSERT INTO received_updates (service_request_pk, update_id, token, status, description,
        sent_at, received_at)
    SELECT pk, 'u-1', 'held', 'fixed', '', now(), now() FROM service_requests;
"""
USERS = """
    INSERT INTO users (jurisdiction_id, name, name_key, role, created_at, recovery_hashes)
    VALUES ('town', 'clerk', 'clerk', 'viewer', now(), '{}'),
        ('town', 'Ana', 'ana', 'viewer', now(), '{}'),
        ('town', 'José Gil', 'josé gil', 'viewer', now(), '{}'),
        ('town', 'user-3', 'user-3', 'viewer', now(), '{}');
"""


@pytest.fixture(scope="session")
def tables_of_0009(databases: Databases) -> str:
    """The name of a database with the tables of revision 0009."""

    def fill(url: str) -> None:
        for _app in in_context(url):
            flask_migrate.upgrade(revision="0009")

    return databases.prepare("tables_of_0009", "template1", fill)


@pytest.fixture
def at_0009(databases: Databases, tables_of_0009: str) -> Iterator[Flask]:
    """The application on the tables of revision 0009."""
    yield from in_context(databases.clone(tables_of_0009))


def test_existing_keys_keep_what_they_may_do(at_0009: Flask) -> None:
    run(CITY)
    flask_migrate.upgrade()
    assert rows("SELECT name, rights FROM api_keys ORDER BY name") == [
        ("app", ["report", "comment"]),
        ("desk", ["report", "comment", "staff"]),
    ]
    assert rows("SELECT reopen_days FROM jurisdictions") == [(60,)]
    flask_migrate.downgrade(revision="0009")
    assert rows("SELECT name, staff FROM api_keys ORDER BY name") == [
        ("app", False),
        ("desk", True),
    ]


def test_held_updates_of_existing_keys_may_still_set_the_status(at_0009: Flask) -> None:
    run(CITY + REQUEST + HELD_UPDATE)
    flask_migrate.upgrade(revision="0010")
    assert rows("SELECT by_city FROM received_updates") == [(True,)]


def test_a_downgrade_keeps_users_and_the_times_of_submissions(at_0009: Flask) -> None:
    run(CITY + REQUEST)
    flask_migrate.upgrade(revision="0013")
    run(USERS + "UPDATE service_requests SET submitted_at = '2026-02-02'")
    numbers = rows("SELECT change_number FROM service_requests")
    flask_migrate.downgrade(revision="0011")
    assert rows("SELECT name FROM users ORDER BY id") == [
        ("clerk",),
        ("ana",),
        ("user-3",),
        ("user-4",),
    ]
    assert rows("SELECT requested_datetime = '2026-02-02' FROM service_requests") == [(True,)]
    assert rows("SELECT change_number FROM service_requests") == numbers


SITE = """
    INSERT INTO api_keys (jurisdiction_id, name, kind, key_hash, rights, created_at)
    VALUES ('town', 'site', 'site', 'c', '{report}', now());
"""


def test_a_downgrade_revokes_the_key_of_a_website_which_gets_another(at_0009: Flask) -> None:
    run(CITY + REQUEST)
    flask_migrate.upgrade(revision="0021")
    run(SITE + "UPDATE service_requests SET api_key_id = (SELECT max(id) FROM api_keys)")
    flask_migrate.downgrade(revision="0019")
    used = "SELECT name, revoked_at IS NULL FROM api_keys JOIN service_requests ON api_key_id = id"
    assert rows(used) == [("site", False)]
    flask_migrate.upgrade(revision="0021")
    run(SITE.replace("'c'", "'d'"))
    assert rows(
        "SELECT kind, revoked_at IS NULL FROM api_keys WHERE name = 'site' ORDER BY id"
    ) == [
        ("app", False),
        ("site", True),
    ]


ANOTHER = """
    INSERT INTO service_requests (jurisdiction_id, service_request_id, public, sandbox, service_id,
        department_id, routing_reason, pinned, near_border, address_string, address_id, zipcode,
        description, media_url, answers, status, detailed_status, status_notes, requested_datetime,
        updated_datetime)
    SELECT 'town', '26-2', true, false, service_id, department_id, '', false, false,
        '2 Main Street', '', '', '', '', '{}', 'open', 'open', '', '2026-03-03', '2026-03-03'
    FROM service_requests;
    INSERT INTO site_reports (service_request_pk, language, photo_digests, made_at)
    SELECT pk, 'en', '{}', now() FROM service_requests WHERE service_request_id = '26-2';
"""


def test_only_what_came_from_the_website_has_a_known_channel(at_0009: Flask) -> None:
    run(CITY + REQUEST)
    flask_migrate.upgrade(revision="0034")
    run(ANOTHER)
    numbers = rows("SELECT change_number FROM service_requests ORDER BY pk")
    flask_migrate.upgrade()
    assert rows("SELECT channel FROM service_requests ORDER BY pk") == [("unknown",), ("website",)]
    assert rows("SELECT change_number FROM service_requests ORDER BY pk") == numbers
    flask_migrate.downgrade(revision="0034")
    assert rows("SELECT change_number FROM service_requests ORDER BY pk") == numbers


def run(statements: str) -> None:
    db.session.execute(text(statements))
    db.session.commit()


def rows(statement: str) -> list[tuple[object, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


BRITISH = """
    ALTER TABLE jurisdictions RENAME COLUMN catalog_changed_at TO catalogue_changed_at;
    ALTER TABLE boundary_sets RENAME COLUMN license TO licence;
    ALTER TABLE service_requests RENAME COLUMN accuracy_meters TO accuracy_metres;
    ALTER TABLE service_request_boundaries RENAME COLUMN neighbor_id TO neighbour_id;
    ALTER TABLE service_request_boundaries RENAME CONSTRAINT
        ck_service_request_boundaries_neighbor_has_distance
        TO ck_service_request_boundaries_neighbour_has_distance;
"""
NAMES = """
    SELECT attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND NOT attisdropped
    UNION SELECT conname FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace
"""


def test_british_names_of_an_earlier_checkout_are_renamed(databases: Databases) -> None:
    for _app in in_context(databases.clone("template1")):
        flask_migrate.upgrade(revision="0017")
        as_created = names()
        run(BRITISH)
        assert names() != as_created
        flask_migrate.upgrade(revision="0018")
        assert names() == as_created
        flask_migrate.downgrade(revision="0017")


def names() -> set[str]:
    return {name for (name,) in db.session.execute(text(NAMES))}
