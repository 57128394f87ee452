"""A served city that sends emails when a test asks for it."""

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import requests
from applications import at_hand
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from georeport_client import KEYS
from mail_relay import Delivered, Relay
from programs import Program, started_program
from servers import PATIENCE
from settings import settings_for
from website_forms import opened

from open311.cli import main
from open311.database import Lock, only_process
from open311.letters.deliver import deliver
from open311.media.store import files_of, new_name
from open311.operations.requests.status import change_status
from open311.operations.telling.manage import retry_message
from open311.operations.telling.tell import tell_due
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.secret_links import token_of
from open311.steps.values.submissions import StoredPhoto
from open311.web.sent_media import media_store
from tests.residents.reported import SECRET, Reported, Town

SENDER = "Gridtown 311 <311@gridtown.example>"
PUBLIC_URL = "http://311.gridtown.example"
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
        with at_hand(self.database, {**self.settings, **others}) as app:
            yield app

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
            return self.deliver_here(after)

    def deliver_here(self, after: timedelta = timedelta()) -> list[Delivered]:
        """Do the same in the context of an application that is there already."""
        deliver(datetime.now(UTC) + after)
        return self.relay.taken()

    def send_in(self, email: str, *, language: str = "", **fields: str | None) -> Reported:
        """Report with the form of the website, and ask for updates; None leaves a field out."""
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
        filled = {name: text for name, text in sent.items() if text is not None}
        page = self.post(f"{language}/report", again=False, **filled)
        assert page.status_code == 303, page.text
        secret = page.headers["Location"].rpartition("/")[2]
        [[pk, name]] = self.rows(
            "SELECT pk, coalesce(service_request_id, token) FROM service_requests"
            " ORDER BY pk DESC LIMIT 1"
        )
        return Reported(name, pk, secret)

    def submit(self, path: str, **fields: str) -> requests.Response:
        """Submit a request through the API."""
        texts = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", "description": "Deep"}
        key = {"api_key": KEYS["gridtown.example"]}
        return requests.post(
            f"{self.address}{path}", data={**key, **texts, **fields}, timeout=PATIENCE
        )

    def report(self, *, link: bool = True, **fields: str) -> Reported:  # type: ignore[override]
        """Submit a request by the API; with a link, its reporter gets one as in other tests."""
        one = super().report(**fields)
        if not link:
            self.rows("DELETE FROM capabilities WHERE service_request_pk = %s", one.pk)
        return one

    def close_with_photo(self, one: Reported, note: str, photo: bytes) -> None:
        """Close a request with a photo of staff."""
        with self.at_work() as city:
            files = media_store()
            name = new_name()
            for file_name in files_of([name]):
                files.write(file_name, photo)
            medium = StoredPhoto(name, 40, 30, 1000)
            change_status(city, one.id, "fixed", note, made_by="tests", media=[medium])

    def let_pass(self, one: Reported, time: timedelta) -> None:
        """Move the history of a request into the past."""
        past = f"changed_at - interval '{time.days} days'"
        for statement in (
            "ALTER TABLE status_changes DISABLE TRIGGER USER",
            f"UPDATE status_changes SET changed_at = {past} WHERE service_request_pk = {one.pk}",
            "ALTER TABLE status_changes ENABLE TRIGGER USER",
        ):
            self.rows(statement)

    def tell(self) -> None:
        """Make messages of what is due, and send none."""
        with self.app():
            tell_due(SECRET, datetime.now(UTC))

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Be the only sender for a block."""
        with self.app(), only_process(Lock.SENDER) as is_only_one:
            assert is_only_one
            yield

    def retry(self, one: Reported) -> None:
        """Send the message about a request again, as staff do."""
        id_ = self.value("SELECT id FROM messages WHERE service_request_pk = %s", one.pk)
        with self.app():
            retry_message("gridtown.example", id_)

    def follow_token(self, one: Reported) -> str:
        """Return the token of the links of the requester's emails."""
        wish = "SELECT id FROM subscriptions WHERE service_request_pk = %s AND is_reporter"
        return token_of(SECRET, "follow", self.value(wish, one.pk))

    @contextmanager
    def silent_server(self) -> Iterator[str]:
        """The setting of a mail server that takes connections and says nothing."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"

    def everything(self) -> dict[str, object]:
        """Return the number of rows of each table, and the content of those about emails."""
        tables = ("contacts", "subscriptions", "capabilities", "messages", "tellings", "feedback")
        rows = {name: self.rows(f"SELECT * FROM {name} ORDER BY 1") for name in tables}
        return {**self.counts(), **{f"rows of {name}": found for name, found in rows.items()}}

    def command(self, *arguments: str, fails: bool = False) -> str:
        """Run an open311 command, and return its output, with that of errors if it fails."""
        with self.app() as app:
            info = ScriptInfo(create_app=lambda: app)
            done = CliRunner().invoke(main, arguments, obj=info)
        assert (done.exit_code != 0) is fails, done.output
        return done.output if fails else done.stdout

    def states(self, one: Reported) -> list[tuple[str, str, str | None]]:
        """Return the messages about a request: kind, state, and why it was not sent."""
        rows = self.rows(
            "SELECT kind, state, reason FROM messages WHERE service_request_pk = %s ORDER BY id",
            one.pk,
        )
        return [(kind, state, reason) for kind, state, reason in rows]


def only(found: list[Delivered]) -> Delivered:
    """Return the one email that was sent."""
    [one] = found
    return one


def subjects(found: list[Delivered]) -> list[str]:
    return [one.email["Subject"] for one in found]


def path_to(email: Delivered, part: str) -> str:
    """Return the path of the first link of an email that has a part."""
    return next(path for path in links(email.plain) if part in path)


def confirm(town: MailTown, email: Delivered) -> None:
    """Press the button of the page that an email leads to, as the owner of its address."""
    assert town.post(path_to(email, "/f/"), act="confirm").status_code == 200


def links(text: str) -> list[str]:
    """Return the paths of all links to the website."""
    return re.findall(rf"{re.escape(PUBLIC_URL)}(/[^\s<>\"]*)", text)


@contextmanager
def sender(town: MailTown) -> Iterator[Program]:
    """A process that sends what is due."""
    environment = settings_for(town.database, **town.settings)
    with started_program(["mail", "send"], {**os.environ, **environment}) as program:
        yield program
