"""Names of statuses and roles in the language of the page."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from open311.messages.names import ROLE_NAMES, STATUS_NAMES
from open311.web.languages import say
from schemas.vocabulary.bulk import BULK_ACTION_NAMES
from schemas.vocabulary.intake import INTAKE_NAMES
from schemas.vocabulary.notices import STAFF_MESSAGE_NAMES
from schemas.vocabulary.priorities import PRIORITY_NAMES
from schemas.vocabulary.telling import (
    ALERT_MESSAGE_NAMES,
    DROP_REASONS,
    EMAIL,
    MESSAGE_NAMES,
    MESSAGE_STATES,
    SMS,
)

TRIAGE_NAMES: Mapping[str, Any] = {
    "near_border": lazy_gettext("near a boundary"),
    "in_overlap": lazy_gettext("in an overlap of boundaries"),
    "near_outside": lazy_gettext("just outside the service area"),
    "no_place": lazy_gettext("location not found"),
    "address_mismatch": lazy_gettext("address and pin do not match"),
    "odd_place": lazy_gettext("unlikely location"),
    "handed_over_often": lazy_gettext("transferred repeatedly"),
    "answered": lazy_gettext("requester answered"),
    "said_fixed": lazy_gettext("comment says it is fixed"),
    "said_open": lazy_gettext("comment says it is still there"),
    "reopened_often": lazy_gettext("requester says again that it is not fixed"),
    "flagged": lazy_gettext("public page flagged"),
    "not_forwarded": lazy_gettext("could not be forwarded"),
    "foreign_status": lazy_gettext("unknown status of the other server"),
    "replied": lazy_gettext("reply by email"),
}

SORT_NAMES: Mapping[str, Any] = {
    "-requested_datetime": lazy_gettext("newest first"),
    "requested_datetime": lazy_gettext("oldest first"),
    "-updated_datetime": lazy_gettext("recently updated"),
    "due": lazy_gettext("due date (soonest first)"),
    "priority": lazy_gettext("priority (most urgent first)"),
}

HAPPENING_NAMES: Mapping[str, Any] = {
    "status": lazy_gettext("Status"),
    "comment": lazy_gettext("Comment"),
    "caller": lazy_gettext("Caller added"),
    "accepted": lazy_gettext("Acknowledged"),
    "handed_over": lazy_gettext("Transferred"),
    "moved": lazy_gettext("Location changed"),
    "service_changed": lazy_gettext("Service changed"),
    "carried_over": lazy_gettext("Rerouted by new boundaries"),
    "undone": lazy_gettext("Reroute undone"),
    "pinned": lazy_gettext("Department set manually"),
    "unpinned": lazy_gettext("Automatic routing restored"),
    "noted": lazy_gettext("Note"),
    "assigned": lazy_gettext("Assigned to"),
    "released": lazy_gettext("Unassigned"),
    "linked": lazy_gettext("Marked as duplicate"),
    "unlinked": lazy_gettext("Duplicate link removed"),
    "restored": lazy_gettext("Restored by undo"),
    "prioritized": lazy_gettext("Priority"),
    "tagged": lazy_gettext("Tags added"),
    "untagged": lazy_gettext("Tags removed"),
    "bulk_undone": lazy_gettext("Bulk action undone"),
    "photo_removed": lazy_gettext("Photo of a note removed"),
    "waits": lazy_gettext("Waiting for requester"),
    "resumed": lazy_gettext("Resumed"),
    "erased": lazy_gettext("Personal data erased"),
    "answered": lazy_gettext("Requester answered"),
    "feedback": lazy_gettext("Requester on whether it is fixed"),
    "flagged": lazy_gettext("Public page flagged"),
    "hidden": lazy_gettext("Hidden"),
    "redacted": lazy_gettext("Redacted"),
    "settled": lazy_gettext("Held report"),
    "approved": lazy_gettext("Approved and published"),
}

DETAIL_NAMES: Mapping[str, Any] = {
    "yes": lazy_gettext("yes"),
    "no": lazy_gettext("no"),
    "unsure": lazy_gettext("not sure"),
    "description": lazy_gettext("description"),
    "photo": lazy_gettext("photo"),
    "comment": lazy_gettext("comment"),
    "published": lazy_gettext("published"),
    "published_without_photo": lazy_gettext("published without photo"),
    "hidden": lazy_gettext("hidden"),
}
"""Answers of the requester, what was hidden, and outcomes of holds."""


HOLD_NAMES: Mapping[str, Any] = {
    "link": lazy_gettext("link in the text"),
    "email": lazy_gettext("email address in the text"),
    "phone": lazy_gettext("phone number in the text"),
    "word": lazy_gettext("word on the list of the city"),
    "same_text": lazy_gettext("same text sent repeatedly"),
    "same_photo": lazy_gettext("same photo sent repeatedly"),
    "same_form": lazy_gettext("form that was sent before"),
    "many": lazy_gettext("many reports from one network"),
    "no_proof": lazy_gettext("photo without the check of the browser"),
    "look_first": lazy_gettext("service that the city looks at first"),
    "honeypot": lazy_gettext("filled-in hidden field"),
    "too_fast": lazy_gettext("sent faster than a person can write"),
}
"""By HOLD_RULES."""

FORWARDING_NAMES: Mapping[str, Any] = {
    "waiting": lazy_gettext("will be sent"),
    "sending": lazy_gettext("sent, no answer yet"),
    "token": lazy_gettext("sent, has no number there yet"),
    "accepted": lazy_gettext("sent"),
    "following": lazy_gettext("sent, is open there"),
    "done": lazy_gettext("sent, is closed there"),
    "refused": lazy_gettext("refused by the other server"),
    "unknown": lazy_gettext("may have been sent"),
    "given_up": lazy_gettext("could not be sent"),
    "stopped": lazy_gettext("is not sent"),
}
"""By FORWARDING_STATES."""

FINDING_NAMES: Mapping[str, Any] = {
    "missing": lazy_gettext("missing code"),
    "duplicate": lazy_gettext("duplicate code"),
    "overlap": lazy_gettext("overlap"),
    "gap": lazy_gettext("gap"),
    "hole": lazy_gettext("hole"),
    "outside": lazy_gettext("outside the service area"),
    "sliver": lazy_gettext("sliver"),
}
"""By the kinds of geo.maps.lint.KINDS."""


def sort_name(sort: str) -> str:
    """Return the name of a sort order."""
    return str(SORT_NAMES[sort])


def happening_name(kind: str) -> str:
    return str(HAPPENING_NAMES[kind])


def channel_name(channel: str) -> str:
    """Return how a request came in."""
    return say(INTAKE_NAMES[channel])


def detail_name(kind: str, what: str) -> str:
    """Return what an entry of the history is about, by its kind."""
    if kind == "status":
        return status_name(what)
    if kind == "caller":
        return channel_name(what)
    if kind == "prioritized":
        return priority_name(what)
    if kind == "bulk_undone":
        return say(BULK_ACTION_NAMES[what])
    is_code = kind in ("feedback", "hidden", "redacted", "settled")
    return str(DETAIL_NAMES.get(what, what)) if is_code else what


def priority_name(priority: str) -> str:
    """Return the name of a priority."""
    return say(PRIORITY_NAMES[priority])


def hold_name(rule: str, saw: str) -> str:
    """Return why a report is held, with what the rule saw."""
    name = str(HOLD_NAMES[rule])
    return f"{name} ({saw})" if saw else name


def forwarding_name(state: str) -> str:
    """Return the state of a forwarded request, in words."""
    return str(FORWARDING_NAMES[state])


def finding_name(kind: str) -> str:
    """Return the name of a kind of lint warning."""
    return str(FINDING_NAMES[kind])


def role_name(role: str) -> str:
    return say(ROLE_NAMES[role])


def message_name(kind: str, channel: str = EMAIL) -> str:
    """Return the name of a kind of message."""
    name = say({**MESSAGE_NAMES, **STAFF_MESSAGE_NAMES, **ALERT_MESSAGE_NAMES}[kind])
    return say("%(name)s, by text message", name=name) if channel == SMS else name


def message_state(message: Any) -> str:
    """Return what happened to an email, and why it was not sent."""
    state = say(MESSAGE_STATES[message.state])
    return f"{state}: {say(DROP_REASONS[message.reason])}" if message.reason else state


def status_name(status: str) -> str:
    """Return the name of a status or detailed status."""
    return say(STATUS_NAMES[status]) if status in STATUS_NAMES else status.replace("_", " ")


def triage_names(reasons: str | None) -> list[str]:
    """List the names of review reasons, from keys separated by spaces."""
    return [str(TRIAGE_NAMES.get(one, one.replace("_", " "))) for one in (reasons or "").split()]
