"""Emails, sent each second, what alerts collect, and what the clock and the mailbox say."""

import logging
import time

from flask import Flask

from open311.jobs.registry import every, is_stopping, periodic
from open311.letters.deliver import collect, deliver, look_at_clock
from open311.letters.inbox import fetch_mails
from open311.mail.imap import InboxUnusable

log = logging.getLogger(__name__)


REST = 4
"""How many times as long as it has worked the sender rests: 5,000 emails take almost 3 minutes."""


class Pace:
    """Rests of a thread, each REST times as long as it has worked: answers need the processors.

    What counts is its CPU time, so that a slow mail server does not become slower.
    """

    def __init__(self) -> None:
        self._rested = time.thread_time()

    def rest(self) -> None:
        """Let other processes and threads run."""
        time.sleep(REST * (time.thread_time() - self._rested))
        self._rested = time.thread_time()


def _sends_email(app: Flask) -> bool:
    return app.config["OPEN311_MAIL"] is not None


@every(1, needed=_sends_email)
def send_emails() -> None:
    """Make messages of what happened, and send those that are due, in one process at a time."""
    deliver(rest=Pace().rest, is_ending=is_stopping.get())


@every(5, needed=_sends_email)
def collect_alerts() -> None:
    """Add what has changed to the messages of alerts. Without alerts, this is one statement."""
    collect()


def _reads_mailbox(app: Flask) -> bool:
    return app.config["OPEN311_MAIL_INBOX"] is not None


@every(60, needed=_reads_mailbox)
def read_mailbox() -> None:
    """Read replies and bounced emails, in one process at a time."""
    try:
        fetch_mails()
    except InboxUnusable as error:
        log.warning("No replies are read. %s", error.sentence)


def _each_minute(app: Flask) -> str | None:
    return "* * * * * 5" if _sends_email(app) else None


@periodic(_each_minute)
def watch_clock() -> None:
    """Notify staff of what is due or overdue, and send the emails of a day at 7:00 in each city."""
    look_at_clock()
