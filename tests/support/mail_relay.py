"""An SMTP server on loopback, which takes emails or fails as tests ask it to."""

import email
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from servers import free_port

HANG_UP = "hang up"
"""What a relay does that takes an email and ends the connection before it says so."""


@dataclass(frozen=True)
class Delivered:
    """An email as the relay got it."""

    sender: str
    recipients: list[str]
    email: EmailMessage

    @property
    def plain(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.email.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class Relay:
    """The relay: at_rcpt and at_data are answers to the next commands, each used once.

    A function at_data is called once the email was taken, before the answer.
    """

    port: int = 0
    emails: list[Delivered] = field(default_factory=list)
    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str | Callable[[], None]] = field(default_factory=list)

    @property
    def setting(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def taken(self) -> list[Delivered]:
        """Return the emails that came since this was asked last."""
        found = list(self.emails)
        self.emails.clear()
        return found

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.at_rcpt.pop(0) if self.at_rcpt else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        step = self.at_data.pop(0) if self.at_data else "250 OK"
        answer = step if isinstance(step, str) else "250 OK"
        if answer == HANG_UP or answer.startswith("2"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.emails.append(Delivered(envelope.mail_from, list(envelope.rcpt_tos), message))
        if not isinstance(step, str):
            step()
        if answer == HANG_UP:
            server.transport.abort()
        return answer


@contextmanager
def running_relay(**options: Any) -> Iterator[Relay]:
    """Run a relay on a free port; options are those of aiosmtpd, such as ssl_context."""
    port = free_port()
    relay = Relay(port)
    controller = Controller(relay, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()
