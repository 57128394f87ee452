"""Emails to staff: what they are about, and how each recipient wants them."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

NEW, ASSIGNED, HANDED_OVER = "new", "assigned", "handed_over"
ANSWERED, NOT_SOLVED, DUE, OVERDUE = "answered", "not_solved", "due", "overdue"
DAY, INVITATION, PASSWORD_RESET, TEST = "day", "invitation", "password_reset", "test"
WEBHOOK_PAUSED, WEEKLY = "webhook_paused", "weekly"
EMAIL_CHANGE, EMAIL_CHANGED = "email_change", "email_changed"

AT_ONCE, DIGEST, OFF = "at_once", "digest", "off"

CHOICES: Mapping[str, str] = {
    AT_ONCE: N_("At once"),
    DIGEST: N_("In the daily email"),
    OFF: N_("Never"),
}
"""When a recipient wants an email about an event, with the names on pages."""

NOT_IN_DIGEST = (WEEKLY,)
"""Events whose email is never part of the daily one."""

USUAL_OF_USERS: Mapping[str, str] = {
    ASSIGNED: AT_ONCE,
    ANSWERED: AT_ONCE,
    NOT_SOLVED: DIGEST,
    DUE: DIGEST,
    OVERDUE: DIGEST,
    WEEKLY: OFF,
}
"""Events that users get emails about, with what counts until they choose."""

USUAL_OF_DEPARTMENTS: Mapping[str, str] = {
    NEW: DIGEST,
    HANDED_OVER: AT_ONCE,
    ANSWERED: AT_ONCE,
    NOT_SOLVED: DIGEST,
    OVERDUE: DIGEST,
}
"""The same for the mailboxes of departments."""

USER_EVENT_NAMES: Mapping[str, str] = {
    ASSIGNED: N_("A request is assigned to you"),
    ANSWERED: N_("A requester answers a question"),
    NOT_SOLVED: N_("A requester says that a problem is not solved"),
    DUE: N_("Requests are due tomorrow (sent at 7:00)"),
    OVERDUE: N_("A request becomes overdue"),
    WEEKLY: N_("The report of a week is published (on Mondays)"),
}

DEPARTMENT_EVENT_NAMES: Mapping[str, str] = {
    NEW: N_("A new request comes in"),
    HANDED_OVER: N_("A request is transferred to the department"),
    ANSWERED: N_("The requester of an unassigned request answers a question"),
    NOT_SOLVED: N_("The requester of an unassigned request says that it is not solved"),
    OVERDUE: N_("A request has been overdue for two working days"),
}

STAFF_TELLING_KINDS = (NEW, ASSIGNED, HANDED_OVER, ANSWERED, NOT_SOLVED, OVERDUE)
"""What happens to a service request. DUE is found by the clock alone."""

STAFF_MESSAGE_NAMES: Mapping[str, str] = {
    NEW: N_("New request"),
    ASSIGNED: N_("Assignment"),
    HANDED_OVER: N_("Transfer"),
    ANSWERED: N_("Answer of the requester"),
    NOT_SOLVED: N_("Not solved"),
    DUE: N_("Due tomorrow"),
    OVERDUE: N_("Overdue"),
    DAY: N_("Your day"),
    WEEKLY: N_("Weekly report"),
    INVITATION: N_("Invitation"),
    PASSWORD_RESET: N_("Password reset"),
    EMAIL_CHANGE: N_("New email address"),
    EMAIL_CHANGED: N_("Former email address"),
    WEBHOOK_PAUSED: N_("Webhook paused"),
    TEST: N_("Test"),
}
"""Kinds of messages to staff, with their names on staff pages."""

STAFF_MESSAGE_KINDS = tuple(STAFF_MESSAGE_NAMES)

OF_A_DAY = (DAY, DUE, WEEKLY)
"""Kinds of which a recipient gets one for a day: WEEKLY for the Monday after the week."""

BY_ITSELF = (TEST, WEBHOOK_PAUSED)
"""Kinds that are made neither from a telling, nor for a day, nor for a link."""

LINK_PURPOSES = (INVITATION, PASSWORD_RESET, EMAIL_CHANGE)
"""What a secret link of a user is for; each is a kind of message, too."""

OF_PASSWORDS = (INVITATION, PASSWORD_RESET)
"""Purposes of links with which a user sets a password."""


def chosen(notices: Mapping[str, str], usual: Mapping[str, str], event: str) -> str:
    """Return when a recipient wants an email about an event; OFF for one that is not theirs."""
    return notices.get(event) or usual.get(event, OFF)


def choices_of(event: str) -> Mapping[str, str]:
    """Return the choices of CHOICES that there are for an event, with their names."""
    left_out = (DIGEST,) if event in NOT_IN_DIGEST else ()
    return {choice: name for choice, name in CHOICES.items() if choice not in left_out}


def wants_digest(notices: Mapping[str, str], usual: Mapping[str, str]) -> bool:
    """Return whether a recipient wants any event in the daily email."""
    return any(chosen(notices, usual, event) == DIGEST for event in usual)
