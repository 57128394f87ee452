"""A city that moves to another database with its ids, its photos, and its history."""

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
import requests
from applications import in_context
from click.testing import CliRunner
from database_rows import rows_of
from flask import Flask
from georeport_client import KEYS
from images import from_a_phone
from servers import running_server, wait_until

from open311.cli import main
from open311.database import Base, db
from open311.queries.moved_city import STAYS, list_city_rows

CITY = "gridtown.example"
SECRET = {"OPEN311_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}

MOVED = "gridtown.example: 9 service requests, 195 rows in 19 tables, 2 files.\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    db.session.remove()
    assert isinstance(result.exception, SystemExit | None), result.exc_info
    return result.exit_code, result.output


def report(**values: str) -> dict[str, str]:
    place = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", "jurisdiction_id": CITY}
    return {"api_key": KEYS[CITY], **place, **values}


@pytest.fixture
def towns(fresh_database: Callable[[str], str], two_towns: str, tmp_path: Path) -> Iterator[Flask]:
    """Two towns, one of which has a report with a photo, a duplicate, and a change of status."""
    settings = {**SECRET, "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    for app in in_context(fresh_database(two_towns), settings):
        client = app.test_client()
        texts = {"description": "tab\tand \\ line\nbreak", "email": "a@b.example"}
        photo = {"media": (BytesIO(from_a_phone()), "photo.jpg")}
        for values in ({**report(**texts), **photo}, report()):
            sent = client.post("/open311/v2/requests.json", data=values)
            assert sent.status_code == 200, sent.text
        yield app


def rows_of_city(database_url: str) -> Mapping[str, list[tuple[object, ...]]]:
    """Read all that moves, without what PostgreSQL prints in another way for other sessions."""
    with psycopg.connect(database_url) as connection:
        wanted = {"jurisdiction_id": CITY}
        return {
            rows.table: connection.execute(rows.select, wanted).fetchall()
            for rows in list_city_rows()
        }


def without_links(request: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in request.items() if "://" not in str(value)}


def after_all(app: Flask, path: str) -> str:
    """Return the path of what changes later."""
    return f"{path}&after={app.test_client().get(path).headers['X-Next-After']}"


def address_of(app: Flask) -> str:
    return str(app.config["DATABASE_URL"]).replace("+psycopg", "")


def test_every_table_moves_or_is_named_as_one_that_stays() -> None:
    moved = {rows.table for rows in list_city_rows()}
    assert moved | STAYS == set(Base.metadata.tables)
    assert not moved & STAYS


def test_a_running_server_serves_a_city_that_moves_in_as_it_was(
    towns: Flask, fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    folder, photos = str(tmp_path / "moving"), tmp_path / "photos"
    path = f"/open311/v2/requests.json?extensions=true&sort=changed&jurisdiction_id={CITY}"
    before_restore = after_all(towns, path)
    assert run("restore", "adopt")[0] == 0
    with psycopg.connect(address_of(towns)) as connection:
        connection.execute(
            "INSERT INTO data_files VALUES (%s, 'csv', 'data-made-every-night', 1, 1, now())",
            [CITY],
        )
        connection.execute(
            "INSERT INTO moderations (service_request_pk, target, kind, reason, original, made_at)"
            " SELECT service_request_pk, 'photo', 'redacted', '', '', now() FROM media"
        )
    assert run("city", "export", CITY, folder) == (0, f"Exported {MOVED}")
    assert (tmp_path / "moving").stat().st_mode & 0o077 == 0
    before = rows_of_city(address_of(towns))
    tables = ("service_requests", "media", "reporters")
    assert [len(before[table]) for table in tables] == [9, 1, 1]

    public = towns.test_client().get(path).json
    target = fresh_database(empty)
    settings = {**SECRET, "OPEN311_MEDIA_STORE": str(photos)}
    with running_server(target, tmp_path / "log", settings) as server:
        listed = f"{server}/open311/v2/requests.json"
        assert requests.get(listed, timeout=60).status_code == 404
        for _app in in_context(target, settings):
            assert run("city", "import", folder) == (0, f"Imported {MOVED}")
            assert run("city", "import", folder)[1].startswith("Error: This database has a juris")
        assert rows_of_city(target) == before
        assert wait_until(lambda: requests.get(listed, timeout=60).status_code == 200)
        moved = requests.get(f"{server}{path}", timeout=60).json()
        assert [without_links(one) for one in moved] == [without_links(one) for one in public or ()]
        [photo] = [one["media_url"] for one in moved if one["media_url"]]
        assert requests.get(photo.replace("http://localhost", server), timeout=60).ok
        assert requests.get(f"{server}{before_restore}", timeout=60).status_code == 410
        assert requests.get(f"{server}{after_all(towns, path)}", timeout=60).json() == []
        ids = {one["service_request_id"] for one in moved}
        [repeated] = requests.post(listed, data=report(), timeout=60).json()
        assert repeated["service_request_id"] in ids
        [new] = requests.post(listed, data=report(description="new"), timeout=60).json()
        assert new["service_request_id"] not in ids
        numbers = "SELECT change_number FROM service_requests ORDER BY pk"
        *known, added = rows_of(target, numbers)
        assert added > max(known)
    assert {path.name for path in photos.iterdir()} == {
        path.name for path in (tmp_path / "media").iterdir()
    }


def test_what_cannot_move_is_refused_whole(
    towns: Flask, fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    path = tmp_path / "moving"
    folder = str(path)
    assert run("city", "export", "no.example", folder)[0] == 1
    assert not path.exists()
    run("city", "export", CITY, folder)
    assert "Name a new folder" in run("city", "export", CITY, folder)[1]

    manifest = json.loads((path / "manifest.json").read_text())
    target = fresh_database(empty)
    for _app in in_context(target, SECRET | {"OPEN311_MEDIA_STORE": str(tmp_path / "photos")}):
        for change, sentence in (
            ({"revision": "0001"}, "exported at revision 0001"),
            ({"secret_key": "another"}, "OPEN311_SECRET_KEY is another"),
            ({"tables": manifest["tables"][1:]}, "tables and columns"),
            ({"files": {"../../passwd": ""}}, "not a manifest of this version"),
        ):
            (path / "manifest.json").write_text(json.dumps({**manifest, **change}))
            status, output = run("city", "import", folder)
            assert (status, sentence in output) == (1, True), output
        (path / "manifest.json").write_text(json.dumps(manifest))
        services = path / "tables/services"
        services.write_bytes(services.read_bytes().replace(b"POTHOLE", b"POTHOLY"))
        assert "tables/services is damaged" in run("city", "import", folder)[1]
        assert not any(rows_of_city(target).values())


def test_cities_of_two_databases_meet_if_their_ids_have_ranges(
    towns: Flask, fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    folder = str(tmp_path / "moving")
    run("city", "export", CITY, folder)
    settings = SECRET | {"OPEN311_MEDIA_STORE": str(tmp_path / "photos")}
    taken, ranged = fresh_database(empty), fresh_database(empty)
    for _app in in_context(taken, settings):
        assert run("seed", "tests/cities/hilltown")[0] == 0
        status, output = run("city", "import", folder)
        assert (status, "with the same id in " in output) == (1, True), output
    for _app in in_context(ranged, settings):
        assert run("city", "ids", "--range", "2")[0] == 0
        assert run("seed", "tests/cities/hilltown")[0] == 0
        assert run("city", "import", folder)[0] == 0
    with psycopg.connect(ranged) as connection:
        statement = "SELECT min(id), max(id) FROM services GROUP BY jurisdiction_id ORDER BY 1"
        (_first, own), (second, _last) = connection.execute(statement).fetchall()
        assert own < 40_000_000 < second
        [(following,)] = connection.execute("SELECT nextval('services_id_seq')").fetchall()
        assert following > second
