"""Bounced emails: reports that an email was not delivered, and why (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from open311.mail.transport import NO_SUCH_ADDRESS, printable

_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_FAILED = ("fail", "error")
_MOST_SAID = 1000


@dataclass(frozen=True)
class Bounce:
    """An email that was not delivered; sentence says why, without addresses.

    unknown are the addresses that do not exist, in lower case.
    """

    sentence: str
    unknown: frozenset[str] = frozenset()


def read_bounce(mail: Message) -> Bounce | None:
    """Return what a mail says about a failed delivery; None for anything else.

    A delay is no failure, and neither is the answer of somebody who is away. The report itself says
    which recipient it is about; its Status decides, because flufl.bounce calls each failure
    permanent.
    """
    temporary, permanent = all_failures(mail)
    blocks = list(_blocks(mail))
    failed = next((one for one in blocks if _action(one).startswith(_FAILED)), None)
    if blocks and failed is None:
        return None
    if not blocks and (not permanent or temporary):
        return None
    if failed is None:
        return Bounce("The email bounced. The report gives no reason.")
    said = str(failed.get("diagnostic-code", "")).partition(";")[2]
    code = _code(str(failed.get("status", "")), said)
    if code.startswith("2"):
        return None
    text = printable(_ADDRESS.sub("…", said[:_MOST_SAID]), "")
    text = text or f"{code or '5.0.0'} The email bounced."
    if NO_SUCH_ADDRESS.search(code) is None:
        return Bounce(text)
    return Bounce(text, frozenset(one.decode("ascii", "replace").lower() for one in permanent))


def _blocks(mail: Message) -> Iterator[Message]:
    """Yield what reports of delivery say about each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for one in part.get_payload():
                if isinstance(one, Message) and _action(one):
                    yield one


def _action(block: Message) -> str:
    return str(block.get("action", "")).strip().lower()


def _code(status: str, said: str) -> str:
    """Return the enhanced status code (RFC 3463) of a report.

    Some servers report x.0.0, and quote the code of the server that refused the email.
    """
    found = _CODE.search(status)
    if found is None or found[0].endswith(".0.0"):
        found = _CODE.search(said) or found
    return found[0] if found else ""
