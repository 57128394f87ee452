"""Upgrades beside a server of the previous release, which is the version under test here.

The next release has migrations that are made up. What it adds, the previous one does not know.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import psycopg
import pytest
import requests
from applications import in_context
from click.testing import CliRunner
from flask import Flask, current_app
from servers import PATIENCE, running_server, wait_until
from steady_client import SteadyClient

from open311.cli import main
from open311.commands import db as db_commands
from open311.queries.revisions import MIGRATIONS, head, refusal_to_serve

EXPAND = """
from alembic import op
import sqlalchemy as sa
revision = "9001"
down_revision = "{head}"

def upgrade():
    op.add_column("service_requests", sa.Column("weight", sa.Integer()))
    op.create_check_constraint(
        "weight", "service_requests", "weight > 0", postgresql_not_valid=True
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_weight", "service_requests", ["weight"], postgresql_concurrently=True
        )
    op.execute("ALTER TABLE service_requests VALIDATE CONSTRAINT ck_service_requests_weight")

def downgrade():
    op.drop_column("service_requests", "weight")
"""
INDEX = """
from alembic import op
revision = "9001"
down_revision = "{head}"

def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("ix_beside", "service_requests", ["status"], postgresql_concurrently=True)
"""
CONTRACT = """
from alembic import op
revision = "9002"
down_revision = "9001"
BREAKS_BEFORE = "9001"

def upgrade():
    op.drop_column("service_requests", "weight")

def downgrade():
    pass
"""


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """The migrations of the next release."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions/9001_expand.py").write_text(EXPAND.format(head=head()))
    return folder


def let_migrations_wait(folder: Path, seconds: int) -> None:
    """Change how long migrations wait for a table; answers may take seconds on a busy machine."""
    env = (folder / "env.py").read_text()
    assert "LOCK_SECONDS = 5" in env
    (folder / "env.py").write_text(env.replace("LOCK_SECONDS = 5", f"LOCK_SECONDS = {seconds}"))


@pytest.fixture
def city(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    yield from in_context(fresh_database(gridtown))


def url_of(app: Flask) -> str:
    return str(app.config["DATABASE_URL"]).replace("+psycopg", "")


def test_a_server_goes_on_while_the_next_release_upgrades_and_after_it(
    city: Flask, next_release: Path, tmp_path: Path
) -> None:
    url = url_of(city)
    let_migrations_wait(next_release, PATIENCE)
    with running_server(url, tmp_path / "log", {"OPEN311_WORKERS": "2"}) as address:
        with SteadyClient(address) as client:
            flask_migrate.upgrade(directory=str(next_release))
            upgraded_after = client.statuses.total()
        assert client.statuses.total() > upgraded_after
        assert set(client.statuses) == {200}
        assert requests.get(f"{address}/health/ready", timeout=PATIENCE).status_code == 200
        assert refusal_to_serve(city.config["DATABASE_URL"]) == ""
    (next_release / "versions/9002_contract.py").write_text(CONTRACT)
    flask_migrate.upgrade(directory=str(next_release))
    assert "by a newer version, and this one" in refusal_to_serve(city.config["DATABASE_URL"])
    ready = city.test_client().get("/health/ready").get_json()
    assert ready["migrations"] == "of a newer version: install that version again"
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    refusal = refusal_to_serve(city.config["DATABASE_URL"])
    assert refusal.endswith(f"needs {head()}. Run open311 db upgrade.")


def test_an_upgrade_does_not_wait_in_front_of_others_for_a_table_in_use(
    city: Flask, next_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_migrations_wait(next_release, 1)
    monkeypatch.setattr(db_commands, "PAUSES", (0,))
    migrate = current_app.extensions["migrate"].migrate
    monkeypatch.setattr(migrate, "directory", str(next_release))
    with psycopg.connect(url_of(city)) as connection:
        connection.execute("LOCK TABLE service_requests IN ROW EXCLUSIVE MODE")
        result = CliRunner().invoke(main, ["db", "upgrade"])
        assert result.exit_code == 1
        first, last = result.stderr.splitlines()[-2:]
        assert first == "A table is in use. Next attempt in 0 seconds."
        assert last.startswith("Error: A transaction keeps a table in use. End it, and run open311")
    result = CliRunner().invoke(main, ["db", "upgrade"])
    assert result.output.splitlines()[-1] == "The tables are up to date."


def test_an_upgrade_that_waits_for_another_does_not_hold_up_its_index(city: Flask) -> None:
    """An index that is created beside a server waits for every transaction that is open."""
    asked = (
        "SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()"
        " AND (query LIKE 'SELECT pg_%advisory_lock(%' OR query = 'COMMIT')"
    )

    def upgrade() -> None:
        with city.app_context():
            flask_migrate.upgrade()

    with psycopg.connect(url_of(city), autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(3110001)")
        second = threading.Thread(target=upgrade)
        second.start()
        assert wait_until(lambda: first.execute(asked).rowcount > 0)
        first.execute("CREATE INDEX CONCURRENTLY ix_weight ON service_requests (pk)")
        assert second.is_alive()
        first.execute("SELECT pg_advisory_unlock(3110001)")
        second.join()


def test_an_index_that_waited_too_long_is_built_again(
    city: Flask, next_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL leaves one that is not valid, under the same name"""
    let_migrations_wait(next_release, 1)
    (next_release / "versions/9001_expand.py").write_text(INDEX.format(head=head()))
    monkeypatch.setattr(db_commands, "PAUSES", ())
    migrate = current_app.extensions["migrate"].migrate
    monkeypatch.setattr(migrate, "directory", str(next_release))
    asked = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_beside')"
    with psycopg.connect(url_of(city), autocommit=True) as watch:
        with psycopg.connect(url_of(city)) as other:
            other.execute("LOCK TABLE service_requests IN ROW EXCLUSIVE MODE")
            assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 1
        assert watch.execute(asked).fetchall() == [(False,)]
        assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
        assert watch.execute(asked).fetchall() == [(True,)]
