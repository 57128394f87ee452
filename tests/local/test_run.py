"""make run, from its own python on, in a folder of the test's own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests
from servers import CITIES, PATIENCE, free_port, is_free, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import pathlib
import local.run
local.run.VAR = pathlib.Path({var!r})
local.run.START_SECONDS = {patience}
raise SystemExit(local.run.main())
"""


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that the account postgres can enter, too, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="open311-run-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def port() -> int:
    return free_port()


@contextlib.contextmanager
def running(var: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Start make run, which asks no other server for a map here."""
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    ours = {
        "OPEN311_BIND": f"127.0.0.1:{port}",
        "OPEN311_BASE_MAP": "",
        "OPEN311_WORKERS": "1",  # each takes seconds to import the application
    }
    runner = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(var=str(var), patience=PATIENCE)],
        cwd=ROOT,
        env={**inherited, **ours, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield runner
    finally:
        runner.kill()
        runner.communicate()


def lines_until_ready(runner: subprocess.Popen[str]) -> list[str]:
    assert runner.stdout
    lines = []
    for line in runner.stdout:
        lines.append(line.strip())
        if line.startswith("Ctrl-C"):
            return lines
    raise AssertionError(lines)


def answers(port: int) -> bool:
    with contextlib.suppress(requests.ConnectionError, requests.Timeout):
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE).ok
    return False


def shell_of(var: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Type a command into make shell."""
    program = f"import pathlib, local.shell as s; s.VAR = pathlib.Path({str(var)!r}); s.main()"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**environment, "SHELL": "/bin/sh"},
        input=command,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_keeps_the_data_and_a_second_city_after_a_kill(
    var: Path, port: int, run_command: Callable[..., str]
) -> None:
    api = f"http://127.0.0.1:{port}/open311/v2"
    city = {"jurisdiction_id": "ci.lancaster.oh.us"}
    refused = shell_of(var, "exit")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Open311 is not running from this folder.")
    with running(var, port) as runner:
        lines = lines_until_ready(runner)
        website = f"http://127.0.0.1:{port}/"
        assert lines[:2] == [f"Website: {website}", f"Open311: {api}"]
        assert "City of Lancaster, Ohio" in requests.get(website, timeout=PATIENCE).text
        [key_line] = [line for line in lines if line.startswith("API key: ")]
        [staff_line] = [line for line in lines if line.startswith("Staff key: ")]
        for key, status in ((staff_line[11:], 200), (key_line[9:], 403)):
            asked = {"service_code": "POTHOLE", "lat": 39.7201, "long": -82.6003, "api_key": key}
            url = f"http://127.0.0.1:{port}/routing/explain"
            assert requests.get(url, params=asked, timeout=PATIENCE).status_code == status
        [login] = [line for line in lines if line.startswith("Staff: ")]
        _, name, password = login.split()
        items = f"http://127.0.0.1:{port}/ogc/collections/requests/items"
        shown = requests.get(items, auth=(name, password), timeout=PATIENCE).json()["features"][0]
        assert "routing_rule" in shown["properties"]
        report = {"api_key": key_line[9:], "service_code": "POTHOLE", "address_string": "Here"}
        report["email"] = "kim@mail.example"
        answer = requests.post(f"{api}/requests.json", data=report, timeout=PATIENCE)
        [receipt] = answer.json()
        [folder] = [line for line in lines if line.startswith("Emails: ")]
        assert folder == f"Emails: {var / 'mail'}"
        assert wait_until(lambda: any((var / "mail").glob("*.eml")))
        typed = shell_of(var, 'echo "$DATABASE_URL" && command -v open311')
        assert (typed.returncode, typed.stderr) == (0, "")
        url, program = typed.stdout.split()
        assert Path(program).samefile(Path(sys.executable).with_name("open311"))
        run_command(url, "seed", str(CITIES / "hilltown"))
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        assert wait_until(lambda: is_free(port))  # its gunicorn ends with it
    with running(var, port) as runner:
        assert lines_until_ready(runner) == lines
        path = f"{api}/requests/{receipt['service_request_id']}.json"
        assert requests.get(path, params=city, timeout=PATIENCE).json()[0]["address"] == "Here"
        asked = {**city, "q": "104 e mai"}
        found = requests.get(f"{api}/addresses.json", params=asked, timeout=PATIENCE).json()
        assert found[0]["address"].startswith("104 ")
        with running(var, port + 1) as second:
            output, _ = second.communicate(timeout=PATIENCE)
            assert (second.returncode, output) == (
                1,
                "Open311 is already running from this folder. Stop it with Ctrl-C first.\n",
            )
        runner.send_signal(signal.SIGINT)
        assert runner.wait(timeout=PATIENCE) == 0
    assert not answers(port)
    assert not (var / "postgres/postmaster.pid").exists()


def contents(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("api_keys", "users", "jurisdictions", "service_requests")
        }


def test_nothing_is_added_to_a_database_of_ones_own(
    var: Path, port: int, fresh_database: Callable[[str], str], gridtown: str
) -> None:
    url = fresh_database(gridtown)
    before = contents(url)
    with running(var, port, DATABASE_URL=url, OPEN311_BIND=f"[::1]:{port}") as runner:
        lines = lines_until_ready(runner)
        assert requests.get(f"http://[::1]:{port}/health", timeout=PATIENCE).ok
    assert contents(url) == before
    assert lines[0] == f"Open311: http://[::1]:{port}/open311/v2"
    assert not any(line.startswith(("API key: ", "Staff")) for line in lines)
    assert any(line.startswith("Nothing was added to the database") for line in lines)


@pytest.mark.long
def test_tables_are_not_created_in_a_database_of_ones_own(
    var: Path, port: int, fresh_database: Callable[[str], str]
) -> None:
    with running(var, port, DATABASE_URL=fresh_database("template1")) as runner:
        output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert output.splitlines()[-1].endswith("Run open311 db upgrade first.")


@pytest.mark.long
def test_the_end_of_the_log_is_shown_when_gunicorn_does_not_start(
    var: Path, port: int, fresh_database: Callable[[str], str], gridtown: str
) -> None:
    url = fresh_database(gridtown)
    photos = var / "photos"
    photos.touch()
    with running(var, port, DATABASE_URL=url, OPEN311_MEDIA_STORE=str(photos)) as runner:
        output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert "gunicorn did not start." in output
    assert f"OPEN311_MEDIA_STORE cannot be used: this account cannot write to {photos}" in output


def test_a_port_in_use_is_told_in_one_sentence(var: Path, cluster: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(var, port, DATABASE_URL="postgresql://nowhere/x") as runner:
            output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert output.count("\n") == 1
    assert f"OPEN311_BIND=127.0.0.1:{port}" in output


def test_a_database_that_is_not_there_is_told_in_one_sentence(var: Path, port: int) -> None:
    with running(var, port, DATABASE_URL="postgresql://127.0.0.1:1/x") as runner:
        output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert output.count("\n") == 1
    assert "DATABASE_URL" in output
