"""The measures: one definition of each, for pages, the API, and the data dictionary."""

from dataclasses import dataclass

from schemas.vocabulary.marking import N_

VERSION = "2"
"""Of all definitions together; a change of one changes it."""

FEWEST = 20
"""Requests that a share or a median needs; of fewer, pages say that they are too few."""


@dataclass(frozen=True)
class Measure:
    """A measure, in texts for readers, to be translated.

    numerator and denominator say what is divided; a number or a time has neither. left_out says
    what is in neither.
    """

    key: str
    name: str
    sentence: str
    numerator: str = ""
    denominator: str = ""
    left_out: str = ""


NO_WORK = N_("Duplicates, canceled requests, withdrawn requests, and tests.")

MEASURES = (
    Measure(
        "flow",
        N_("Flow"),
        N_(
            "What was open before, plus what came in, minus what went out, is what is open at the "
            "end."
        ),
        left_out=NO_WORK,
    ),
    Measure(
        "time_to_close",
        N_("Time to close"),
        N_(
            "The time from submission to the last closing. Open requests count with the time for "
            "which they have been open. A reopened request counts from its submission."
        ),
        left_out=N_(
            "Duplicates, canceled requests, withdrawn requests, and tests. Requests that were "
            "closed within ten minutes, if they are more than 5% of those counted."
        ),
    ),
    Measure(
        "time_to_close_of_period",
        N_("Time to close in a period"),
        N_(
            "The time to close that all requests open in the period point to. Older requests count "
            "from the age that they had when the period began. On the page, the time can be left "
            "out in which requests waited for the requester."
        ),
        left_out=NO_WORK,
    ),
    Measure(
        "time_to_fix",
        N_("Time to fix"),
        N_(
            "The time from submission until requests were fixed, as a share of all: those closed "
            "in another way, such as without action, are never fixed. It is estimated by Aalen and "
            "Johansen's method, with what is still open."
        ),
        numerator=N_("Requests whose last closing says that they were fixed or closed."),
        denominator=N_("Requests received in the period."),
        left_out=NO_WORK,
    ),
    Measure(
        "promise_kept",
        N_("Closed on time"),
        N_(
            "The share of requests that were closed by their due date. Open overdue requests count "
            "as not closed on time."
        ),
        numerator=N_("Requests closed by their due date."),
        denominator=N_("Requests whose due date was in the period and has passed."),
        left_out=N_(
            "Requests that wait for the requester, are not due yet, or have no due date. "
            "Duplicates, canceled requests, withdrawn requests, and tests."
        ),
    ),
    Measure(
        "first_action",
        N_("Time to first action"),
        N_(
            "The time from submission until the city changes the status, acknowledges or assigns "
            "the request, asks the requester, or posts an update."
        ),
        left_out=NO_WORK,
    ),
    Measure(
        "outcome",
        N_("Outcome"),
        N_("How requests were closed in the period."),
        numerator=N_("Requests closed in one way, such as no further action."),
        denominator=N_("Requests whose last closing was in the period."),
        left_out=NO_WORK,
    ),
    Measure(
        "transferred",
        N_("Transferred"),
        N_("The share of requests that staff transferred to another department."),
        numerator=N_("Requests that were transferred at least once."),
        denominator=N_("Requests received in the period."),
        left_out=NO_WORK,
    ),
    Measure(
        "reopened",
        N_("Reopened"),
        N_("The share of closings after which the request was reopened within 14 days."),
        numerator=N_("Closings followed by reopening within 14 days."),
        denominator=N_("Closings in the period that were at least 14 days ago."),
        left_out=NO_WORK,
    ),
    Measure(
        "came_back",
        N_("Came back"),
        N_(
            "The share of closed requests after which somebody reported the same service again, "
            "within 14 days and 25 m. It tells about services with one thing at a place: where "
            "many are side by side, what comes back may be another one."
        ),
        numerator=N_("Requests followed by another one of the service within 14 days and 25 m."),
        denominator=N_(
            "Requests with a location whose last closing was in the period, at least 14 days ago."
        ),
        left_out=NO_WORK,
    ),
    Measure(
        "duplicates",
        N_("Duplicates"),
        N_(
            "The share of requests that repeat another request about the same problem. One that is "
            "marked as a duplicate and still open counts as work until it is closed."
        ),
        numerator=N_("Requests that staff marked as duplicates."),
        denominator=N_("All requests received in the period."),
        left_out=N_("Withdrawn requests and tests."),
    ),
)
"""All measures, in the order of lists."""

BY_KEY = {measure.key: measure for measure in MEASURES}
