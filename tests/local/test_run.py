"""make run, from its own python on, in a folder of the test's own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from servers import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import pathlib
import local.run
local.run.VAR = pathlib.Path({var!r})
raise SystemExit(local.run.main())
"""


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the account postgres can enter, too."""
    folder = tmp_path_factory.mktemp("var")
    for parent in (folder, *folder.parents):
        if parent.owner() != "root" or parent == Path("/tmp"):
            break
        parent.chmod(0o755)
    return folder


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(var: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    runner = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(var=str(var))],
        cwd=ROOT,
        env={**environment, "OPEN311_BIND": f"127.0.0.1:{port}", **settings},
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


def test_it_serves_survives_a_kill_keeps_the_data_and_stops_all(var: Path, port: int) -> None:
    with running(var, port) as runner:
        lines = lines_until_ready(runner)
        api = f"http://127.0.0.1:{port}/open311/v2"
        assert f"Open311: {api}" in lines
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
        answer = requests.post(f"{api}/requests.json", data=report, timeout=PATIENCE)
        [receipt] = answer.json()
        runner.send_signal(signal.SIGKILL)
        runner.wait()
    with running(var, port) as runner:
        lines = lines_until_ready(runner)
        assert key_line in lines
        assert staff_line in lines
        assert login in lines
        assert requests.get(items, auth=(name, password), timeout=PATIENCE).status_code == 200
        path = f"{api}/requests/{receipt['service_request_id']}.json"
        assert requests.get(path, timeout=PATIENCE).json()[0]["address"] == "Here"
        with running(var, port + 1) as second:
            output, _ = second.communicate(timeout=PATIENCE)
            assert (second.returncode, output) == (
                1,
                "Open311 is running from this folder already.\n",
            )
        runner.send_signal(signal.SIGINT)
        assert runner.wait(timeout=PATIENCE) == 0
    assert not answers(port)
    assert not (var / "postgres/postmaster.pid").exists()


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
