"""Where emails go, and who sends them, as settings say it.

Each parser raises ValueError with the expected format, and returns None for an empty text.
"""

import re
from dataclasses import dataclass, field
from email.headerregistry import Address, HeaderRegistry
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_FORM = "it must look like smtp://user:password@mail.example.org:587, smtps://…, or folder:var/mail"
_SENDER_FORM = "it must look like Lancaster 311 <311@example.org>, in ASCII"
_NUMBER = re.compile(r"\+[0-9]{7,15}", re.ASCII)
"""A phone number, which text messages go to."""

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Relay:
    """An SMTP server; the connection is encrypted, if only by STARTTLS, except to loopback."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_encrypted: bool = False

    @property
    def needs_starttls(self) -> bool:
        return not self.is_encrypted and not is_loopback(self.host)


@dataclass(frozen=True)
class Folder:
    """A folder in which each email becomes a file, for development."""

    path: Path


Outlet = Relay | Folder


def mail_outlet(text: str) -> Outlet | None:
    """Return where emails go to."""
    if not text:
        return None
    if text.startswith("folder:") and text != "folder:":
        return Folder(Path(text.removeprefix("folder:")))
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(_FORM) from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(_FORM)
    return Relay(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
    )


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mail_sender(text: str) -> Address | None:
    """Return the sender of emails: an address in ASCII with a name, or without one."""
    if not text:
        return None
    if not text.isprintable():
        raise ValueError(_SENDER_FORM)
    header: Any = HeaderRegistry()("From", text)
    found: tuple[Address, ...] = header.addresses
    if header.defects or len(found) != 1 or not _is_whole(found[0]):
        raise ValueError(_SENDER_FORM)
    return found[0]


def _is_whole(address: Address) -> bool:
    spec = address.addr_spec
    return spec.isascii() and bool(address.username) and bool(address.domain)


def mail_recipients(text: str) -> frozenset[str]:
    """Return the addresses, domains that begin with @, and numbers that alone get messages."""
    found = frozenset(text.replace(",", " ").lower().split())
    if not all(_NUMBER.fullmatch(one) or _has_domain(one) for one in found):
        raise ValueError("it must be addresses, or domains such as @example.org, with spaces")
    return found


def _has_domain(text: str) -> bool:
    return "@" in text and "." in text.rpartition("@")[2]
