"""What a mail is before its text is read: whom it is from, and whether a program wrote it."""

import re
from collections.abc import Iterator, Sequence
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from hashlib import sha256

from open311.mail.tags import InboxAddress, Tag

Headers = Sequence[tuple[str, str]]
"""Names and raw values of the headers of a mail, in order."""

_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "resent-to")
"""Headers with the address that a mail was delivered to, the most certain ones first."""

_OF_PROGRAMS = ("list-id", "x-autoreply", "x-autorespond", "x-auto-reply", "x-loop")
"""Headers that only programs write."""

_BULK = ("bulk", "list", "junk", "auto_reply")
_MAILERS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply")


def _values(headers: Headers, name: str) -> Iterator[str]:
    return (" ".join(value.split()) for one, value in headers if one.lower() == name)


def _first(headers: Headers, name: str) -> str:
    return next(_values(headers, name), "")


def headers_of(raw: bytes) -> Headers:
    """Return the headers of a mail."""
    return [(name, str(value)) for name, value in BytesHeaderParser().parsebytes(raw).items()]


def find_tag(headers: Headers, address: InboxAddress) -> Tag | None:
    """Return the tag of the address that a mail was sent to; None without one."""
    return address.find(value for name in _TO for value in _values(headers, name))


def sender_of(headers: Headers) -> str:
    """Return the address that a mail says it is from, in lower case; empty without one."""
    pairs = getaddresses([_first(headers, "from")])  # not decoded: a name could become an address
    return next((found.lower() for _name, found in pairs if "@" in found), "")


def is_automatic(headers: Headers, address: InboxAddress) -> bool:
    """Return whether a program wrote a mail, which is no reply of a person (RFC 3834).

    So are the emails of this server, which would otherwise answer itself.
    """
    submitted = _first(headers, "auto-submitted").partition(";")[0].strip().lower()
    sender = sender_of(headers)
    return (
        submitted not in ("", "no")
        or _first(headers, "precedence").lower() in _BULK
        or "<>" in _values(headers, "return-path")
        or _first(headers, "content-type").lower().startswith("multipart/report")
        or any(_first(headers, name) for name in _OF_PROGRAMS)
        or sender.partition("@")[0] in _MAILERS
        or address.is_own(sender)
    )


def digest_of(raw: bytes) -> bytes:
    """Return the SHA-256 of what is the same whenever a mail is delivered or read again."""
    head, _blank, body = re.sub(rb"\r\n", b"\n", raw).partition(b"\n\n")
    lines = re.sub(rb"\n[ \t]+", b" ", head).split(b"\n")
    same = sorted(one for one in lines if one.lower().startswith(_SAME))
    return sha256(b"\n".join(same) + b"\n\n" + body).digest()


def digest_of_headers(headers: Headers) -> bytes:
    """Return the same of a mail that is not read."""
    lines = "".join(f"{name}: {value}\n" for name, value in headers)
    return digest_of(lines.encode("utf-8", "surrogateescape"))


_SAME = (b"message-id:", b"from:", b"date:", b"subject:")
