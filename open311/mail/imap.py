"""The mailbox of an IMAP server: mails are listed, read, and put into other folders."""

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from open311.mail.inbox_setting import Inbox
from open311.mail.transport import printable

SECONDS = 20
"""Maximum time for each answer of the server."""

AT_ONCE = 50
"""Headers that are asked for in one command."""


@dataclass(eq=False)  # not frozen: Python adds the traceback
class InboxUnusable(Exception):
    """The mailbox cannot be read; sentence says why, without the password."""

    sentence: str


@dataclass(frozen=True)
class Head:
    """A mail in the mailbox: its number there, its size in bytes, and its raw headers."""

    uid: str
    size: int
    headers: Sequence[tuple[str, str]]


class OpenInbox:
    """A mailbox whose user has signed in."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        self._folders: dict[str, str] = {}
        self.stuck: str | None = None
        """Why a mail could not be moved; the others are."""

    def numbering(self) -> str:
        """Return what the numbers of mails belong to: they have others when it changes."""
        folder = self._box.folder
        return str(folder.status(folder.get(), ["UIDVALIDITY"])["UIDVALIDITY"])

    def list_since(self, day: date) -> Sequence[str]:
        """List the numbers of mails that came on a day or later, oldest first."""
        return self._box.uids(AND(date_gte=day), charset=None)

    def heads(self, uids: Sequence[str]) -> Iterator[Head]:
        """Yield the headers of mails; those that have vanished are left out."""
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            found = self._box.fetch(uid_list=some, headers_only=True, mark_seen=False, bulk=AT_ONCE)
            for one in found:
                if one.uid is not None:
                    pairs = [(name, str(value)) for name, value in one.obj.items()]
                    yield Head(one.uid, one.size_rfc822, pairs)

    def read(self, uid: str) -> bytes | None:
        """Return a mail as it came; None if it has vanished, or the server cannot hand it out."""
        answer, found = self._box.client.uid("FETCH", uid, "(BODY.PEEK[])")
        if answer != "OK":
            return None
        return next((one[1] for one in found if isinstance(one, tuple)), None)

    def put(self, uid: str, name: str) -> None:
        """Move a mail into a folder, which is created if it is not there."""
        folder = self._folders.get(name)
        if folder is None:
            folder = self._folders[name] = f"{self._prefix()}{name}"
            if not self._box.folder.exists(folder):
                self._box.folder.create(folder)
        try:
            self._box.move(uid, folder)
        except UnexpectedCommandStatusError as error:
            self.stuck = printable(str(error), "")

    def _prefix(self) -> str:
        """Return how the names of folders begin that are not the inbox: with INBOX. on some."""
        client = self._box.client
        if "NAMESPACE" in client.capabilities:
            _ok, [found] = client.namespace()
            text = bytes(found or b"").decode("ascii", "replace")
            if text.startswith('(("'):
                return text.removeprefix('(("').partition('"')[0]
        return ""


@contextmanager
def open_inbox(inbox: Inbox) -> Iterator[OpenInbox]:
    """Yield a mailbox, and sign out in the end; raises InboxUnusable, also in the block."""
    box: BaseMailBox | None = None
    try:
        box = _connected(inbox)
        _sign_in(box, inbox)
        _ok, [found] = box.client.capability()  # it may be more than before
        box.client.capabilities = tuple(bytes(found).decode("ascii", "replace").upper().split())
        yield OpenInbox(box)
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        sentence = f"The mailbox cannot be used: {printable(str(error), inbox.password)}"
        raise InboxUnusable(sentence) from None
    finally:
        if box is not None:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                box.logout()


def _sign_in(box: BaseMailBox, inbox: Inbox) -> None:
    sign_in = box.login if f"{inbox.user}{inbox.password}".isascii() else box.login_utf8
    sign_in(inbox.user, inbox.password, inbox.folder)


def _connected(inbox: Inbox) -> BaseMailBox:
    host, port = inbox.host, inbox.port
    if inbox.is_encrypted:
        secure = ssl.create_default_context()
        return MailBox(host, port, timeout=SECONDS, ssl_context=secure)
    if inbox.needs_starttls:
        secure = ssl.create_default_context()
        return MailBoxStartTls(host, port, timeout=SECONDS, ssl_context=secure)
    return MailBoxUnencrypted(host, port, timeout=SECONDS)
