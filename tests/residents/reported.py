"""Requests on a served city with a website, with the secret links of their reporters."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests
from applications import at_hand
from database_rows import rows_of
from georeport_client import KEYS
from images import from_a_phone
from requests.adapters import HTTPAdapter
from servers import PATIENCE

from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status, wait_for_reporter
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.secret_links import hash_of_token, token_of

SECRET = "a secret of the tests, long enough for it"
PHOTO = ("media", ("photo.jpg", from_a_phone(), "image/jpeg"))
NO_PHOTO = ("media", ("", b"", "application/octet-stream"))
"""What a browser sends of a file field that was left empty."""


@dataclass(frozen=True)
class Reported:
    """A request; id is its number, or its token before it is approved."""

    id: str
    pk: int
    secret: str


@dataclass(frozen=True)
class Town:
    """A served Gridtown with a website."""

    address: str
    database: str

    def report(self, *, photos: int = 0, service: str = "POTHOLE", **fields: str) -> Reported:
        """Submit a request by the API, and give its reporter a secret link."""
        texts = {
            "api_key": KEYS["gridtown.example"],
            "service_code": service,
            "lat": "0.5",
            "long": "0.5",
            "description": "Deep hole",
            "address_string": "1 Main Street",
            **fields,
        }
        files = [*((name, (None, text)) for name, text in texts.items()), *[PHOTO] * photos]
        answer = requests.post(
            f"{self.address}/open311/v2/requests.json",
            files=files,
            headers={"Idempotency-Key": uuid4().hex},
            timeout=PATIENCE,
        )
        assert answer.status_code == 200, answer.text
        [[pk, name]] = self.rows(
            "SELECT pk, coalesce(service_request_id, token, '') FROM service_requests"
            " ORDER BY pk DESC LIMIT 1"
        )
        secret = token_of(SECRET, "track", pk)
        self.rows(
            "INSERT INTO capabilities (purpose, service_request_pk, generation, token_hash,"
            " created_at) VALUES ('track', %s, 1, %s, now())",
            pk,
            hash_of_token(secret),
        )
        return Reported(name, pk, secret)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return rows_of(self.database, statement, *values)

    def value(self, statement: str, *values: object) -> Any:
        [[value]] = self.rows(statement, *values)
        return value

    @contextmanager
    def at_work(self) -> Iterator[Scope]:
        """The city, for operations of staff."""
        with at_hand(self.database):
            yield get_jurisdiction("gridtown.example")

    def change(self, one: Reported, status: str, note: str = "") -> None:
        with self.at_work() as city:
            change_status(city, one.id, status, note, made_by="tests")

    def ask(self, one: Reported, question: str) -> None:
        with self.at_work() as city:
            wait_for_reporter(city, one.id, question, "tests")

    def join(self, one: Reported, main: Reported) -> None:
        with self.at_work() as city:
            link_duplicate(city, one.id, main.id, "tests")

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", headers=headers, timeout=PATIENCE)

    def post(
        self, path: str, *, photos: int = 0, again: bool = True, **fields: str
    ) -> requests.Response:
        """Send a form from an address of its own, as limits are for each address.

        again says whether to follow to the page after it.
        """
        sent = [PHOTO] * photos or [NO_PHOTO]
        files = [*((name, (None, text)) for name, text in fields.items()), *sent]
        return browser().post(
            f"{self.address}{path}",
            files=files,
            allow_redirects=again,
            timeout=PATIENCE,
        )

    def counts(self) -> dict[str, int]:
        """The number of rows of each table that only a request changes, and the newest change."""
        tables = [name for (name,) in self.rows(_TABLES) if name not in FOLDED]
        found = {name: int(self.value(f'SELECT count(*) FROM "{name}"')) for name in tables}
        return {**found, "change": self.value("SELECT last_value FROM change_numbers")}


_addresses = itertools.count(256)


def browser() -> requests.Session:
    """A browser at an address that no other has."""
    session = requests.Session()
    adapter = HTTPAdapter()
    number = next(_addresses)
    adapter.init_poolmanager(1, 60, source_address=(f"127.1.{number // 256}.{number % 256}", 0))
    session.mount("http://", adapter)
    session.headers["Sec-Fetch-Site"] = "same-origin"
    return session


FOLDED = ("request_grid", "request_grid_log")
"""Tables that the server itself changes every minute: totals for the map."""

_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " ORDER BY relname"
)
