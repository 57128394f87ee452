"""Messages about emails and their texts."""

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
INBOX_OFF = Message(
    "telling.inbox_off",
    api="No mailbox is configured. Set OPEN311_MAIL_INBOX, as docs/mail.md describes.",
)
INBOX_UNUSABLE = Message(
    "telling.inbox_unusable",
    api="%(sentence)s Check OPEN311_MAIL_INBOX.",
)
MAIL_REFUSED = Message(
    "telling.mail_refused",
    everywhere=N_("The email was not sent. %(sentence)s"),
)
SMS_OFF = Message(
    "telling.sms_off",
    page=N_("This server sends no text messages."),
    api="No gateway for text messages is set. Set OPEN311_SMS, as docs/text-messages.md says.",
)
SMS_REFUSED = Message(
    "telling.sms_refused",
    page=N_("The gateway did not take the text message."),
    api="The gateway did not take the text message. Check the address and its password.",
)
MAIL_OFF_PAGE = Message(
    "telling.mail_off_page",
    page=N_("This server sends no emails. The system administrator can configure a mail server."),
)
TEST_NOT_ALLOWED = Message(
    "telling.test_not_allowed",
    page=N_("Only a few addresses get emails for now, and this is none of them."),
)
TEST_TO_REQUESTER = Message(
    "telling.test_to_requester",
    page=N_(
        "This is an address of the requester or of a follower of request %(id)s. Enter your own "
        "address, or another request."
    ),
)
TOO_MANY_TESTS = Message(
    "telling.too_many_tests",
    page=N_("You have sent many test emails. Wait %(minutes)s minutes and try again."),
)
NO_PREVIEW = Message(
    "telling.no_preview",
    page=N_("There is no request yet that an email could be about."),
)
NO_WEBSITE = Message(
    "telling.no_website",
    everywhere=N_("Emails need a website, which their links lead to. Open the website first."),
)
MESSAGE_UNKNOWN = Message(
    "telling.message_unknown",
    page=N_("There is no such email."),
)
TEXT_CHANGED_SINCE = Message(
    "text.changed_since",
    page=N_(
        "%(who)s saved version %(version)s while you were working. Your text was not saved. "
        "Compare it with that version, and save it again to replace that version."
    ),
    api="%(who)s saved version %(version)s in the meantime. Nothing was stored. Try again.",
)
NO_SUCH_VERSION = Message(
    "text.no_such_version",
    everywhere=N_("There is no version %(version)s of this text."),
)
TEXT_EMPTY = Message(
    "text.empty",
    everywhere=N_("%(field)s would be empty in some emails. Write something that is always there."),
)
TEXT_TOO_LONG = Message(
    "text.too_long",
    everywhere=N_(
        "%(field)s is too long (%(length)s characters). Use %(limit)s characters or fewer."
    ),
)
TEXT_ONE_LINE = Message(
    "text.one_line",
    everywhere=N_("%(field)s must be one line."),
)
TEXT_UNBALANCED = Message(
    "text.unbalanced",
    everywhere=N_(
        "%(field)s has brackets that do not match. Begin each placeholder with (( and end it "
        "with ))."
    ),
)
TEXT_UNKNOWN = Message(
    "text.unknown",
    everywhere=N_(
        "%(field)s has unknown placeholders: %(names)s. Use those of the list, in lower case."
    ),
)
TEXT_LACKS = Message(
    "text.lacks",
    everywhere=N_("%(field)s lacks %(name)s. Add it outside of other placeholders."),
)
TEXT_LACKS_LINK = Message(
    "text.lacks_link",
    everywhere=N_("%(field)s lacks a link to %(name)s, such as %(example)s."),
)
TEXT_SUBJECT_LINK = Message(
    "text.subject_link",
    everywhere=N_("%(field)s cannot contain links. Remove ((%(name)s))."),
)
TEXT_LINK_PART = Message(
    "text.link_part",
    everywhere=N_("%(name)s cannot be part of a web address. Use it as text."),
)
TEXT_WHOLE_LINK = Message(
    "text.whole_link",
    everywhere=N_(
        "“%(target)s” is not a whole web address. Begin it with https://, mailto:, or tel:."
    ),
)
TEXT_HAS_HTML = Message(
    "text.has_html",
    everywhere=N_("%(field)s contains HTML. Use Markdown, such as **bold** or [text](https://…)."),
)
TEXT_HAS_IMAGE = Message(
    "text.has_image",
    everywhere=N_("%(field)s contains an image. Emails load nothing, so link to it instead."),
)
TEXT_DELAY = Message(
    "text.delay",
    everywhere=N_("%(field)s must be a whole number of minutes, one day at most."),
)
