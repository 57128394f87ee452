"""Two served Gridtowns, of which one forwards to the other or to a server that a test defines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from applications import at_hand
from database_rows import rows_of
from georeport_client import KEYS, Api

from open311.forwarding.following import follow_due
from open311.forwarding.reach import encrypted
from open311.forwarding.sending import send_due
from open311.operations.forwarding.endpoints import save_endpoint, turn
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.steps.values.forwarding import EndpointValues

GRIDTOWN = "gridtown.example"
SECRET = "a secret of the tests, long enough for it"
SERVER = "county"
NAME = "Grid County"
MARK = "Forwarded by Gridtown: "


@dataclass(frozen=True)
class Place:
    """A Gridtown on a database, served at an address."""

    address: str
    database: str
    media: Path

    @property
    def settings(self) -> dict[str, str]:
        return {**settings_of(self.address), "OPEN311_MEDIA_STORE": str(self.media)}

    @property
    def api(self) -> Api:
        return Api(self.address, "json", KEYS[GRIDTOWN])

    @contextmanager
    def at_work(self) -> Iterator[Scope]:
        """The city, for operations of staff and for rounds of forwarding."""
        with at_hand(self.database, self.settings):
            yield get_jurisdiction(GRIDTOWN)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return rows_of(self.database, statement, *values)

    def value(self, statement: str, *values: object) -> Any:
        [[value]] = self.rows(statement, *values)
        return value

    def send(self) -> int:
        """Send what is due, as the worker does."""
        with self.at_work():
            return send_due()

    def follow(self) -> int:
        """Ask the other servers, however short ago they were asked."""
        self.rows("UPDATE foreign_endpoints SET polled_at = NULL")
        with self.at_work():
            return follow_due()

    def forwarded(self, service_request_id: str) -> dict[str, Any]:
        """The row of a forwarding; empty without one."""
        names = ("state", "foreign_id", "token", "attempts", "sentence")
        rows = self.rows(
            f"SELECT {', '.join('f.' + name for name in names)} FROM forwardings f"
            " JOIN service_requests ON pk = service_request_pk WHERE service_request_id = %s",
            service_request_id,
        )
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def review(self, service_request_id: str) -> dict[str, str]:
        """The open triage entries of a request: details by reason."""
        return dict(
            self.rows(
                "SELECT reason, detail FROM triage_entries"
                " JOIN service_requests ON pk = service_request_pk"
                " WHERE service_request_id = %s AND settled_at IS NULL",
                service_request_id,
            )
        )


def settings_of(address: str) -> dict[str, str]:
    """Return settings of a server that may forward to servers of this machine."""
    return {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_FORWARD_PRIVATE": "127.0.0.1",
        "OPEN311_PUBLIC_URL": address,
    }


def forward(place: Place, address: str, *departments: str, **values: Any) -> None:
    """Let departments of a place forward to an address."""
    settings: dict[str, Any] = {
        "code": SERVER,
        "name": NAME,
        "url": f"{address}/open311/v2",
        "service_map": {"POTHOLE": "POTHOLE", "LAMP": "LAMP", "SURVEY": "SURVEY"},
        "sends_photos": True,
        "poll_minutes": 1,
        "departments": departments,
    }
    with place.at_work() as city:
        key = encrypted(KEYS[GRIDTOWN])
        save_endpoint(
            city.jurisdiction_id, EndpointValues(**{**settings, "encrypted_key": key, **values})
        )
        turn(city.jurisdiction_id, SERVER, on=True)
    place.rows("UPDATE foreign_endpoints SET has_updates = true")
