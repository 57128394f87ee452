"""Metrics and logs of a server under watch, and the rules that are written for them."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from georeport_client import KEYS
from servers import PATIENCE, free_port, running_server, wait_until

from open311.deploy import filled

Metrics = dict[str, float]

POST = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", "description": "counted"}
ID_OF_PROXY = "0123456789abcdef"


class Watched(NamedTuple):
    """A server whose metrics are at another address, and its log."""

    address: str
    metrics: str
    log: Path

    def scrape(self) -> Metrics:
        answer = requests.get(self.metrics, timeout=PATIENCE)
        answer.raise_for_status()
        lines = re.findall(r"^([a-z]\S*) (\S+)$", answer.text, re.MULTILINE)
        return {series: float(value) for series, value in lines}

    def answers(self) -> float:
        counted = "open311_http_requests_total{"
        return sum(one for name, one in self.scrape().items() if name.startswith(counted))

    def lines(self) -> list[dict[str, object]]:
        """List the lines of the log that are JSON objects; all but those of the start are."""
        text = self.log.read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def logged(self, path: str, number: int) -> list[dict[str, object]]:
        """List the lines of so many answers, which come after the answers."""

        def found() -> list[dict[str, object]]:
            return [line for line in self.lines() if line.get("path") == path]

        assert wait_until(lambda: len(found()) >= number)
        return found()

    def messages(self, begin: str) -> list[str]:
        """List what follows the beginning of messages."""
        texts = (str(line.get("message", "")) for line in self.lines())
        return [text.removeprefix(begin) for text in texts if text.startswith(begin)]


@pytest.fixture(scope="module")
def watched(
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    port = free_port()
    folder = tmp_path_factory.mktemp("watched")
    settings = {
        "OPEN311_METRICS_BIND": f"127.0.0.1:{port}",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        "OPEN311_LOG_FORMAT": "json",
        "OPEN311_PROXIES": "1",
        "OPEN311_WORKERS": "2",
    }
    with running_server(fresh_database(gridtown), folder / "log", settings) as address:
        watched = Watched(address, f"http://127.0.0.1:{port}/metrics", folder / "log")
        assert wait_until(lambda: is_served(watched.metrics))
        yield watched


def is_served(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_all_workers_count_together_under_the_names_of_endpoints(watched: Watched) -> None:
    before = watched.scrape()
    for _number in range(12):  # each on a connection of its own, so that both workers answer
        requests.get(f"{watched.address}/open311/v2/services.json", timeout=PATIENCE)
    requests.get(f"{watched.address}/open311/nowhere", timeout=PATIENCE)
    values = {**POST, "api_key": KEYS["gridtown.example"]}
    posted = requests.post(f"{watched.address}/open311/v2/requests.json", values, timeout=PATIENCE)
    assert posted.status_code == 200
    [endpoint] = {line["endpoint"] for line in watched.logged("/open311/v2/services.json", 12)}
    series = f'open311_http_requests_total{{endpoint="{endpoint}",method="GET",status="200"}}'
    now = watched.scrape()
    assert now[series] == before.get(series, 0) + 12
    assert now[f'open311_http_seconds_count{{endpoint="{endpoint}"}}'] == now[series]
    assert not any("nowhere" in name or "services.json" in name for name in now)
    stored = [name for name in now if name.startswith("open311_requests_stored_total{")]
    assert [now[name] for name in stored] == [1]
    assert 'jurisdiction="gridtown.example"' in stored[0]
    assert wait_until(lambda: watched.scrape()["open311_db_pool_in_use"] == 0)
    assert now['open311_ready{part="database"}'] == now['open311_ready{part="migrations"}'] == 1


def test_a_worker_that_ends_leaves_its_counts_and_its_files_to_the_next(watched: Watched) -> None:
    folder = watched.log.parent / "metrics"

    def files() -> set[str]:
        return {file.name for file in folder.glob("counter_*.db")}

    assert wait_until(lambda: {"counter_0.db", "counter_1.db"} <= files())  # both have started
    before, known = watched.answers(), files()
    booted = watched.messages("Booting worker with pid: ")
    os.kill(int(booted[0]), signal.SIGTERM)
    assert wait_until(lambda: len(watched.messages("Booting worker with pid: ")) > len(booted))
    requests.get(f"{watched.address}/health", timeout=PATIENCE).raise_for_status()
    assert wait_until(lambda: watched.answers() > before)
    assert files() == known


def test_each_metric_of_the_alerts_and_the_dashboard_exists(watched: Watched) -> None:
    values = {**POST, "api_key": KEYS["gridtown.example"]}
    requests.post(f"{watched.address}/open311/v2/requests.json", values, timeout=PATIENCE)
    exposed = {name.partition("{")[0] for name in watched.scrape()}
    panels = json.loads(filled("dashboard.json", {}))["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    named = set(re.findall(r"\bopen311_\w+", "\n".join([filled("alerts.yml", {}), *asked])))
    assert len(named) > 10
    assert named - exposed == {"open311_backup_proved_timestamp_seconds"}  # of a restored copy


def test_lines_of_an_answer_have_the_request_id_that_the_proxy_sent(watched: Watched) -> None:
    path = "/open311/v2/requests/no-such-id.json"
    for sent in (ID_OF_PROXY, 'no "id" at all'):
        headers = {"X-Request-ID": sent}
        requests.get(f"{watched.address}{path}?key=secret", headers=headers, timeout=PATIENCE)
    first, second = watched.logged(path, 2)
    assert first["request_id"] == ID_OF_PROXY
    assert re.fullmatch("[0-9a-f]{32}", str(second["request_id"]))
    assert (first["method"], first["status"], first["level"]) == ("GET", "404", "INFO")
    assert isinstance(first["ms"], int)
    assert isinstance(first["db_ms"], int)
    assert first["db_trips"] == second["db_trips"] >= 1  # each answer has its own
    assert "secret" not in watched.log.read_text()
