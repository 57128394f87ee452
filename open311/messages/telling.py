"""Messages about emails."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

MESSAGE_NOT_FAILED = Message(
    "telling.not_failed",
    page=N_("This email has not failed. Reload the page to see its state."),
)
NOT_SUPPRESSED = Message(
    "telling.not_suppressed",
    api="Nothing prevents emails to %(address)s. List addresses with open311 mail suppressed list.",
)
MAIL_OFF = Message(
    "telling.mail_off",
    page=N_("This server sends no emails. Ask the system administrator to set up a mail server."),
    api="No email server is configured. Set OPEN311_MAIL, as docs/mail.md describes.",
)
MAIL_REFUSED = Message(
    "telling.mail_refused",
    api="The email was not sent. %(sentence)s",
)
