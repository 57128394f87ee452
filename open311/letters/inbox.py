"""The server's mailbox: replies and bounced emails are read and processed."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from open311.database import Lock, end_reads, only_process
from open311.errors import Busy
from open311.letters.incoming import Processed, has_code, process_mail
from open311.letters.mail_settings import MailSettings, mail_settings
from open311.logs import log_failure
from open311.mail.imap import Head, InboxUnusable, OpenInbox, open_inbox
from open311.mail.inbox_setting import Inbox
from open311.mail.incoming import digest_of, digest_of_headers, find_tag, headers_of
from open311.mail.tags import InboxAddress, Tag
from open311.operations.telling.receive import note_mail
from schemas.vocabulary.incoming import BROKEN, SET_ASIDE, TOO_LARGE, UNKNOWN

log = logging.getLogger(__name__)

DONE, NEEDS_REVIEW = "Open311 done", "Open311 needs review"
"""Folders of the mailbox for processed mails, and for a person to look at."""

SEARCHED = timedelta(days=14)
"""Age of mails up to which they are looked for."""

MOST_MAILS = 200
"""Mails that are read in one turn."""

MOST_BYTES = 40_000_000
"""Size of a mail; larger ones are not read."""

_UNAVAILABLE = (Busy, OperationalError, InterfaceError, NoConnectionFree)
"""Errors of the database that are no fault of a mail."""


@dataclass
class _Known:
    """Mails of a mailbox that are not for this server, by number, as of a numbering."""

    numbering: str = ""
    others: set[str] = field(default_factory=set)


_known: dict[Inbox, _Known] = {}
"""What this process has seen, so that headers of other mails are asked for once."""


def fetch_mails(now: datetime | None = None) -> Mapping[str, int]:
    """Read the mails that came, and return their numbers by outcome. now is aware, for tests.

    Does nothing without a mailbox, and while another process does it. Raises InboxUnusable. Mails
    to other addresses are left alone. A mail is moved after the commit of what it does, so one that
    is read again has been noted.
    """
    settings, inbox = mail_settings(), current_app.config["OPEN311_MAIL_INBOX"]
    if settings is None or settings.inbox is None or inbox is None:
        return {}
    with only_process(Lock.INBOX) as is_only_one:
        if not is_only_one:
            return {}
        moment = now or datetime.now(UTC)
        with open_inbox(inbox) as box:
            known = _known.setdefault(inbox, _Known())
            found = _list_ours(box, known, settings.inbox, (moment - SEARCHED).date())
            outcomes = Counter[str]()
            for head, tag in found[:MOST_MAILS]:
                outcome = _take(box, head, tag, settings, moment)
                if outcome is not None:
                    outcomes[outcome] += 1
            if box.stuck is not None:
                raise InboxUnusable(f"Emails cannot be moved to other folders: {box.stuck}")
            return outcomes


def check_inbox(inbox: Inbox) -> None:
    """Sign in to the mailbox, and out again; raises InboxUnusable."""
    with open_inbox(inbox):
        pass


def _list_ours(
    box: OpenInbox, known: _Known, address: InboxAddress, since: date
) -> Sequence[tuple[Head, Tag]]:
    """List mails to addresses with a tag, and remember the others."""
    numbering = box.numbering()
    if known.numbering != numbering:
        known.numbering, known.others = numbering, set()
    uids = box.list_since(since)
    known.others &= set(uids)
    ours: list[tuple[Head, Tag]] = []
    for head in box.heads([uid for uid in uids if uid not in known.others]):
        tag = find_tag(head.headers, address)
        if tag is None:
            known.others.add(head.uid)
        else:
            ours.append((head, tag))
    return ours


def _take(
    box: OpenInbox, head: Head, tag: Tag, settings: MailSettings, now: datetime
) -> str | None:
    """Read and process a mail, and move it; return its outcome, None if that has to wait."""
    unread = UNKNOWN if not has_code(tag, settings) else None
    if head.size > MOST_BYTES:
        unread = unread or TOO_LARGE
    end_reads()  # the server may be slow: no transaction waits for it
    if unread is not None:  # anyone can send such mails
        note_mail(digest_of_headers(head.headers), unread, now)
        box.put(head.uid, NEEDS_REVIEW)
        return unread
    raw = box.read(head.uid)
    headers = headers_of(raw or b"")
    if raw is None or settings.inbox is None or find_tag(headers, settings.inbox) != tag:
        return None
    try:
        done = process_mail(raw, headers, tag, settings, now)
    except _UNAVAILABLE:
        raise
    except Exception as error:  # the others must not wait for this one
        log_failure(log, f"Mail {head.uid} about message {tag.message_id}", error)
        end_reads()
        done = Processed(note_mail(digest_of(raw), BROKEN, now))
    finally:
        end_reads()
    if done is None:
        return None
    box.put(head.uid, NEEDS_REVIEW if done.outcome in SET_ASIDE else DONE)
    return None if done.is_repeated else done.outcome
