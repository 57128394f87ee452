"""Search criteria for service requests, shared by all interfaces."""

from dataclasses import dataclass, replace
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point
from open311.errors import InvalidParameters
from open311.messages.search import BBOX_NOT_DEGREES, CIRCLE_NOT_ON_EARTH, PERIOD_REVERSED
from schemas.vocabulary.statuses import STANDARD_STATUSES


@dataclass(frozen=True)
class Period:
    """A period of time, both ends included; None for an open end. Aware, in whole seconds."""

    begin: datetime | None = None
    end: datetime | None = None

    @property
    def is_always(self) -> bool:
        """Whether it has no end on either side."""
        return self.begin is None and self.end is None


ALWAYS = Period()


@dataclass(frozen=True)
class Circle:
    """All places within a distance in meters of a center, measured on the ellipsoid."""

    center: Point
    meters: float


@dataclass(frozen=True)
class BoundaryCode:
    """A boundary by the codes of its layer and of its own, of any version of the layer."""

    layer: str
    code: str


@dataclass(frozen=True)
class News:
    """What others did since a moment (aware, in whole seconds) that a user should know of.

    With a department, by name or code, only in its requests, and in those that were transferred
    away from the user.
    """

    since: datetime
    reader: str
    department: str | None = None


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """The criteria of a search for service requests.

    Every field that is set must hold. The values of one field are alternatives, as are boundaries
    of the same layer: ward 2 or ward 3, and district 7. Codes and names that do not exist match
    nothing. A field that is left out is no condition, and False asks for the opposite of True.

    ids: request numbers, and numbers that imported requests had on their former server.
    text: words, each of which the description, the address, the request number or the name of the
        service must hold. A word matches words that begin with it, in any case of letters. Words
        in quotes are a phrase and match whole words. A minus excludes, and "or" separates
        alternatives: hole lane or lamp is (hole and lane) or lamp.
    statuses: detailed statuses, of which open and closed mean all of their kind.
    detailed_statuses: the same without that: open is only what has no status more exact.
    services, groups: service codes; names of service groups.
    departments: names or codes, in any case of letters.
    channels: how they came in, of INTAKE_CHANNELS.
    boundaries: where the request was found to be when it was routed, by the maps of its day.
    box, circle, area: where its location is, edges included. area is in degrees on WGS 84, x first.
    requested, updated: periods of requested_datetime and updated_datetime. A request whose public
        texts or photos were hidden or erased in the second period, if it has a begin, counts as
        updated, too.
    due: open, and due in this period. expected: open or closed, and due in this period.
    closed: closed in this period, even if it was reopened since.
    promises: how its due date ended, of PROMISE_RESULTS: closed by then, closed later, or overdue.
    work: neither a duplicate nor canceled. overdue: open, past due, and not on hold.
    new: open, and nobody has looked at it: no one who may work on it has opened its page, it has no
        assignee, and its department has not acknowledged it.
    near_boundary: another boundary is nearer than its location is accurate.
    in_overlap: several boundaries of a layer that should not overlap contain it.
    assigned_to: names of members of staff.
    unassigned: open, and without an assignee.
    news: since a moment, someone else changed its status, sent it to another department, or
        assigned it to the reader, a resident commented on it, or the requester answered.
    transferred: transferred to its department, which has not acknowledged it.
    priorities: codes of priorities. tags: tags, in any case of letters.
    on_hold: waiting for the requester.
    needs_review: in the review queue.
    awaiting_approval: submitted for a number that staff have not given yet.
    held: not public until staff have looked at it, by a rule of the website.
    held_since: held, and since a moment in this period.

    Who may see a request is no criterion: see visibility.py. Raises InvalidParameters.
    """

    ids: tuple[str, ...] = ()
    text: str = ""
    statuses: tuple[str, ...] = ()
    detailed_statuses: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    boundaries: tuple[BoundaryCode, ...] = ()
    box: Box | None = None
    circle: Circle | None = None
    area: BaseGeometry | None = None
    requested: Period = ALWAYS
    updated: Period = ALWAYS
    due: Period = ALWAYS
    expected: Period = ALWAYS
    closed: Period = ALWAYS
    promises: tuple[str, ...] = ()
    work: bool | None = None
    overdue: bool | None = None
    new: bool | None = None
    near_boundary: bool | None = None
    in_overlap: bool | None = None
    assigned_to: tuple[str, ...] = ()
    unassigned: bool | None = None
    news: News | None = None
    transferred: bool | None = None
    priorities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    on_hold: bool | None = None
    needs_review: bool | None = None
    awaiting_approval: bool | None = None
    held: bool | None = None
    held_since: Period = ALWAYS

    def __post_init__(self) -> None:
        if self.box is not None and not _is_on_earth(self.box):
            raise InvalidParameters(BBOX_NOT_DEGREES, field="bbox")
        if self.circle is not None and not self.circle.meters > 0:
            raise InvalidParameters(CIRCLE_NOT_ON_EARTH, field="radius")
        periods = (self.requested, self.updated, self.due, self.expected, self.closed)
        for period in periods:
            if period.begin is not None and period.end is not None and period.end < period.begin:
                raise InvalidParameters(PERIOD_REVERSED)


EVERYTHING = Criteria()


def is_kept(criteria: Criteria) -> bool:
    """Return whether the kept totals are known by all criteria."""
    others = replace(criteria, statuses=(), services=())
    return others == EVERYTHING and set(criteria.statuses) <= set(STANDARD_STATUSES)


def _is_on_earth(box: Box) -> bool:
    """Return whether a box has degrees that exist; it may reach across the antimeridian."""
    longitudes = abs(box.minlong) <= 180 and abs(box.maxlong) <= 180
    return longitudes and -90 <= box.minlat <= box.maxlat <= 90
