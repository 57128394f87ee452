"""Reads from a standby that replays late: nobody misses what they did themselves."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import requests
from georeport_client import KEYS
from replicated import Pair, replicated
from requests.adapters import HTTPAdapter
from servers import PATIENCE, running_server, wait_until

from local.cluster import Cluster

pytestmark = pytest.mark.operations

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
DELAY = "4s"  # less than the time for which a client's address counts
WRITES = 50
SEEN = "X-Open311-Seen"


@pytest.fixture(scope="module")
def pair(cluster: Cluster, gridtown: str) -> Iterator[Pair]:
    with replicated(cluster) as pair:
        pair.standby.change("recovery_min_apply_delay", DELAY)
        yield pair


@pytest.fixture(scope="module")
def address(pair: Pair, gridtown: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    settings = {
        "OPEN311_WORKERS": "2",
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_READ_DATABASE_URL": pair.standby.cluster.url(gridtown),
    }
    with running_server(pair.primary.cluster.url(gridtown), log, settings) as address:
        yield address


class From(HTTPAdapter):
    """Connections from another address of this machine, as from another client."""

    def init_poolmanager(self, *arguments: object, **named: object) -> None:
        super().init_poolmanager(*arguments, **named, source_address=(self.address, 0))  # type: ignore[arg-type]

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()


def client_at(address: str) -> requests.Session:
    client = requests.Session()
    client.mount("http://", From(address))
    return client


class Asked:
    """What clients ask: a list, a request, and a map."""

    def __init__(self, server: str) -> None:
        self._server = server

    def submit(self, client: requests.Session, description: str) -> tuple[str, str]:
        """Submit a request, and return its id and the position after it."""
        values = {
            "api_key": KEYS["gridtown.example"],
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "description": description,
        }
        url = f"{self._server}/open311/v2/requests.json"
        answer = client.post(url, values, timeout=PATIENCE)
        [stored] = answer.json()
        return stored["service_request_id"], answer.headers[SEEN]

    def sees(self, client: requests.Session, id_: str, seen: str | None = None) -> list[bool]:
        """Return for each of four reads whether it shows a request."""
        headers = {SEEN: seen} if seen else {}
        paths = (
            "/open311/v2/requests.json?page_size=5",
            f"/open311/v2/requests/{id_}.json",
            "/ogc/collections/requests/items?limit=1000",
            "/open311/v2/requests.json?sort=changed&page_size=1000",
        )
        answers = [
            client.get(f"{self._server}{path}", headers=headers, timeout=PATIENCE) for path in paths
        ]
        assert {answer.status_code for answer in answers} == {200}
        return [id_ in answer.text for answer in answers]


def test_nobody_misses_what_they_did(
    pair: Pair, address: str, figure: Callable[[str, object], None]
) -> None:
    asked = Asked(address)
    here, elsewhere, stranger = (client_at(f"127.0.0.{number}") for number in (1, 2, 3))
    seen_by: Counter[str] = Counter()
    for number in range(WRITES):
        with requests.Session() as app:  # keeps cookies
            app.mount("http://", From("127.0.0.1"))
            id_, position = asked.submit(app, f"number {number}")
            stale = asked.sees(stranger, id_)
            here.cookies.clear()
            reads = {
                "cookie": asked.sees(app, id_),
                "address": asked.sees(here, id_),
                "header, from elsewhere": asked.sees(elsewhere, id_, position),
            }
            for how, found in reads.items():
                assert found == [True] * 4, how
                seen_by[how] += len(found)
            # The list in the order of changes, and what is not found, come from the primary.
            assert (stale[1], stale[3]) == (True, True)
            seen_by["stale, by strangers"] += stale.count(False)
    assert seen_by["stale, by strangers"] > 0  # or nothing was read from the standby
    assert wait_until(lambda: all(asked.sees(stranger, id_)))
    figure("reads after a write that showed it, by what told them", dict(seen_by))


def test_the_primary_answers_where_the_standby_does_not(pair: Pair, address: str) -> None:
    """It comes last: the standby is gone afterward"""
    asked, client = Asked(address), client_at("127.0.0.4")
    id_, _position = asked.submit(client, "before")
    pair.standby.kill()
    for _read in range(4):
        assert asked.sees(client_at("127.0.0.5"), id_) == [True] * 4
