"""Statuses of service requests, for storage, validation, display, and import."""

from dataclasses import dataclass

from schemas.vocabulary.marking import N_

OPEN, CLOSED = "open", "closed"

STANDARD_STATUSES = (OPEN, CLOSED)
"""The two statuses of the standard (spec 2.5)."""


@dataclass(frozen=True)
class Status:
    """A detailed status, as in FixMyStreet (spec 5.6).

    code: as stored, sent, and used in files of cities.
    standard: the status of the standard that it belongs to, open or closed.
    name: the label on pages, to be translated.
    elsewhere: codes of other servers for it, including those of CitySDK (spec 5.4).
    """

    code: str
    standard: str
    name: str
    elsewhere: tuple[str, ...] = ()


STATUSES = (
    Status(
        *(OPEN, OPEN, N_("open")),
        elsewhere=(
            *("new", "submitted", "received", "pending", "acknowledged", "confirmed", "accepted"),
            *("reopen", "reopened", "assigned", "opened", "active"),
        ),
    ),
    Status("for_triage", OPEN, N_("in triage")),
    Status("investigating", OPEN, N_("investigating"), elsewhere=("under_review",)),
    Status("planned", OPEN, N_("planned")),
    Status("action_scheduled", OPEN, N_("scheduled"), elsewhere=("scheduled",)),
    Status(
        *("in_progress", OPEN, N_("in progress")),
        elsewhere=("in_process", "processing", "started"),
    ),
    Status(
        *(CLOSED, CLOSED, N_("closed")),
        elsewhere=("processed", "completed", "complete", "resolved", "done", "archived"),
    ),
    Status("fixed", CLOSED, N_("resolved")),
    Status(
        *("no_further_action", CLOSED, N_("no further action")),
        elsewhere=("rejected", "declined", "unable_to_fix"),
    ),
    Status(
        *("not_councils_responsibility", CLOSED, N_("not a city responsibility")),
        elsewhere=("not_responsible",),
    ),
    Status("duplicate", CLOSED, N_("duplicate")),
    Status("internal_referral", CLOSED, N_("referred internally")),
    Status("cancelled", CLOSED, N_("canceled"), elsewhere=("canceled",)),
)
"""All statuses, in the order of lists."""

OPEN_STATUSES = tuple(one.code for one in STATUSES if one.standard == OPEN)
CLOSED_STATUSES = tuple(one.code for one in STATUSES if one.standard == CLOSED)
DETAILED_STATUSES = (*OPEN_STATUSES, *CLOSED_STATUSES)

UNCHANGED = "unchanged"
"""The status of a comment, which does not change that of its request."""

STATUS_WORDS = {word: one.code for one in STATUSES for word in (one.code, *one.elsewhere)}
"""The detailed status for each word that other servers use."""
