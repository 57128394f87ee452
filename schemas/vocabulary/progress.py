"""The words of a service request's progress on the residents' website."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Progress:
    """What a resident reads: a word or two beside an icon, and a sentence.

    %(department)s in a sentence is the department that has the request.
    """

    word: str
    sentence: str


OF_STATUS: Mapping[str, Progress] = {
    "open": Progress(N_("Received"), N_("%(department)s has it.")),
    "for_triage": Progress(N_("Being sorted"), N_("We are finding who takes it.")),
    "investigating": Progress(N_("Being looked at"), N_("%(department)s is looking at it.")),
    "planned": Progress(N_("Planned"), N_("The work is planned.")),
    "action_scheduled": Progress(N_("Planned"), N_("The work has a date.")),
    "in_progress": Progress(N_("Work has begun"), N_("%(department)s is working on it.")),
    "closed": Progress(N_("Done"), N_("The city has closed this request.")),
    "fixed": Progress(N_("Fixed"), N_("The city has fixed it.")),
    "no_further_action": Progress(N_("Closed without work"), N_("The city does no work on it.")),
    "not_councils_responsibility": Progress(
        N_("Not ours"), N_("Someone else than the city is responsible.")
    ),
    "duplicate": Progress(N_("Joined with another request"), N_("It was reported before.")),
    "internal_referral": Progress(
        N_("Handed on inside the city"), N_("It is still followed there.")
    ),
    "cancelled": Progress(N_("Withdrawn"), N_("It was withdrawn.")),
}
"""By detailed status."""

WAITS, HELD, AWAITS_APPROVAL = "waits", "held", "awaits_approval"
CONFIDENTIAL, HIDDEN = "confidential", "hidden"
REOPENED, APPROVED, ACKNOWLEDGED = "reopened", "approved", "acknowledged"
MOVED, PLACE, SERVICE, FORWARDED = "moved", "place", "service", "forwarded"
LATE, NOTE, PHOTO, COMMENT = "late", "note", "photo", "comment"

OTHERS: Mapping[str, Progress] = {
    WAITS: Progress(N_("We need to know something"), N_("Work waits for an answer.")),
    HELD: Progress(
        N_("Received, not public yet"),
        N_("Received and being worked on. Shown publicly after a look."),
    ),
    AWAITS_APPROVAL: Progress(
        N_("Received, not public yet"), N_("Staff read it first. Then it gets its number.")
    ),
    CONFIDENTIAL: Progress(
        N_("Received in confidence"), N_("Requests for this service are never public.")
    ),
    HIDDEN: Progress(N_("Not public"), N_("The city works on it, but does not show it publicly.")),
    REOPENED: Progress(N_("Opened again"), N_("%(department)s has it again.")),
    APPROVED: Progress(N_("Published"), N_("The city has read it and shows it publicly.")),
    ACKNOWLEDGED: Progress(N_("Acknowledged"), N_("%(department)s has received it.")),
    MOVED: Progress(N_("Moved"), N_("Moved from %(before)s to %(department)s.")),
    PLACE: Progress(N_("Place corrected"), ""),
    SERVICE: Progress(N_("Service changed"), N_("It is now: %(service)s.")),
    FORWARDED: Progress(N_("Sent on"), N_("Sent to %(department)s, which works on it there.")),
    LATE: Progress(N_("Later than expected"), ""),
    NOTE: Progress(N_("Update"), ""),
    PHOTO: Progress(N_("Photo"), ""),
    COMMENT: Progress(N_("Comment"), ""),
}
"""By what else a page says about a request, or about an entry of its timeline.

%(before)s is the department before, and %(service)s the new service.
"""

PROGRESS: Mapping[str, Progress] = {**OF_STATUS, **OTHERS}
