"""Settings of email."""

from open311.mail.inbox_setting import mail_inbox
from open311.mail.outlets import mail_outlet, mail_recipients, mail_sender
from open311.setting_values import Setting, whole_number

MAIL = "OPEN311_MAIL"
INBOX = "OPEN311_MAIL_INBOX"
SENDER = "OPEN311_MAIL_FROM"

MAIL_SETTINGS = (
    Setting(
        MAIL,
        mail_outlet,
        "",
        "Server that sends emails, such as smtp://user:password@mail.example.org:587 (STARTTLS), "
        "smtps://user:password@mail.example.org, or folder:var/mail for a folder of files; by "
        "default, nobody gets emails",
    ),
    Setting(
        SENDER,
        mail_sender,
        "",
        "Sender of emails, such as Lancaster 311 <311@example.org>; required with OPEN311_MAIL",
    ),
    Setting(
        INBOX,
        mail_inbox,
        "",
        "Mailbox that is read each minute for replies and bounced emails, such as "
        "imaps://user:password@mail.example.org/INBOX, or imap:// (STARTTLS); by default, none",
    ),
    Setting(
        "OPEN311_MAIL_ONLY_TO",
        mail_recipients,
        "",
        "Addresses, domains such as @example.org, and phone numbers such as +17405550100, "
        "separated by spaces, that alone get messages, for a trial; by default, all",
    ),
    Setting(
        "OPEN311_MAIL_PER_HOUR",
        whole_number(1, 1_000_000),
        "2000",
        "Maximum emails and text messages per hour",
    ),
)

NEEDED_BY_MAIL = (SENDER, "OPEN311_PUBLIC_URL", "OPEN311_SECRET_KEY")
"""Emails have a sender, and secret links with a public address."""
