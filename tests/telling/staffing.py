"""Staff of a served city who get emails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mail_relay import Delivered

from open311.letters.deliver import deliver, look_at_clock
from open311.operations.catalog import change_mailbox
from open311.operations.people.notices import change_email, choose_notices
from open311.operations.people.users import create_user
from open311.operations.requests.assign import assign
from open311.operations.routing.department import hand_over
from schemas.vocabulary.notices import (
    AT_ONCE,
    DIGEST,
    OFF,
    USUAL_OF_DEPARTMENTS,
    USUAL_OF_USERS,
)
from tests.residents.reported import Reported
from tests.telling.mailing import MailTown

CITY = "gridtown.example"
COLLECTED = timedelta(seconds=61)
"""Time after which staff are told."""

PEOPLE = {
    "ann": ("dispatcher", None),
    "bea": ("administrator", None),
    "wes": ("department", "WEST"),
}
PASSWORD = "a password for tests"

ALL_AT_ONCE = dict.fromkeys({**USUAL_OF_USERS, **USUAL_OF_DEPARTMENTS}, AT_ONCE)
ALL_IN_DIGEST = dict.fromkeys(ALL_AT_ONCE, DIGEST)
NOTHING = dict.fromkeys(ALL_AT_ONCE, OFF)


def address_of(name: str) -> str:
    return f"{name}@staff.example"


@dataclass(frozen=True, kw_only=True)
class Staffed:
    """A city whose staff get emails, and nobody else."""

    town: MailTown

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self.town.app():
            yield

    def hire(self) -> None:
        """Add PEOPLE with their addresses, once."""
        with self.town.app():
            for name, (role, department) in PEOPLE.items():
                create_user(CITY, name, PASSWORD, role, department, address_of(name))

    def start(self) -> None:
        """Forget all that happened, and give everybody an address and the usual choices."""
        self.town.forget()
        for statement in (
            "DELETE FROM staff_tellings",
            "DELETE FROM messages",
            "DELETE FROM notice_clocks",
            "UPDATE departments SET email = NULL, notices = '{}'",
            "UPDATE users SET email = lower(name) || '@staff.example', notices = '{}'",
            "UPDATE users SET language = 'en', disabled_at = NULL",
            "UPDATE service_requests SET assigned_user_id = NULL",
        ):
            self.town.rows(statement)

    def choose(self, name: str, choices: dict[str, str], language: str = "en") -> None:
        kept = {event: choices[event] for event in USUAL_OF_USERS if event in choices}
        with self.town.app():
            choose_notices(self.id_of(name), language, kept)

    def id_of(self, name: str) -> int:
        return int(self.town.value("SELECT id FROM users WHERE name = %s", name))

    def mailbox(self, code: str, choices: dict[str, str] | None = None) -> str:
        """Give a department a mailbox, and return its address."""
        email = f"{code.lower()}@dept.example"
        kept = {one: choice for one, choice in (choices or {}).items() if one in _OF_MAILBOXES}
        with self.town.app():
            change_mailbox(CITY, code, email, kept)
        return email

    def move(self, name: str, email: str | None) -> None:
        with self.town.app():
            change_email(CITY, name, email)

    def assign(self, one: Reported, name: str, by: str = "bea") -> None:
        with self.town.at_work() as city:
            assign(city, one.id, name, by)

    def transfer(self, one: Reported, department: str, reason: str = "It is theirs.") -> None:
        with self.town.at_work() as city:
            hand_over(city, one.id, department, reason, "bea")

    def due(self, one: Reported, moment: datetime | None) -> None:
        statement = "UPDATE service_requests SET expected_datetime = %s WHERE pk = %s"
        self.town.rows(statement, moment, one.pk)

    def told(self, after: timedelta = COLLECTED) -> list[Delivered]:
        """Send what is due after a time, and return the emails."""
        return self.town.deliver(after)

    def at(self, moment: datetime) -> list[Delivered]:
        """Look at the clock and send what is due at a moment, and return the emails."""
        with self.town.app():
            look_at_clock(moment)
            deliver(moment)
        return self.town.relay.taken()

    def reasons(self) -> list[tuple[str, str, str | None]]:
        rows = self.town.rows("SELECT kind, state, reason FROM messages ORDER BY id")
        return [(kind, state, reason) for kind, state, reason in rows]


_OF_MAILBOXES = USUAL_OF_DEPARTMENTS


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def to(found: list[Delivered]) -> dict[str, list[str]]:
    """Return the subjects that each address got."""
    got: dict[str, list[str]] = {}
    for one in found:
        for recipient in one.recipients:
            got.setdefault(recipient, []).append(one.email["Subject"])
    return got
