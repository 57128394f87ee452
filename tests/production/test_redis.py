"""Redis, through which two servers count together; without it, each counts for itself."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import requests
from servers import PATIENCE, free_port, running_server, wait_until

from local.debian import SYSTEM_PATH

REDIS = shutil.which("redis-server", path=SYSTEM_PATH)

pytestmark = [
    pytest.mark.operations,
    pytest.mark.skipif(REDIS is None, reason="no Redis is installed here"),
]

LIMIT = 10


class RedisServer:
    """A Redis that keeps nothing on the disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/"]
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", str(REDIS), *options], stdout=subprocess.DEVNULL
        )
        assert wait_until(self._responds)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _responds(self) -> bool:
        with contextlib.suppress(redis.ConnectionError), redis.Redis(port=self.port) as client:
            return bool(client.ping())
        return False


@pytest.fixture
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


def statuses(address: str, count: int) -> list[int]:
    url = f"{address}/open311/v2/services.json"
    return [requests.get(url, timeout=PATIENCE).status_code for _ in range(count)]


def test_two_servers_count_together_and_go_on_without_it(
    server: RedisServer, fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    database = fresh_database(gridtown)
    settings = {
        "OPEN311_RATE_LIMIT": f"{LIMIT} per day",
        "OPEN311_RATE_LIMIT_STORAGE": f"redis://127.0.0.1:{server.port}/0",
    }
    with (
        running_server(database, tmp_path / "first", settings) as first,
        running_server(database, tmp_path / "second", settings) as second,
    ):
        assert statuses(first, LIMIT // 2) + statuses(second, LIMIT // 2) == [200] * LIMIT
        assert statuses(first, 1) + statuses(second, 1) == [429, 429]

        server.stop()
        assert statuses(first, LIMIT) == [200] * LIMIT  # each counts for itself
        assert statuses(second, 1) == [200]

        server.start()  # it has forgotten everything
        assert wait_until(lambda: counted(first, server))
    for log in ("first", "second"):
        lines = (tmp_path / log).read_text().splitlines()
        assert sum("unreachable" in line for line in lines) >= 1
        assert not any("Traceback" in line for line in lines)


def counted(address: str, server: RedisServer) -> bool:
    """Ask once, and return whether Redis has counted it."""
    statuses(address, 1)
    with redis.Redis(port=server.port) as client:
        return client.dbsize() > 0
