"""The texts of emails to staff: Markdown with the placeholders of mail/markup.py.

A text about several requests has another subject than one about a single one. After the body
comes a line for each request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.vocabulary import notices
from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class StaffText:
    """Subjects for one request and for several, and the paragraphs before the list of them."""

    subject: str
    subject_of_many: str
    body: Sequence[str] = ()


ITEM = "[((id))((service??: ((service))))((place??, ((place))))](((link)))"
"""A request in a list; nothing in it needs a translation."""

DUE = N_("((due??Due ((due)).))")
BY = N_("((who??Assigned by ((who)).))")
FROM = N_("((reason??Transferred from ((from)) by ((who)): “((reason))”))")

TEXTS: Mapping[str, StaffText] = {
    notices.NEW: StaffText(
        N_("New for ((department)): ((id))((service??, ((service))))"),
        N_("New for ((department)): ((count)) requests"),
    ),
    notices.ASSIGNED: StaffText(
        N_("Assigned to you((who?? by ((who)))): ((id))((service??, ((service))))"),
        N_("Assigned to you: ((count)) requests"),
    ),
    notices.HANDED_OVER: StaffText(
        N_("Transferred to ((department)) from ((from)): ((id))"),
        N_("Transferred to ((department)): ((count)) requests"),
    ),
    notices.ANSWERED: StaffText(
        N_("Answered: ((id))"),
        N_("Answered: ((count)) requests"),
        (N_("The requester answered the question. The due date is no longer paused."),),
    ),
    notices.NOT_SOLVED: StaffText(
        N_("Not solved, says the requester: ((id))"),
        N_("Not solved, say the requesters: ((count)) requests"),
    ),
    notices.DUE: StaffText(
        N_("Due tomorrow: ((id))((service??, ((service))))"),
        N_("Due tomorrow: ((count)) requests"),
    ),
    notices.OVERDUE: StaffText(
        N_("Overdue((for_days?? for two working days)): ((id))"),
        N_("Overdue((for_days?? for two working days)): ((count)) requests"),
    ),
}
"""By event."""

NEWS_NAMES: Mapping[str, str] = {
    notices.ASSIGNED: N_("Assigned to you"),
    notices.HANDED_OVER: N_("Transferred to your department"),
    notices.ANSWERED: N_("Answered by the requester"),
    notices.NOT_SOLVED: N_("Not solved, says the requester"),
}
"""Headings of the requests that the email of a day lists."""

DAY_SUBJECT = N_("((user??Your day, ((date))))((mailbox??((mailbox)), ((date))))")
WEEKLY_SUBJECT = N_("Weekly report((department??, ((department)))): ((week))")
WEEKLY_NOTE = N_("As of ((moment)). Later changes are in the next report.")
WEEKLY_LINK = N_("[See the report with charts](((report_link)))")
NUMBERS = N_("Work queue")
MORE = N_("((more??And ((more)) more: [see all](((list_link)))))")

INVITATION = StaffText(
    N_("Your account for ((city))"),
    "",
    (
        N_("An account was created for you. Your username is **((user))**."),
        N_("[Choose a password](((password_link)))"),
        N_("The link works once, until ((until)). After that, ask an administrator for another."),
    ),
)
PASSWORD_RESET = StaffText(
    N_("Choose a new password for ((city))"),
    "",
    (
        N_("Someone asked for a new password for the account **((user))**."),
        N_("[Choose a new password](((password_link)))"),
        N_("The link works once, until ((until))."),
        N_("If it was not you, do nothing. Your password stays as it is."),
    ),
)
EMAIL_CHANGE = StaffText(
    N_("Confirm your email address for ((city))"),
    "",
    (
        N_("Someone entered this address for the account **((user))**."),
        N_("[Confirm this email address](((email_link)))"),
        N_("The link works once, until ((until))."),
        N_("If it was not you, do nothing. The account keeps its address."),
    ),
)
EMAIL_CHANGED = StaffText(
    N_("Your account for ((city)) has another email address"),
    "",
    (
        N_("The account **((user))** no longer uses this address. Its emails do not come here."),
        N_("If it was not you, tell an administrator at once."),
    ),
)
WEBHOOK_PAUSED = StaffText(
    N_("A webhook of ((city)) was paused"),
    "",
    (
        N_("No message could be delivered for 3 days to ((hosts))."),
        N_("Resume the webhook when that server works again. It then gets what it missed."),
        N_("[See the webhooks](((webhooks_link)))"),
    ),
)
TEST = StaffText(
    N_("Test email"),
    "",
    (N_("This is a test. Emails of ((city)) reach you."),),
)

FOOT_OF_USER = (
    N_("You get this email because you work for ((city))."),
    N_("[Choose which emails you get](((choices_link)))"),
)
FOOT_OF_MAILBOX = (
    N_("This is the mailbox of ((department)). Administrators choose which emails it gets."),
)
FOOT_OF_ADMINISTRATOR = (N_("You get this email because you are an administrator of ((city))."),)
FOOT_OF_ACCOUNT = (N_("You get this email because of your staff account for ((city))."),)
