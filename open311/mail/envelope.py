"""An email as it is sent: headers, plain text, HTML, and pictures inside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

# A line of 78 characters would turn a long List-Unsubscribe into an encoded word.
_POLICY = SMTP.clone(max_line_length=998)


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
    email["From"] = sender
    email["To"] = Address(addr_spec=address)
    if reply_to:
        email["Reply-To"] = Address(addr_spec=reply_to)
    email["Subject"] = letter.subject
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<{message_id}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is away from this
    if letter.stop_url:
        email["List-Unsubscribe"] = f"<{letter.stop_url}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.list_id:
        email["List-Id"] = f"<{letter.list_id}>"
    email.set_content(letter.plain, cte="quoted-printable")
    email.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    html = email.get_payload()[1]  # type: ignore[index]
    for picture in letter.pictures:
        html.add_related(  # type: ignore[union-attr]
            picture.content,
            maintype="image",
            subtype="jpeg",
            cid=f"<{picture.name}>",
            disposition="inline",
            filename=picture.name,
        )
    return email
