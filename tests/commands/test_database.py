"""open311 db, and what any command says where settings or database cannot be used."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from applications import in_context
from click.testing import CliRunner
from flask import Flask
from programs import run_program
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from local.postgresql import run
from open311.cli import main
from open311.commands.db import _about_extensions
from open311.database import Base, db
from open311.settings import SETTINGS
from tests.commands.conftest import CommandLine

PROGRAM = Path(sys.executable).with_name("open311")
NOWHERE = "postgresql://a:verysecret@localhost:1/311"


@pytest.fixture
def bare_app(fresh_database: Callable[[str], str]) -> Iterator[Flask]:
    """The application on a database without any table, its context pushed."""
    yield from in_context(fresh_database("template1"))


def start(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program with no settings but those in environ."""
    ours = ("DATABASE_URL", "OPEN311_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return run_program(list(arguments), {**inherited, **environ})


def test_upgrade_makes_all_tables_and_can_be_run_again(
    bare_app: Flask, open311: CommandLine
) -> None:
    assert inspect(db.engine).get_table_names() == []
    for _time in range(2):
        assert open311.lines("db", "upgrade")[-1] == "The tables are up to date."
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_two_upgrades_at_once_wait_for_each_other(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("template1")
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: start("db", "upgrade", DATABASE_URL=url), range(2)))
    for one in done:
        assert (one.returncode, one.stdout) == (0, "The tables are up to date.\n"), one.stderr


def test_an_upgrade_by_a_user_without_rights_ends_with_one_sentence(
    fresh_database: Callable[[str], str],
) -> None:
    url = fresh_database("template1")
    name = "clerk_without_rights"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {name}")
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"GRANT ALL ON SCHEMA public TO {name}")
        done = start("db", "upgrade", DATABASE_URL=url.replace("://postgres@", f"://{name}@"))
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: The database user may not create")
    assert done.stderr.count("\n") == 1


def test_postgis_that_is_not_installed_is_named_in_one_sentence() -> None:
    refusal = psycopg.errors.FeatureNotSupported()
    about = _about_extensions(DBAPIError("CREATE EXTENSION", None, refusal))
    assert about is not None
    assert about.startswith("PostGIS is not installed on the database server. Install it")
    assert _about_extensions(DBAPIError("SELECT", None, psycopg.errors.SyntaxError())) is None


def test_readiness_says_when_the_tables_are_missing_or_from_another_version(
    bare_app: Flask, open311: CommandLine
) -> None:
    client = bare_app.test_client()
    behind = {
        "database": "ok",
        "migrations": "not up to date: run open311 db upgrade",
        "media_store": "ok",
    }
    assert client.get("/health").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (503, behind)
    open311.lines("db", "upgrade")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (200, {**behind, "migrations": "ok"})
    db.session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    db.session.commit()
    assert client.get("/health/ready").get_json() == behind


