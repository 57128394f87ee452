"""Messages about service requests: their occasions, kinds, and states."""

from collections.abc import Mapping
from datetime import UTC, datetime

from schemas.vocabulary.marking import N_

RECEIVED, CONFIRM, APPROVED, QUESTION = "received", "confirm", "approved", "question"
MERGED, STATUS, CLOSED, REOPENED = "merged", "status", "closed", "reopened"
FORWARDED, FOLLOWED = "forwarded", "followed"
CONFIRM_ALERT, ALERT = "confirm_alert", "alert"

TELLING_KINDS = (RECEIVED, CONFIRM, APPROVED, QUESTION, MERGED, FORWARDED, STATUS)
"""Occasions: a submission, the wish to get messages, or a step of the history."""

WITHOUT_STEP = (RECEIVED, CONFIRM)
"""Those of TELLING_KINDS that are no step of the history."""

MESSAGE_NAMES: Mapping[str, str] = {
    RECEIVED: N_("Receipt"),
    CONFIRM: N_("Confirmation of the address"),
    QUESTION: N_("Question"),
    APPROVED: N_("Approval"),
    STATUS: N_("New status"),
    CLOSED: N_("Closing"),
    REOPENED: N_("Reopening"),
    MERGED: N_("Duplicate"),
    FORWARDED: N_("Forwarding"),
    FOLLOWED: N_("News for a follower"),
}
"""Kinds of messages, with their names on staff pages."""

MESSAGE_KINDS = tuple(MESSAGE_NAMES)

ALERT_MESSAGE_NAMES: Mapping[str, str] = {
    CONFIRM_ALERT: N_("Confirmation of an alert"),
    ALERT: N_("Alert"),
}
"""Kinds of messages of alerts, which are about no request or several, with their names."""

ALERT_MESSAGE_KINDS = tuple(ALERT_MESSAGE_NAMES)

FIRST_SENT = (CONFIRM, CONFIRM_ALERT, QUESTION, RECEIVED, CLOSED)
"""The order in which kinds are sent while there are too many messages; others come after them, and
alerts last.
"""

EMAIL, SMS = CHANNELS = ("email", "sms")
"""How messages reach a contact, which has a kind of the same name. Staff only get email."""

SMS_KINDS = (CONFIRM, QUESTION, STATUS, CLOSED, REOPENED, FORWARDED)
"""Kinds that are sent as text messages, too."""

MESSAGE_STATES: Mapping[str, str] = {
    "waiting": N_("waiting"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "dropped": N_("not sent"),
    "failed": N_("failed"),
    "unknown": N_("perhaps sent"),
    "bounced": N_("bounced"),
}
"""States of messages, with their names on staff pages."""

HAVE_FAILED = ("failed", "unknown", "bounced")
"""States of messages that did not reach anyone, or perhaps not: staff may send them again."""

DROP_REASONS: Mapping[str, str] = {
    "ended": N_("The recipient stopped these emails."),
    "confirmed": N_("The recipient has confirmed the address."),
    "withdrawn": N_("The request was withdrawn."),
    "hidden": N_("The request is not public."),
    "suppressed": N_("This address is blocked after failures, or because its owner refused."),
    "capped": N_("This address got too many emails today and is not confirmed."),
    "not_allowed": N_("Only a few addresses get emails for now, and this is none of them."),
    "not_confirmed": N_("The recipient has not confirmed the number."),
    "no_gateway": N_("This server does not send text messages any more."),
    "no_site": N_("The city has no website that the links could lead to."),
    "no_address": N_("The recipient has no email address any more."),
    "disabled": N_("The user can no longer sign in."),
    "moved_on": N_("The recipient no longer works on this, or there is nothing left to do."),
    "nothing": N_("There was nothing left to tell."),
    "used": N_("The link was used, has expired, or was replaced."),
    "off": N_("Your city does not send emails of this kind."),
    "too_old": N_("It waited for more than three days."),
}
"""Why a message is not sent, with sentences for staff."""

REFUSED, REFUSED_OFTEN, NOT_ME = "refused", "refused_often", "not_me"

SUPPRESSION_REASONS: Mapping[str, str] = {
    REFUSED: N_("The mail server says that this address does not exist."),
    REFUSED_OFTEN: N_("Three emails were refused or bounced within 14 days."),
    NOT_ME: N_("The owner of this address asked not to get emails."),
}
"""Why nothing is sent to an address for a while."""

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of what only a new confirmation or an administrator ends."""
