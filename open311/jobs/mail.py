"""Emails, which are sent each second."""

from flask import Flask

from open311.jobs.registry import every
from open311.letters.deliver import deliver


def _sends_email(app: Flask) -> bool:
    return app.config["OPEN311_MAIL"] is not None


@every(1, needed=_sends_email)
def send_emails() -> None:
    """Make messages of what happened, and send those that are due, in one process at a time."""
    deliver()
