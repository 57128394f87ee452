"""The tables of Procrastinate: those of the installed version, and none of ours."""

from collections.abc import Callable
from typing import Any

import flask_migrate
import procrastinate
import psycopg
from flask import Flask
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from open311.database import db

OBJECTS = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, column_default, is_nullable, "
    "character_maximum_length, is_identity FROM information_schema.columns "
    "WHERE table_name LIKE 'procrastinate%'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE conrelid::regclass::text LIKE 'procrastinate%'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%'",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'procrastinate%'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE tgrelid::regclass::text LIKE 'procrastinate%' AND NOT tgisinternal",
    "labels": "SELECT enumtypid::regtype::text, enumsortorder, enumlabel FROM pg_enum "
    "WHERE enumtypid::regtype::text LIKE 'procrastinate%'",
}


def objects(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Give what a database has of Procrastinate."""
    with psycopg.connect(url) as connection:
        return {kind: sorted(connection.execute(read)) for kind, read in OBJECTS.items()}


def test_migrations_create_what_the_installed_version_creates(
    fresh_database: Callable[[str], str], empty: str
) -> None:
    theirs = fresh_database("template1")
    with psycopg.connect(theirs) as connection:
        connection.execute(SchemaManager.get_schema().encode())
    expected = objects(theirs)
    assert all(expected.values()), "an update of Procrastinate renamed its tables"
    assert objects(fresh_database(empty)) == expected, (
        f"Procrastinate {procrastinate.__version__} has another schema: write a migration from "
        "the files in its folder sql/migrations"
    )


def test_a_downgrade_leaves_nothing(empty_app: Flask) -> None:
    db.session.remove()
    flask_migrate.downgrade(revision="0024")
    assert not any(db.session.execute(text(read)).all() for read in OBJECTS.values())
    db.session.remove()
    flask_migrate.upgrade()
