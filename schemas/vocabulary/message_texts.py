"""Texts of messages that a city may write itself: their kinds, placeholders, and limits."""

from collections.abc import Mapping, Sequence

from schemas.vocabulary.marking import N_
from schemas.vocabulary.telling import (
    ALERT,
    APPROVED,
    CLOSED,
    CONFIRM,
    CONFIRM_ALERT,
    FOLLOWED,
    FORWARDED,
    MERGED,
    QUESTION,
    RECEIVED,
    REOPENED,
    STATUS,
)

TEMPLATE_KINDS = (
    *(RECEIVED, QUESTION, APPROVED, STATUS, CLOSED, REOPENED, MERGED, FORWARDED),
    *(CONFIRM, FOLLOWED, CONFIRM_ALERT, ALERT),
)
"""Kinds of messages whose text a city may write, in the order of its page."""

ALWAYS_SENT = (QUESTION, CONFIRM, FOLLOWED, CONFIRM_ALERT, ALERT)
"""Kinds that cannot be turned off: other work waits for them, or someone asked for them."""

SUBJECT_LIMIT = 150
BODY_LIMIT = 10_000
"""Characters of a text."""

USUAL_DELAY, DELAY_LIMIT = 2, 1440
"""Minutes for which a new status is collected before it is sent."""

PLACEHOLDERS: Mapping[str, str] = {
    "city": N_("Name of your city"),
    "id": N_("Number of the request; empty until it is approved"),
    "service": N_("Name of the service; empty for a confidential one"),
    "place": N_("Address of the problem; empty if there is none"),
    "department": N_("Name of the department"),
    "date": N_("Day on which the request was submitted"),
    "status": N_("New status in a few words"),
    "sentence": N_("New status in a sentence"),
    "note": N_("Newest public note; empty if the address is not confirmed"),
    "earlier": N_("Other statuses since the last email; usually empty"),
    "due_date": N_("Day by which you expect to finish; empty if there is none"),
    "link": N_("Link to the page of the request"),
    "news": N_("What an alert tells, in numbers: 3 new requests, 1 closed request"),
    "about": N_("What an alert is about: new requests, closed requests, or both"),
    "where": N_("Where the requests of an alert are: a part of the city, or its name"),
    "services": N_("Services of an alert; empty for all"),
    "list": N_("List of the requests, each with a link, its status, and its department"),
    "more": N_("Number of the requests that are not in the list; usually empty"),
    "manage_link": N_("Link to the page that changes the alert"),
    "confirm_link": N_("Link that confirms the address; empty if it is confirmed"),
    "stop_link": N_("Link to the page that ends these emails"),
    "yes_link": N_("Link of the answer “yes, it is fixed”; empty if nobody is asked"),
    "no_link": N_("Link of the answer “no, it is not fixed”; empty if nobody is asked"),
    "reopen_by": N_("Last day on which the requester can reopen the request"),
    "main_id": N_("Number of the original request; empty if it is not public"),
    "other": N_("Not empty if the original request is not public; use it with ??"),
    "server": N_("Name of the other jurisdiction to which the request was sent; usually empty"),
    "number": N_("Number of the request there; empty if it is not known"),
    "reply": N_("Not empty if a reply to the email is an answer; use it with ??"),
    "unpublished": N_("Not empty while the public cannot see the request; use it with ??"),
}
"""All placeholders with their meaning."""

LINKS = ("link", "confirm_link", "manage_link", "stop_link", "yes_link", "no_link")
"""Placeholders of web addresses: nothing else may be a part of one."""

_ALL = ("city", "id", "service", "place", "department", "date", "status", "link", "stop_link")
_OF_ALERT = ("city", "about", "where", "services", "stop_link")
_NEWS = ("sentence", "note", "earlier", "due_date")

PLACEHOLDERS_OF: Mapping[str, Sequence[str]] = {
    RECEIVED: (*_ALL, "due_date", "unpublished", "confirm_link"),
    QUESTION: (*_ALL, "note", "reply", "confirm_link"),
    APPROVED: (*_ALL, "due_date", "confirm_link"),
    STATUS: (*_ALL, *_NEWS, "confirm_link"),
    CLOSED: (*_ALL, *_NEWS, "yes_link", "no_link", "reopen_by", "confirm_link"),
    REOPENED: (*_ALL, *_NEWS, "confirm_link"),
    MERGED: (*_ALL, "main_id", "other", "confirm_link"),
    FORWARDED: (*_ALL, "server", "number", "note", "confirm_link"),
    CONFIRM: (*_ALL, "confirm_link"),
    FOLLOWED: (*_ALL, *_NEWS, "server", "number"),
    CONFIRM_ALERT: (*_OF_ALERT, "confirm_link"),
    ALERT: (*_OF_ALERT, "news", "list", "more", "link", "manage_link"),
}
"""Placeholders that a text may contain, by kind."""

REQUIRED_OF: Mapping[str, Sequence[str]] = {
    **dict.fromkeys((APPROVED, STATUS, REOPENED, MERGED, FORWARDED, FOLLOWED), ("link",)),
    RECEIVED: ("link", "confirm_link"),
    QUESTION: ("note", "link"),
    CLOSED: ("link", "yes_link", "no_link"),
    CONFIRM: ("confirm_link", "stop_link"),
    CONFIRM_ALERT: ("confirm_link", "stop_link"),
    ALERT: ("list", "link"),
}
"""Placeholders that a text must contain, by kind. The footer has a link to stop_link anyway."""
