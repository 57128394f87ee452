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
        units, default_department, service_area_source, catalogue_changed_at)
    VALUES ('town', 'Town', 'UTC', 'x', 'x', '', '', 'us', 'HALL', '', now());
    INSERT INTO departments (jurisdiction_id, code, name) VALUES ('town', 'HALL', 'Town Hall');
    INSERT INTO api_keys (jurisdiction_id, name, key_hash, staff, created_at)
    VALUES ('town', 'app', 'a', false, now()), ('town', 'desk', 'b', true, now());
"""


@pytest.fixture
def at_0009(databases: Databases) -> Iterator[Flask]:
    """The application on the tables of revision 0009."""

    for app in in_context(databases.clone("template1")):
        flask_migrate.upgrade(revision="0009")
        yield app


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


def run(statements: str) -> None:
    db.session.execute(text(statements))
    db.session.commit()


def rows(statement: str) -> list[tuple[object, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found
