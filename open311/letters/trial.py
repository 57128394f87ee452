"""Emails that are sent at once, as a test."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from open311.database import end_reads
from open311.errors import Conflict
from open311.letters.mail_settings import MailSettings
from open311.mail.envelope import Letter, write_email
from open311.mail.transport import Refusal, open_post
from open311.messages.telling import MAIL_REFUSED


def send_test(settings: MailSettings, letter: Letter, address: str) -> None:
    """Send a letter to one address, without the headers that end a subscription.

    Raises Conflict with what the mail server said.
    """
    now = datetime.now(UTC)
    message_id = f"test.{secrets.token_hex(8)}@{settings.sender.domain}"
    alone = replace(letter, stop_url="", list_id="")
    email = write_email(alone, settings.sender, address, message_id, now)
    end_reads()  # the mail server may be slow: no transaction waits for it
    try:
        with open_post(settings.outlet, settings.sender) as post:
            post.send(email, address, settings.return_path(0))
    except Refusal as refusal:
        raise Conflict(MAIL_REFUSED, sentence=refusal.sentence) from None
