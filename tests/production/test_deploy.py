"""What open311 prints for the programs around the server, and what open311 doctor finds."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from applications import in_context
from click.testing import CliRunner
from flask import Flask

from open311.cli import main
from open311.commands import doctor, server
from open311.queries.revisions import head

GOOD_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
BEHIND_A_PROXY = {
    "OPEN311_SECRET_KEY": GOOD_KEY,
    "OPEN311_PUBLIC_URL": "https://311.gridtown.example",
    "OPEN311_PROXIES": "1",
}


@pytest.fixture
def city(fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path) -> Iterator[Flask]:
    settings = {**BEHIND_A_PROXY, "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    yield from in_context(fresh_database(gridtown), settings)


def run(*arguments: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output.splitlines()


def test_the_doctor_finds_a_good_server_well_and_names_each_problem(
    city: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = SimpleNamespace(used=50e9, free=50e9)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: half)
    status, lines = run("doctor")
    assert (status, {line.partition(":")[0] for line in lines}) == (0, {"OK"})
    assert not list(Path(city.config["OPEN311_MEDIA_STORE"]).iterdir())
    url = city.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    city.config |= {
        "OPEN311_PROXIES": 0,
        "OPEN311_SECRET_KEY": "ab" * 20,
        "OPEN311_WORKERS": 64,
    }
    media = Path(city.config["OPEN311_MEDIA_STORE"])
    media.rmdir()
    media.write_text("a file where the folder was")
    status, lines = run("doctor")
    problems = [line for line in lines if line.startswith("Problem: ")]
    named = ("SECRET_KEY", "PROXIES", f"needs {head()}", "max_connections", "MEDIA_STORE")
    assert status == 1
    assert len(problems) == len(named)
    for word, problem in zip(named, problems, strict=True):
        assert word in problem


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd is installed here")
def test_systemd_accepts_the_units(city: Flask, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/open311").symlink_to("/bin/true")
    units = tmp_path / "units"
    units.mkdir()
    status, written = run("systemd", "print", "--prefix", str(tmp_path), "--to", str(units))
    assert (status, len(written)) == (0, len(list(units.iterdir())))
    photos = f'ReadWritePaths="-{city.config["OPEN311_MEDIA_STORE"]}"'
    assert sum(photos in unit.read_text() for unit in units.iterdir()) == 3
    refused = run("systemd", "print", "--to", str(units / "open311.socket/units"))
    assert (refused[0], "cannot be written: " in refused[1][-1]) == (1, True)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "open311" in line]
    assert (done.returncode, ours) == (0, [])


def test_serve_becomes_gunicorn_with_our_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(server.os, "execv", lambda _path, command: called.append(command))
    assert run("serve")[0] == 0
    assert called[0][1:] == list(server.GUNICORN)


def test_body_sizes_of_nginx_follow_from_the_settings(city: Flask) -> None:
    city.config |= {
        "OPEN311_MAX_BODY_BYTES": 1_000_000,
        "OPEN311_MAX_PHOTOS": 3,
        "OPEN311_MAX_PHOTO_BYTES": 2_000_000,
        "OPEN311_MAX_BOUNDARY_BYTES": 4_000_000,
        "OPEN311_MAX_BASE_MAP_BYTES": 9_000_000,
    }
    _status, lines = run("nginx", "print", "--name", "311.gridtown.example")
    sizes = {int(size) for size in re.findall(r"client_max_body_size (\d+);", "\n".join(lines))}
    assert sizes == {1_000_000, 7_000_000, 10_000_000}
    assert not [line for line in lines if "@" in line and "@open311_" not in line]
    _status, others = run("nginx", "print", "--name", "a-b.gridtown.example")
    known_to_all = re.compile(r"^(?:upstream|map|log_format|limit_conn_zone) .*?(\S+)(?: \{|;| ')")
    names = [set(filter(None, map(known_to_all.match, site))) for site in (lines, others)]
    assert not {one[1] for one in names[0]} & {one[1] for one in names[1]}
    assert len(names[0]) == 8
    status, refusal = run("nginx", "print", "--name", "a.example; root /")
    assert status == 2
    assert "It must be a host name" in refusal[-1]


def test_a_server_that_drains_serves_and_is_not_ready(
    city: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, drain = city.test_client(), tmp_path / "drain"
    assert "drain" not in client.get("/health/ready").get_json()
    monkeypatch.setitem(city.config, "OPEN311_DRAIN_FILE", str(drain))
    assert client.get("/health/ready").get_json()["drain"] == "ok"
    drain.touch()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["drain"]) == (503, "draining")
    for path in ("/health/live", "/open311/v2/requests.json"):
        assert client.get(path).status_code == 200
