"""A served city whose emails people answer, and mail servers send back."""

import itertools
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from mail_relay import Delivered
from mailbox_dovecot import Mailbox

from open311.cli import main
from open311.letters import incoming
from open311.letters.inbox import DONE, NEEDS_REVIEW, fetch_mails
from open311.mail.imap import OpenInbox
from tests.residents.reported import Reported
from tests.telling.mailing import LATER, MailTown, confirm, only

KIM = "kim@mail.example"
QUESTION = "Which side of the street?"
ANSWER = "On the north side, next to the bakery."

ON = "On Sun, Nov 29, 2026 at 8:03 PM Gridtown 311 <311@gridtown.example> wrote:"


@dataclass(frozen=True, kw_only=True)
class InboxTown(MailTown):
    """A served Gridtown with a mailbox."""

    mailbox: Mailbox

    def forget(self) -> None:
        super().forget()
        self.rows("DELETE FROM incoming_mails")
        self.mailbox.clear()

    def fetch(self) -> dict[str, int]:
        """Read the mailbox, and return the numbers of mails by outcome."""
        with self.app():
            return dict(fetch_mails())

    def take(self, *mails: EmailMessage | bytes) -> dict[str, int]:
        """Let mails arrive, and read the mailbox."""
        for mail in mails:
            self.mailbox.put(mail if isinstance(mail, bytes) else bytes(mail))
        return self.fetch()

    def folders(self) -> tuple[int, int, int]:
        """Return the number of mails in the inbox, of those processed, and of those set aside."""
        inbox, done, aside = (self.mailbox.mails(one) for one in ("INBOX", DONE, NEEDS_REVIEW))
        return len(inbox), len(done), len(aside)

    def asked(self, address: str = KIM, language: str = "") -> tuple[Reported, Delivered]:
        """Report with a confirmed address, be asked by staff, and return the email about it."""
        one = self.send_in(address, language=language)
        confirm(self, only(self.deliver()))
        self.ask(one, QUESTION)
        return one, only(self.deliver(LATER))

    def sent(self, address: str = KIM) -> tuple[Reported, Delivered]:
        """Report, and return the receipt."""
        one = self.send_in(address)
        return one, only(self.deliver())

    def waits(self, one: Reported) -> bool:
        return (
            self.value("SELECT waits_since FROM service_requests WHERE pk = %s", one.pk) is not None
        )

    def comments(self, one: Reported) -> list[tuple[str, bool]]:
        """Return what was added to a request, and whether it is public."""
        rows = self.rows(
            "SELECT description, comment_id IS NOT NULL FROM received_updates"
            " WHERE service_request_pk = %s ORDER BY id",
            one.pk,
        )
        return [(text, public) for text, public in rows]

    def reviews(self, one: Reported) -> list[str]:
        """Return why staff are to look at a request."""
        rows = self.rows(
            "SELECT reason FROM triage_entries WHERE service_request_pk = %s"
            " AND settled_at IS NULL ORDER BY reason",
            one.pk,
        )
        return [reason for (reason,) in rows]

    def message(self) -> tuple[str, str]:
        """Return the state of the only message, and why it failed."""
        [row] = self.rows("SELECT state, failure FROM messages")
        return row

    def blocked(self) -> tuple[str | None, bool | None]:
        """Return why the only address gets nothing, and whether that is for more than 60 days."""
        [row] = self.rows(
            "SELECT suppressed_why, suppressed_until - now() > interval '60 days' FROM contacts"
        )
        return row


def die_before(name: str, number: int, environment: Mapping[str, str]) -> None:
    """Read the mailbox in this process, and end it before a function of FATAL is called again.

    number says how often it was called before.
    """
    where, attribute = FATAL[name]
    function, calls = getattr(where, attribute), itertools.count()

    def die(*arguments: object) -> object:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)

    setattr(where, attribute, die)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["open311", "mail", "fetch"]
    main()


FATAL: Mapping[str, tuple[object, str]] = {
    "put": (OpenInbox, "put"),
    "note_mail": (incoming, "note_mail"),
}


def reply(
    to: Delivered,
    text: str = ANSWER,
    sender: str = KIM,
    headers: Mapping[str, str] | None = None,
    quote: Callable[[str], str] | None = None,
) -> EmailMessage:
    """Return a reply to an email, written above its text."""
    mail = EmailMessage()
    mail["From"] = f"Kim <{sender}>"
    mail["To"] = to.email["Reply-To"]
    mail["Subject"] = f"Re: {to.email['Subject']}"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain="mail.example")
    mail["In-Reply-To"] = to.email["Message-ID"]
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content((quote or quoted_below(text))(to.plain))
    return mail


def quoted_below(text: str) -> Callable[[str], str]:
    """Return how a mail program quotes an email below the reply."""

    def quote(plain: str) -> str:
        lines = "\n".join(f"> {line}" for line in plain.splitlines())
        return f"{text}\n\n{ON}\n\n{lines}\n"

    return quote
