"""Delivery of emails to an SMTP server or into a folder."""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol

from open311.mail.outlets import Folder, Outlet, Relay

SECONDS = 20
"""Maximum time for each answer of the server."""

MOST_SENTENCE = 300
"""Characters that are kept of what a server says."""

NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
"""Enhanced status codes (RFC 3463) of a recipient that does not exist, and of nothing else: 5.7.1
is also the answer to a sender that may not use the server."""


@dataclass(eq=False)  # not frozen: Python adds the traceback
class Refusal(Exception):
    """The server did not take an email; sentence says why, without the address.

    is_final: another attempt would fail, too. is_unknown_address: the address does not exist.
    is_about_all: others would fail as well, as the server cannot be used.
    """

    sentence: str
    is_final: bool = False
    is_unknown_address: bool = False
    is_about_all: bool = False


class Post(Protocol):
    """What takes emails, each to one address."""

    def send(self, email: EmailMessage, address: str, return_path: str) -> None:
        """Deliver an email; raises Refusal. return_path is the address for bounces."""


@contextmanager
def open_post(outlet: Outlet, sender: Address) -> Iterator[Post]:
    """Yield what takes several emails: a server is connected when the first one comes."""
    if isinstance(outlet, Folder):
        yield _FolderPost(outlet)
        return
    post = _RelayPost(outlet, sender)
    try:
        yield post
    finally:
        post.close()


class _FolderPost:
    def __init__(self, folder: Folder) -> None:
        self._path = folder.path

    def send(self, email: EmailMessage, address: str, return_path: str) -> None:
        """Write a file that is named by the Message-ID, so that a repeated email replaces it."""
        name = re.sub(r"[^\w.-]", "", email["Message-ID"].partition("@")[0])
        draft = self._path / f".{name}.{os.getpid()}"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(bytes(email))
            draft.replace(self._path / f"{name}.eml")
        except OSError as error:
            sentence = f"The folder cannot be written to: {error.strerror}."
            raise Refusal(sentence, is_about_all=True) from None


class _RelayPost:
    def __init__(self, relay: Relay, sender: Address) -> None:
        self._relay = relay
        self._sender = sender
        self._server: smtplib.SMTP | None = None

    def send(self, email: EmailMessage, address: str, return_path: str) -> None:
        """Deliver an email over the connection, which is renewed if the server has ended it."""
        if self._server is None or self._server.sock is None:
            self._server = self._connected()
        try:
            self._server.send_message(email, return_path, [address])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, text)] = error.recipients.values()
            raise _refused(code, text, address) from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error, address) from None
        except smtplib.SMTPSenderRefused as error:
            sentence = _sentence(error.smtp_code, error.smtp_error, address)
            raise Refusal(sentence, is_about_all=True) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _unusable(error, address) from None

    def _connected(self) -> smtplib.SMTP:
        relay, name = self._relay, self._sender.domain
        with ExitStack() as unless_signed_in:
            try:
                if relay.is_encrypted:
                    server: smtplib.SMTP = smtplib.SMTP_SSL(
                        relay.host, relay.port, name, timeout=SECONDS, context=_verified()
                    )
                else:
                    server = smtplib.SMTP(relay.host, relay.port, name, timeout=SECONDS)
                unless_signed_in.callback(server.close)
                if relay.needs_starttls:
                    server.starttls(context=_verified())
                if relay.user:
                    server.login(relay.user, relay.password)
            except (smtplib.SMTPException, OSError) as error:
                raise _unusable(error, relay.user) from None
            unless_signed_in.pop_all()
        return server

    def close(self) -> None:
        """End the connection; an error does not matter, as nothing is under way."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()
            self._server = None


def _verified() -> ssl.SSLContext:
    return ssl.create_default_context()


def _refused(code: int, text: bytes | str, address: str) -> Refusal:
    sentence = _sentence(code, text, address)
    is_final = 500 <= code < 600
    unknown = is_final and NO_SUCH_ADDRESS.search(sentence) is not None
    return Refusal(sentence, is_final=is_final, is_unknown_address=unknown)


def _unusable(error: Exception, secret: str) -> Refusal:
    """Return why the server cannot be used; it may have taken the email just before."""
    if isinstance(error, smtplib.SMTPResponseException):
        sentence = _sentence(error.smtp_code, error.smtp_error, secret)
    else:
        sentence = f"The mail server cannot be used: {printable(str(error), secret)}"
    return Refusal(sentence, is_about_all=True)


def _sentence(code: int, text: bytes | str, address: str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return printable(f"{code} {said}", address)


def printable(text: str, secret: str) -> str:
    """Return a text in one line without an address that it may repeat."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if secret:
        line = re.sub(re.escape(secret), "…", line, flags=re.IGNORECASE)
    return line[:MOST_SENTENCE]
