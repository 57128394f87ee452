"""An email as it is sent: headers, plain text, HTML, and pictures inside it."""

from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

LONGEST_LINE = 998
"""Characters of a line (RFC 5322). A usual limit of 78 would turn a long List-Unsubscribe into an
encoded word."""

_BOUNDARY = "=_open311"
"""What separates the parts: "=_" is in no text that is quoted-printable (RFC 2045)."""


class _Policy(EmailPolicy):
    """Takes plain headers as they are: to parse them cost more than all the rest of an email."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        is_plain = type(value) is str and value.isascii() and value.isprintable()
        if is_plain and len(name) + len(value) < LONGEST_LINE:
            return name, value
        return super().header_store_parse(name, value)

    def header_max_count(self, name: str) -> int | None:
        """Return that a header may be there often: each is set once."""
        return None


_POLICY = _Policy(linesep="\r\n", max_line_length=LONGEST_LINE)


@lru_cache(16)
def _parsed(name: str, value: str) -> Any:
    """Return a header that many emails have."""
    return _POLICY.header_factory(name, value)


@dataclass(frozen=True)
class Picture:
    """A JPEG image that the HTML shows as cid:name."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a message says, as plain text and as a whole HTML page.

    stop_url is a page that ends such messages, and that a mail program can POST to (RFC 8058).
    """

    subject: str
    plain: str
    html: str
    stop_url: str = ""
    list_id: str = ""
    pictures: Sequence[Picture] = ()


def write_email(
    letter: Letter,
    sender: Address,
    address: str,
    message_id: str,
    now: datetime,
    reply_to: str = "",
) -> EmailMessage:
    """Return the email of a letter to one address; message_id has no brackets.

    Replies go to reply_to, or else to the sender.
    """
    email = EmailMessage(policy=_POLICY)
    email["From"] = _parsed("From", str(sender))
    email["To"] = str(Address(addr_spec=address))
    if reply_to:
        email["Reply-To"] = str(Address(addr_spec=reply_to))
    email["Subject"] = letter.subject
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<{message_id}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is away from this
    if letter.stop_url:
        email["List-Unsubscribe"] = f"<{letter.stop_url}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.list_id:
        email["List-Id"] = f"<{letter.list_id}>"
    email["MIME-Version"] = "1.0"
    kind = f'multipart/alternative; boundary="{_BOUNDARY}"'
    email["Content-Type"] = _parsed("Content-Type", kind)
    email.set_payload([_part(letter.plain, "plain"), _with_pictures(letter)])
    return email


def _with_pictures(letter: Letter) -> MIMEPart:
    html = _part(letter.html, "html")
    for picture in letter.pictures:
        html.add_related(
            picture.content,
            maintype="image",
            subtype="jpeg",
            cid=f"<{picture.name}>",
            disposition="inline",
            filename=picture.name,
        )
    return html


def _part(text: str, kind: str) -> MIMEPart:
    """Return a part of an email: a plain text, or html."""
    part = MIMEPart(policy=_POLICY)
    part["Content-Type"] = _parsed("Content-Type", f'text/{kind}; charset="utf-8"')
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(text.encode()).decode("ascii"))
    return part