def test_changes_are_numbered_on_after_a_dump_and_a_restore(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    url, restored = fresh_database(gridtown), fresh_database("template0")
    dump = str(tmp_path / "dump.sql")
    change = "UPDATE service_requests SET zipcode = '1' WHERE service_request_id = '26-0000003'"
    highest = "SELECT max(change_number), settled_change() FROM service_requests"
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(3):
            connection.execute(change)
        [before, settled] = connection.execute(highest).fetchone() or [0, 0]
    assert before == settled
    run("pg_dump", "--file", dump, url)
    run("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", dump, restored)
    with psycopg.connect(restored, autocommit=True) as connection:
        assert connection.execute(highest).fetchone() == (before, before)
        connection.execute(change)
        assert connection.execute(highest).fetchone() == (before + 1, before + 1)


def test_readiness_says_when_photos_cannot_be_stored(
    fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    folder = tmp_path / "media"
    settings = {"OPEN311_MEDIA_STORE": str(folder)}
    for app in in_context(fresh_database(empty), settings):
        assert app.test_client().get("/health/ready").status_code == 200
        folder.rmdir()
        folder.write_text("a file where the folder was")
        answer = app.test_client().get("/health/ready")
        assert (answer.status_code, answer.get_json()["media_store"]) == (503, "not writable")
        assert app.test_client().get("/health").status_code == 200


def test_the_version_is_printed() -> None:
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"open311 {version('open311')}\n"


def test_an_upgraded_database_can_be_seeded(
    bare_app: Flask, open311: CommandLine, city: Path
) -> None:
    open311.lines("db", "upgrade")
    open311.lines("seed", city)
    assert len(open311.lines("boundaries", "list")) == 2


def test_a_database_without_tables_ends_with_one_sentence(
    bare_app: Flask, open311: CommandLine, city: Path
) -> None:
    for arguments in (["keys", "list"], ["seed", city], ["seed", city, "--if-empty"]):
        refusal = open311.refusal(*arguments)
        assert refusal == "The database has no tables yet. Run open311 db upgrade first."


def test_check_finds_no_difference_in_an_up_to_date_database(
    shared_app: Flask, open311: CommandLine
) -> None:
    open311.lines("db", "check")


def test_check_fails_where_a_table_differs_from_its_model(
    fresh_database: Callable[[str], str], gridtown: str
) -> None:
    url = fresh_database(gridtown)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE departments ADD COLUMN phone text")
    done = start("db", "check", DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "phone" in done.stderr
    assert "Traceback" not in done.stderr


def test_current_prints_the_revision_and_nothing_else(
    fresh_database: Callable[[str], str], empty: str
) -> None:
    done = start("db", "current", DATABASE_URL=fresh_database(empty))
    assert (done.returncode, done.stdout) == (0, "0064 (head)\n")
    assert "Traceback" not in done.stderr


def test_output_goes_to_standard_output_alone(
    fresh_database: Callable[[str], str], gridtown: str
) -> None:
    done = start("boundaries", "list", DATABASE_URL=fresh_database(gridtown))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_a_mistake_goes_to_standard_error_alone_with_status_1() -> None:
    done = start("boundaries", "list")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: DATABASE_URL is required. Set it to the PostGIS database, such as "
        "postgresql://user:password@host/database.\n"
    )


@pytest.mark.parametrize("command", ["boundaries list", "db upgrade", "db current", "seed nowhere"])
@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, ["DATABASE_URL is required"]),
        ({"DATABASE_URL": " "}, ["DATABASE_URL is required"]),
        ({"DATABASE_URL": "mysql://root@localhost/311"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "postgresql://localhost:port/311"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": NOWHERE, "OPEN311_WORKERS": "many"}, ["OPEN311_WORKERS", "1 to 64"]),
        ({"DATABASE_URL": NOWHERE, "OPEN311_WORKERS": "0"}, ["OPEN311_WORKERS", "1 to 64"]),
        ({"DATABASE_URL": NOWHERE, "OPEN311_LOG_LEVEL": "loud"}, ["OPEN311_LOG_LEVEL", "DEBUG"]),
        (
            {"DATABASE_URL": NOWHERE, "OPEN311_MEDIA_STORE": "s4://x"},
            ["MEDIA_STORE", "folder", "s4"],
        ),
        (
            {"DATABASE_URL": NOWHERE, "OPEN311_FETCH_MEDIA": "1"},
            ["OPEN311_FETCH_MEDIA", "yes or no"],
        ),
    ],
)
def test_a_setting_that_cannot_be_used_ends_with_one_sentence(
    command: str, environ: dict[str, str], words: list[str]
) -> None:
    sentence = refusal_in(environ, command)
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("command", ["boundaries list", "db upgrade", "db current", "keys list"])
def test_a_database_that_cannot_be_reached_ends_with_one_sentence_without_its_password(
    command: str,
) -> None:
    sentence = refusal_in({"DATABASE_URL": NOWHERE}, command)
    assert "cannot be reached" in sentence
    assert "verysecret" not in sentence


def refusal_in(environ: dict[str, str], command: str) -> str:
    """Run a command without an application at hand; it must fail with one sentence."""
    env = {setting.name: environ.get(setting.name) for setting in SETTINGS}
    runner = CliRunner(catch_exceptions=False)
    result = Context().run(runner.invoke, main, command.split(), env=env)
    assert (result.exit_code, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert line.endswith(".")
    return line
