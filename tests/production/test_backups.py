"""A backup, its manifest, and what a check of the restored copy finds."""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from applications import in_context
from click.testing import CliRunner
from flask import Flask
from georeport_client import KEYS
from images import from_a_phone
from sqlalchemy import text

from local.postgresql import programs
from local.postgresql import run as run_postgresql
from open311.cli import main
from open311.database import db

ROUTING_TEST = """
    INSERT INTO canaries (jurisdiction_id, name, service_id, department_id, location, note)
    SELECT jurisdiction_id, 'a pothole', service_id, department_id, location, ''
    FROM service_requests WHERE description = 'with a photo'
"""
SECRET = {"OPEN311_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    db.session.remove()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def city(fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path) -> Iterator[Flask]:
    """A Gridtown with a photo in a folder of the test, and with a routing test."""
    settings = {**SECRET, "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    for app in in_context(fresh_database(gridtown), settings):
        values = {
            "api_key": KEYS["gridtown.example"],
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "description": "with a photo",
            "media": (BytesIO(from_a_phone()), "photo.jpg"),
        }
        assert app.test_client().post("/open311/v2/requests.json", data=values).status_code == 200
        db.session.execute(text(ROUTING_TEST))
        db.session.commit()
        yield app


def test_a_restored_copy_is_proved_and_what_it_lacks_is_named(
    city: Flask,
    fresh_database: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(run("backup", "manifest")[1])
    said = json.loads(manifest.read_text())
    assert said["photos"] == 1
    assert SECRET["OPEN311_SECRET_KEY"] not in manifest.read_text()

    dump, copy = str(tmp_path / "dump"), fresh_database("template0")
    source = str(city.config["DATABASE_URL"]).replace("+psycopg", "")
    run_postgresql("pg_dump", "-Fc", "--file", dump, source)
    run_postgresql("pg_restore", "--exit-on-error", "--dbname", copy, dump)
    metrics = tmp_path / "open311.prom"
    check = ("restore", "check", "--manifest", str(manifest), "--max-age", "1")
    check += ("--requests", "1000", "--pages", "--metrics", str(metrics))
    media = tmp_path / "media"
    monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
    of_the_server = {
        "OPEN311_READ_DATABASE_URL": fresh_database("template0"),
        "OPEN311_RATE_LIMIT": "1 per day",
    }
    for _app in in_context(copy, {**SECRET, **of_the_server, "OPEN311_MEDIA_STORE": str(media)}):
        status, output = run(*check)
        assert (status, "Problem" in output) == (0, False), output
        assert json.loads(output.splitlines()[-1]) == said_last(output, proved=True, problems=0)
        for looked_at in (r"Requests looked at: [1-9]", r"Points of layers of .*: [1-9]"):
            assert re.search(looked_at, output), output
        assert "OK: pg_amcheck found no damaged pages." in output
        break_copy(copy, media)
        status, output = run(*check)
    assert status == 1
    assert "would go elsewhere by the maps of their days" in output
    problems = [line for line in output.splitlines() if line.startswith("Problem: ")]
    expected = (
        *("requests, and had", "change_numbers", "kind_known", "missing from the photo storage"),
        "must go to",
    )
    assert len(problems) == len(expected), output
    for word, problem in zip(expected, problems, strict=True):
        assert word in problem
    assert json.loads(output.splitlines()[-1]) == said_last(output, proved=False, problems=5)
    proved = metrics.read_text().splitlines()
    assert proved[0].startswith("open311_backup_proved_timestamp_seconds 1")
    assert proved[1:] == ["open311_backup_problems 5"]


def said_last(output: str, **result: object) -> dict[str, object]:
    at = datetime.fromisoformat(json.loads(output.splitlines()[-1])["at"])
    return {"at": at.isoformat(timespec="seconds"), **result}


def test_numbers_that_cannot_be_used_are_refused(city: Flask, tmp_path: Path) -> None:
    assert run("restore", "check", "--photos", "-1")[0] == 2
    assert run("restore", "check", "--max-age", "1000000000")[0] == 2
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"requests": {"gridtown.example": []}, "photos": 0}')
    status, output = run("restore", "check", "--manifest", str(manifest))
    assert (status, "is not what open311 backup manifest prints." in output) == (2, True)


def break_copy(url: str, media: Path) -> None:
    """Take away a request, a file, numbers, a check, boundaries of requests, and the department
    that a test expects."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setval('change_numbers', 1)")
        connection.execute("DELETE FROM service_request_boundaries")
        connection.execute(
            "UPDATE canaries SET department_id = (SELECT id FROM departments"
            " WHERE id <> canaries.department_id LIMIT 1)"
        )
        connection.execute(
            "ALTER TABLE work_steps DROP CONSTRAINT ck_work_steps_kind_known,"
            " ADD CONSTRAINT ck_work_steps_kind_known CHECK (kind <> '') NOT VALID"
        )
        connection.execute(
            "UPDATE service_requests SET sandbox = true WHERE pk = (SELECT min(pk)"
            " FROM service_requests WHERE NOT sandbox AND description <> 'with a photo')"
        )
    next(media.glob("*-small.jpg")).unlink()
