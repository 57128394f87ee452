"""Statuses of service requests, for storage, validation, display, and import."""

from dataclasses import dataclass

from schemas.vocabulary.marking import N_

OPEN, CLOSED = "open", "closed"

UNCHANGED = "unchanged"
"""The word of an update that keeps the status (spec 5.6)."""

STANDARD_STATUSES = (OPEN, CLOSED)
"""The two statuses of the standard (spec 2.5)."""


@dataclass(frozen=True)
class Status:
    """A detailed status, as in FixMyStreet (spec 5.6).

    code: as stored, sent, and used in files of cities.
    standard: the status of the standard that it belongs to, open or closed.
    name: the label on pages, to be translated.
    sentence: the text of a public update that has no other.
    elsewhere: codes of other servers for it, including those of CitySDK (spec 5.4).
    """

    code: str
    standard: str
    name: str
    sentence: str
    elsewhere: tuple[str, ...] = ()


STATUSES = (
    Status(
        *(OPEN, OPEN, N_("open")),
        "This request is open.",
        elsewhere=(
            *("new", "submitted", "received", "pending", "acknowledged", "confirmed", "accepted"),
            *("reopen", "reopened", "assigned", "opened", "active", "on_hold", "deferred"),
        ),
    ),
    Status(
        *("for_triage", OPEN, N_("in triage")),
        "The city is reviewing this request.",
    ),
    Status(
        *("investigating", OPEN, N_("investigating")),
        "The city is investigating this request.",
        elsewhere=("under_review", "in_review", "inspection", "inspected"),
    ),
    Status(
        *("planned", OPEN, N_("planned")),
        "Work on this request is planned.",
    ),
    Status(
        *("action_scheduled", OPEN, N_("scheduled")),
        "Work on this request is scheduled.",
        elsewhere=("scheduled", "work_order_created", "work_order_issued", "dispatched"),
    ),
    Status(
        *("in_progress", OPEN, N_("in progress")),
        "Work on this request is in progress.",
        elsewhere=("in_process", "processing", "started"),
    ),
    Status(
        *(CLOSED, CLOSED, N_("closed")),
        "This request is closed.",
        elsewhere=("processed", "completed", "complete", "resolved", "done", "archived"),
    ),
    Status(
        *("fixed", CLOSED, N_("resolved")),
        "This request is resolved.",
    ),
    Status(
        *("no_further_action", CLOSED, N_("no further action")),
        "The city will take no further action on this request.",
        elsewhere=("rejected", "declined", "unable_to_fix"),
    ),
    Status(
        *("not_councils_responsibility", CLOSED, N_("not a city responsibility")),
        "This request is not a city responsibility.",
        elsewhere=("not_responsible",),
    ),
    Status(
        *("duplicate", CLOSED, N_("duplicate")),
        "This request is a duplicate of another one.",
    ),
    Status(
        *("internal_referral", CLOSED, N_("referred internally")),
        "This request was referred to another department.",
    ),
    Status(
        *("cancelled", CLOSED, N_("canceled")),
        "This request was canceled.",
        elsewhere=("canceled",),
    ),
)
"""All statuses, in the order of lists."""

OPEN_STATUSES = tuple(one.code for one in STATUSES if one.standard == OPEN)
CLOSED_STATUSES = tuple(one.code for one in STATUSES if one.standard == CLOSED)
DETAILED_STATUSES = (*OPEN_STATUSES, *CLOSED_STATUSES)

STATUS_SENTENCES = {one.code: one.sentence for one in STATUSES}

STATUS_WORDS = {word: one.code for one in STATUSES for word in (one.code, *one.elsewhere)}
"""The detailed status for each word that other servers use."""

BEFORE_WORK = (OPEN, "for_triage", "investigating")
"""Detailed statuses in which no work has begun or is planned."""

DUPLICATE = "duplicate"

NO_WORK = (DUPLICATE, "cancelled")
"""Detailed statuses of requests that are no work: figures of work leave them out."""

OF_OTHERS = (DUPLICATE, "not_councils_responsibility", "internal_referral")
"""Detailed statuses that say that another request, or someone else, is responsible."""
