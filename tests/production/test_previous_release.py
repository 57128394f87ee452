"""The previous release, as Git has it, serves while this version upgrades its tables, and after it.

It is the last commit without the newest migration.
"""

import contextlib
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from applications import in_context
from servers import ROOT, free_port, is_there, running_server, wait_until
from settings import settings_for
from steady_client import SteadyClient

from open311.queries.revisions import MIGRATIONS, head

pytestmark = pytest.mark.operations

GUNICORN = ("-m", "gunicorn", "-c", "python:open311.gunicorn_config", "open311.wsgi:application")


def git(*arguments: str) -> bytes:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def migrations_of(commit: str) -> set[str]:
    folder = MIGRATIONS.relative_to(ROOT) / "versions"
    names = git("ls-tree", "--name-only", f"{commit}:{folder}").decode().split()
    return {name for name in names if name[0].isdigit() and name.endswith(".py")}


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the newest version that lacks a migration, and has no other ones."""
    known = {one.name for one in MIGRATIONS.glob("versions/[0-9]*.py")}
    try:
        commits = git("rev-list", "--first-parent", "HEAD").decode().split()
        before = next(commit for commit in commits if migrations_of(commit) < known)
        archive = git("archive", before, "open311", "schemas", "geo")
    except (OSError, StopIteration, subprocess.CalledProcessError):
        pytest.skip("there is no history of Git here that has the previous release")
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


def newest_revision(release: Path) -> str:
    return max(one.name[:4] for one in release.glob("open311/migrations/versions/[0-9]*.py"))


@contextlib.contextmanager
def server_of(release: Path, database: str, log: Path) -> Iterator[str]:
    """Serve a database with the code of a release."""
    address = f"127.0.0.1:{free_port()}"
    settings = settings_for(database, OPEN311_BIND=address, OPEN311_WORKERS="2")
    environment = {**os.environ, **settings, "PYTHONPATH": str(release)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *GUNICORN], cwd=release, env=environment, stdout=output, stderr=output
        )
    try:
        url = f"http://{address}"
        assert wait_until(lambda: server.poll() is not None or is_there(f"{url}/health/live"))
        assert server.poll() is None, log.read_text()
        yield url
    finally:
        server.terminate()
        server.wait()


def test_both_releases_serve_the_new_tables(
    previous: Path,
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path: Path,
    figure: Callable[[str, object], None],
) -> None:
    database, before = fresh_database(gridtown), newest_revision(previous)
    assert before < head()
    for _app in in_context(database):
        flask_migrate.downgrade(revision=before)
    with server_of(previous, database, tmp_path / "previous.log") as old:
        with SteadyClient(old) as client:
            for _app in in_context(database):
                flask_migrate.upgrade()
            upgraded_after = client.statuses.total()
            with running_server(database, tmp_path / "log") as new, SteadyClient(new) as other:
                assert wait_until(lambda: client.statuses.total() > upgraded_after + 8)
        assert set(client.statuses) == {200}
        assert set(other.statuses) == {200}
    with psycopg.connect(database) as connection:
        asked = "SELECT version_num FROM alembic_version"
        assert connection.execute(asked).fetchall() == [(head(),)]
    answers = client.statuses.total()
    figure(f"answers of release {before} beside an upgrade to {head()}, all 200", answers)
