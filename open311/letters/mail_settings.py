"""How this server sends emails and text messages, as its settings say."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

from flask import current_app

from open311.mail.inbox_setting import inbox_address
from open311.mail.outlets import Outlet
from open311.mail.tags import BOUNCE, REPLY, InboxAddress, Tag
from open311.operations.telling.send import Outgoing, SendingRules
from open311.operations.telling.send_alerts import AlertOutgoing
from open311.operations.telling.send_staff import StaffOutgoing
from open311.secret_links import code_of
from open311.sms.settings import TextGateway

AnyOutgoing = Outgoing | StaffOutgoing | AlertOutgoing


@dataclass(frozen=True)
class MailSettings:
    """How this server sends emails, and text messages if there is a gateway."""

    outlet: Outlet
    sender: Address
    rules: SendingRules
    per_hour: int
    gateway: TextGateway | None = None
    inbox: InboxAddress | None = None

    def message_id(self, message_id: int, made_at: datetime) -> str:
        """Return the Message-ID of a message, the same each time it is sent."""
        return f"{message_id}.{int(made_at.timestamp()):x}@{self.sender.domain}"

    def return_path(self, message_id: int) -> str:
        """Return the address for bounces of a message: one of its own if a mailbox is read."""
        if self.inbox is None:
            return self.sender.addr_spec
        return self.inbox.tagged(Tag(BOUNCE, message_id, self.bounce_code(message_id)))

    def bounce_code(self, message_id: int) -> str:
        """Return what proves that a report is about a message that was sent."""
        return code_of(self.rules.secret_key, "bounce", message_id)

    def reply_to(self, outgoing: AnyOutgoing) -> str:
        """Return the address for replies to a message; empty if it is that of the sender."""
        code = outgoing.recipient.reply_code if isinstance(outgoing, Outgoing) else ""
        if self.inbox is None or not code:
            return ""
        return self.inbox.tagged(Tag(REPLY, outgoing.id, code))


def mail_settings() -> MailSettings | None:
    """Return the settings of email; None if there is none."""
    config = current_app.config
    if config["OPEN311_MAIL"] is None:
        return None
    inbox, sender = config["OPEN311_MAIL_INBOX"], config["OPEN311_MAIL_FROM"]
    return MailSettings(
        config["OPEN311_MAIL"],
        sender,
        SendingRules(
            config["OPEN311_SECRET_KEY"],
            config["OPEN311_MAIL_ONLY_TO"],
            sends_texts=config["OPEN311_SMS"] is not None,
            takes_replies=inbox is not None,
        ),
        config["OPEN311_MAIL_PER_HOUR"],
        config["OPEN311_SMS"],
        None if inbox is None else inbox_address(inbox, sender),
    )


def takes_replies() -> bool:
    """Return whether requesters can answer emails by replying."""
    settings = mail_settings()
    return settings is not None and settings.inbox is not None
