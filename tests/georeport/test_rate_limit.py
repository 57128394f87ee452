"""Too many HTTP requests from one key or address."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import requests
from fakeredis import TcpFakeServer
from georeport_client import KEYS, Answer, Api, Sandbox
from limits.storage import RedisStorage
from servers import PATIENCE, running_server

Fresh = Callable[[str], str]

LIMIT = 5
addresses = (f"192.0.2.{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """The address of a Redis."""
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    threading.Thread(target=server.serve_forever).start()
    _host, port = server.server_address
    # This imitation hangs up on a client whose script it does not know yet. A real one does not.
    with redis.Redis(port=int(port)) as client:
        client.script_load(RedisStorage.SCRIPT_INCR_EXPIRE)
    yield f"redis://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=["memory", "redis"])
def limited_server(
    request: pytest.FixtureRequest,
    fresh_database: Fresh,
    gridtown: str,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of gunicorn behind a proxy, limiting by memory, or by Redis for two workers."""
    settings = {
        "OPEN311_RATE_LIMIT": f"{LIMIT} per hour; 100 per day",
        "OPEN311_RATE_LIMIT_STORAGE": "memory://" if request.param == "memory" else redis_url,
        "OPEN311_WORKERS": "1" if request.param == "memory" else "2",
        "OPEN311_PROXIES": "1",
    }
    log = tmp_path_factory.mktemp("limited") / "log"
    with running_server(fresh_database(gridtown), log, settings) as address:
        yield address
    assert "unreachable" not in log.read_text()


class Caller(Api):
    """Somebody at an address of their own."""

    def __init__(self, server: str, format: str, key: str = "") -> None:
        super().__init__(server, format, key)
        self.home = next(addresses)

    def send(self, method: str, path: str, **options: object) -> Answer:
        headers = {"X-Forwarded-For": self.home}
        return super().send(method, path, headers=headers, **options)


@pytest.fixture
def caller(limited_server: str, format: str) -> Caller:
    return Caller(limited_server, format)


def statuses(caller: Api, times: int, path: str = "v2/services", **parameters: str) -> list[int]:
    return [caller.get(path, **parameters).status for _number in range(times)]


def test_too_many_are_told_to_wait(caller: Caller) -> None:
    """EXT-09"""
    assert statuses(caller, LIMIT) == [200] * LIMIT
    answer = caller.get("v2/services")
    assert answer.status == 429
    assert answer.sentences == ["Too many requests. Try again after the time in Retry-After."]
    seconds = answer.response.headers["Retry-After"]
    assert 1 <= int(seconds) <= 3600
    assert answer.response.headers["Access-Control-Allow-Origin"] == "*"


def test_all_endpoints_count_together(caller: Caller) -> None:
    for path in ("discovery", "v2/services", "v2/requests", "v2/services/SURVEY", "v2/requests/0"):
        assert caller.get(path).status in {200, 404}
    assert statuses(caller, 1, "v2/tokens/0") == [429]
    assert caller.post(service_code="POTHOLE").status == 429


def test_other_addresses_are_not_affected(limited_server: str, format: str) -> None:
    first, second = Caller(limited_server, format), Caller(limited_server, format)
    assert statuses(first, LIMIT + 1)[-1] == 429
    assert statuses(second, LIMIT) == [200] * LIMIT


def test_invalid_keys_and_that_of_the_sandbox_give_no_fresh_allowance(caller: Caller) -> None:
    for key in ("wrong", "wrong too", "sandbox", "", "key-of-hilltown"):
        assert caller.get("v2/services", api_key=key).status == 200
    assert caller.get("v2/services", api_key="another").status == 429
    assert caller.get("v2/services", api_key="sandbox").status == 429


@pytest.mark.parametrize("format", ["xml"], indirect=True)
def test_a_valid_key_counts_wherever_it_comes_from(limited_server: str, format: str) -> None:
    key = KEYS["gridtown.example"]
    callers = [Caller(limited_server, format, key) for _number in range(LIMIT + 1)]
    taken = [caller.post(service_code="POTHOLE", lat=0.5, long=0.5).status for caller in callers]
    assert taken == [200] * LIMIT + [429]
    assert statuses(callers[0], LIMIT + 1) == [200] * LIMIT + [429]
    assert callers[1].get("v2/services", api_key=key).status == 429


def test_what_cannot_be_read_counts_for_its_address(caller: Caller) -> None:
    broken = {"data": b"nothing", "params": {"api_key": "x"}}
    for _number in range(LIMIT):
        headers = {"Content-Type": "multipart/form-data", "X-Forwarded-For": caller.home}
        url = f"{caller.address}/open311/v2/requests.{caller.format}"
        assert requests.post(url, headers=headers, timeout=PATIENCE, **broken).status_code == 400
    assert statuses(caller, 1) == [429]


def test_the_health_of_the_server_may_be_asked_for_at_any_time(caller: Caller) -> None:
    for _number in range(LIMIT + 3):
        headers = {"X-Forwarded-For": caller.home}
        answer = requests.get(f"{caller.address}/health", headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200
    assert statuses(caller, LIMIT) == [200] * LIMIT


def test_after_the_wait_it_goes_on(
    fresh_database: Fresh, gridtown: str, tmp_path: Path, format: str
) -> None:
    settings = {"OPEN311_RATE_LIMIT": "1 per 3 seconds", "OPEN311_WORKERS": "1"}
    with running_server(fresh_database(gridtown), tmp_path / "log", settings) as address:
        api = Sandbox(address, format, "sandbox")
        while (answer := api.get("v2/services")).status == 200:
            pass
        assert answer.status == 429
        time.sleep(int(answer.response.headers["Retry-After"]))
        assert api.get("v2/services").status == 200


def test_without_redis_all_are_let_through_and_the_log_says_so_once(
    fresh_database: Fresh, gridtown: str, tmp_path: Path, format: str
) -> None:
    """Each worker counts for itself in the meantime."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = {
        "OPEN311_RATE_LIMIT": "20 per hour",
        "OPEN311_RATE_LIMIT_STORAGE": f"redis://127.0.0.1:{port}",
        "OPEN311_WORKERS": "1",
    }
    log = tmp_path / "log"
    with running_server(fresh_database(gridtown), log, settings) as address:
        api = Api(address, format, KEYS["gridtown.example"])
        assert statuses(api, 20) == [200] * 20
        assert statuses(api, 1) == [429]
        assert api.report()
    lines = log.read_text().splitlines()
    assert sum("unreachable" in line for line in lines) == 1
    assert not any("Traceback" in line for line in lines)


def test_a_map_of_staff_counts_for_who_opened_it_and_guesses_for_the_address(
    fresh_database: Fresh,
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path: Path,
) -> None:
    city = fresh_database(gridtown)
    told = run_command(city, "users", "create", "gis", "--role", "viewer", "--generate")
    right = ("gis", told.strip().rpartition("Password: ")[2])
    settings = {"OPEN311_RATE_LIMIT": "5 per hour", "OPEN311_WORKERS": "1"}
    with running_server(city, tmp_path / "log", settings) as address:

        def ask(user: tuple[str, str] | None) -> int:
            url = f"{address}/ogc/collections/requests/items"
            return requests.get(url, auth=user, timeout=PATIENCE).status_code

        assert [ask(right) for _ in range(7)] == [200] * 6 + [429]  # the first is not known yet
        guesses = [ask(("gis", f"guess {number}")) for number in range(5)]
        assert guesses == [401] * 4 + [429]
        assert ask(None) == 429  # nor does the address get around it
