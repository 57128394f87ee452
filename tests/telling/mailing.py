"""A served city that sends emails when a test asks for it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from applications import in_context
from flask import Flask
from mail_relay import Delivered, Relay
from website_forms import opened

from open311.letters.deliver import deliver
from open311.queries.jurisdictions import Scope, get_jurisdiction
from tests.residents.reported import SECRET, Reported, Town

SENDER = "Gridtown 311 <311@gridtown.example>"
PUBLIC_URL = "https://311.gridtown.example"
LATER = timedelta(minutes=3)
"""A time after which a new status is told."""


def mail_environment(relay: Relay, media: Path) -> dict[str, str]:
    """Return the settings of a server that sends emails."""
    return {
        "OPEN311_MAIL": relay.setting,
        "OPEN311_MAIL_FROM": SENDER,
        "OPEN311_PUBLIC_URL": PUBLIC_URL,
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(media),
    }


@dataclass(frozen=True, kw_only=True)
class MailTown(Town):
    """A served Gridtown whose emails a relay takes."""

    address: str = field(kw_only=False)
    database: str = field(kw_only=False)
    relay: Relay
    settings: Mapping[str, str]

    @contextmanager
    def app(self, **others: str) -> Iterator[Flask]:
        """The application with the settings of the city, and others."""
        yield from in_context(self.database, {**self.settings, **others})

    @contextmanager
    def at_work(self) -> Iterator[Scope]:
        """The city, for operations of staff, whose steps are told."""
        with self.app():
            yield get_jurisdiction("gridtown.example")

    def forget(self) -> None:
        """Forget all messages, and who gets them."""
        self.rows("DELETE FROM tellings")
        self.rows("DELETE FROM contacts")
        self.relay.emails.clear()
        self.relay.at_rcpt.clear()
        self.relay.at_data.clear()

    def deliver(self, after: timedelta = timedelta(), **others: str) -> list[Delivered]:
        """Send what is due after a time, and return the emails."""
        with self.app(**others):
            deliver(datetime.now(UTC) + after)
        return self.relay.taken()

    def send_in(self, email: str, *, language: str = "", **fields: str) -> Reported:
        """Report with the form of the website, and ask for updates."""
        sent = {
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "address_string": "1 Main Street",
            "description": f"A deep hole {uuid4().hex}",
            "opened": opened(SECRET),
            "sending": str(uuid4()),
            "email": email,
            "wants_updates": "1",
            **fields,
        }
        page = self.post(f"{language}/report", again=False, **sent)
        assert page.status_code == 303, page.text
        secret = page.headers["Location"].rpartition("/")[2]
        [[pk, name]] = self.rows(
            "SELECT pk, coalesce(service_request_id, token) FROM service_requests"
            " ORDER BY pk DESC LIMIT 1"
        )
        return Reported(name, pk, secret)

    def states(self, one: Reported) -> list[tuple[str, str, str | None]]:
        """Return the messages about a request: kind, state, and why it was not sent."""
        rows = self.rows(
            "SELECT kind, state, reason FROM messages WHERE service_request_pk = %s ORDER BY id",
            one.pk,
        )
        return [(kind, state, reason) for kind, state, reason in rows]


def links(text: str) -> list[str]:
    """Return the paths of all links to the website."""
    return re.findall(rf"{re.escape(PUBLIC_URL)}(/[^\s<>\"]*)", text)
