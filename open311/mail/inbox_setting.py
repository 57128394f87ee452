"""The mailbox for replies and bounced emails, as configured."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

from open311.mail.outlets import is_loopback, mail_sender
from open311.mail.tags import InboxAddress

_FORM = "it must look like imaps://user:password@mail.example.org/INBOX, or imap://… (STARTTLS)"
_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True)
class Inbox:
    """A folder of an IMAP server; the connection is encrypted, if only by STARTTLS, or loopback."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    is_encrypted: bool = False

    @property
    def needs_starttls(self) -> bool:
        return not self.is_encrypted and not is_loopback(self.host)


def mail_inbox(text: str) -> Inbox | None:
    """Return the mailbox of a setting; None for an empty one. Raises ValueError with the format."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(_FORM) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    is_whole = parts.hostname and user and password and not (parts.query or parts.fragment)
    if not is_whole or not f"{user}{password}{folder}".isprintable():
        raise ValueError(_FORM)
    return Inbox(str(parts.hostname), port, user, password, folder, parts.scheme == "imaps")


def inbox_address(inbox: Inbox, sender: Address) -> InboxAddress:
    """Return the address of a mailbox: the name of its user if that is one, or else the sender's.

    Raises ValueError if it is too long to be tagged.
    """
    try:
        own = mail_sender(inbox.user) or sender
    except ValueError:
        own = sender
    return InboxAddress(own.username, own.domain)
