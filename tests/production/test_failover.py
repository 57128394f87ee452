"""The primary of the database dies, or can only be read, while clients submit requests."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from georeport_client import KEYS
from replicated import Pair, replicated
from servers import PATIENCE, running_server, wait_until

from local.cluster import Cluster

pytestmark = pytest.mark.operations

CLIENTS = 4


@pytest.fixture(scope="module")
def pair(cluster: Cluster, gridtown: str) -> Iterator[Pair]:
    with replicated(cluster) as pair:
        pair.wait_for_each_commit()
        yield pair


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gunicorn") / "log"


@pytest.fixture(scope="module")
def address(pair: Pair, gridtown: str, log: Path) -> Iterator[str]:
    """A server of two workers that knows both hosts."""
    with running_server(pair.url(gridtown), log, {"OPEN311_WORKERS": "2"}) as address:
        yield address


class Clients:
    """Clients that submit requests during a block, one after the other."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._submit_all) for _ in range(CLIENTS)]
        self.acknowledged: list[tuple[float, str]] = []
        self.refused: list[requests.Response] = []

    def __enter__(self) -> "Clients":
        for one in self._threads:
            one.start()
        assert self.are_served()
        return self

    def __exit__(self, *_about: object) -> None:
        self._end.set()
        for one in self._threads:
            one.join()

    def are_served(self) -> bool:
        """Return whether more requests are acknowledged, after some time."""
        before = len(self.acknowledged)
        return wait_until(lambda: len(self.acknowledged) > before + CLIENTS)

    def _submit_all(self) -> None:
        while not self._end.is_set():
            self._submit(str(uuid4()))

    def _submit(self, description: str) -> None:
        values = {
            "api_key": KEYS["gridtown.example"],
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "description": description,
        }
        url = f"{self._address}/open311/v2/requests.json"
        answer = requests.post(url, values, timeout=PATIENCE)
        if answer.status_code == 200:
            self.acknowledged.append((time.monotonic(), description))
        else:
            self.refused.append(answer)


def test_nothing_acknowledged_is_lost_with_the_primary(
    pair: Pair, address: str, gridtown: str, figure: Callable[[str, object], None]
) -> None:
    with Clients(address) as clients:
        pair.primary.kill()
        assert wait_until(lambda: len(clients.refused) > CLIENTS)
        features = requests.get(f"{address}/ogc/collections/requests/items", timeout=PATIENCE)
        pair.standby.promote()
        promoted = time.monotonic()
        assert clients.are_served()
        assert clients.are_served()
    assert (features.status_code, features.headers["Retry-After"]) == (503, "5")
    # The standard sets 400 for a failure of the back end.
    said = {(one.status_code, one.headers.get("Retry-After")) for one in clients.refused}
    assert said == {(400, "5")}
    found = pair.standby.execute("SELECT description FROM service_requests", gridtown)
    stored = {description for (description,) in found}
    lost = [one for _at, one in clients.acknowledged if one not in stored]
    back = min(at for at, _one in clients.acknowledged if at > promoted) - promoted
    figure("acknowledged requests around the loss of the primary", len(clients.acknowledged))
    figure("seconds from the promotion to the first acknowledged request", f"{back:.2f}")
    assert lost == []


def test_a_host_that_can_only_be_read_is_left(
    pair: Pair, address: str, gridtown: str, log: Path
) -> None:
    """It comes after the test before: the standby is the primary now"""
    with Clients(address) as clients:
        pair.standby.change("default_transaction_read_only", "on")
        assert wait_until(lambda: len(clients.refused) > 4 * CLIENTS)
        pair.standby.change("default_transaction_read_only", "off")
        assert clients.are_served()
    said = {(one.status_code, one.headers.get("Retry-After")) for one in clients.refused}
    assert said == {(400, "5")}
    states = Counter(
        line.rpartition(" ")[2] for line in log.read_text().splitlines() if "no database" in line
    )
    connections = min(2 * 8, CLIENTS)  # those of both pools that clients can use at a time
    assert 0 < states["25006"] <= connections
