"""An entry of the history of a service request, for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geo.coordinates import Point


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An entry of the history. at is in UTC; by is None if no member of staff made it.

    kind is status, comment, caller, erased, feedback, flagged, hidden, redacted, settled, one of
    ROUTING_STEPS, or one of WORK_STEPS. what is the detailed status, the status that a comment
    claims, the channel of a caller, the new department, the answer of the requester, what was
    hidden, the outcome of a hold, or the text of the step.
    said is the note or the reason, readable for everyone if public, otherwise for staff only.
    photos are (link, whether it is a photo stored here).

    An entry that came as an update has the name of its API key, and the id of the received update.
    by_city is whether that key may change statuses; pending is whether it needs approval.
    services are the codes of the former and the new service, places the former and the new
    location, addresses the former and the new address, and answers the former and the new answers
    by code, if the entry is about them. former is the former status, assignee, or other text of
    such a step, and the assignee whose assignment a change of the department ended.
    original is what was hidden or redacted, a text or the name of a photo: for administrators only.
    """

    at: datetime
    kind: str
    what: str
    said: str = ""
    by: str | None = None
    public: bool = False
    photos: Sequence[tuple[str, bool]] = field(default=())
    key: str = ""
    update: int | None = None
    by_city: bool = False
    pending: bool = False
    original: str = ""
    services: tuple[str, str] | None = None
    places: tuple[Point, Point] | None = None
    addresses: tuple[str, str] | None = None
    answers: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
    former: str = ""
