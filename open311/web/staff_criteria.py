"""Criteria of what staff search for, on pages and in emails."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point
from open311.queries.jurisdictions import Scope
from open311.queries.search.criteria import (
    ALWAYS,
    BoundaryCode,
    Circle,
    Criteria,
    News,
    Period,
)
from schemas.search.staff_find import requested_period

Asked = Mapping[str, Any]


def criteria_of(
    asked: Asked,
    drawn: BaseGeometry | None,
    reader: str,
    jurisdiction: Scope,
    look_overdue: Callable[[], datetime],
) -> Criteria:
    """Return the criteria of values loaded by FindSchema, for the user who reads.

    A circle is compared by distance; drawn is only its outline for the map. look_overdue returns
    the moment up to which a report was held that staff should have looked at by now.
    """
    box, circle = asked["bbox"], asked["circle"]
    flags: dict[str, Any] = {field: asked[name] or None for name, field in _FLAGS.items()}
    lists: dict[str, Any] = {field: tuple(asked[name]) for name, field in _LISTS.items()}
    boundaries = [one.partition(":") for one in asked["boundary"]]
    return Criteria(
        text=asked["q"] or "",
        boundaries=tuple(BoundaryCode(layer, code) for layer, _colon, code in boundaries),
        box=None if box is None else Box(**dict(zip(_CORNERS, box, strict=True))),
        circle=None if circle is None else Circle(Point(lat=circle[0], long=circle[1]), circle[2]),
        area=drawn if circle is None else None,
        requested=Period(*requested_period(asked)),
        updated=Period(asked["updated_since"], asked["updated_until"]),
        due=_due(asked, jurisdiction),
        expected=Period(asked["due_since"], asked["due_until"]),
        closed=Period(asked["closed_since"], asked["closed_until"]),
        news=_news(asked, reader),
        held_since=Period(None, look_overdue()) if asked["held_overdue"] else ALWAYS,
        assigned_to=(*asked["assigned_to"], *([reader] if asked["mine"] else ())),
        **lists,
        **flags,
    )


def _news(asked: Mapping[str, Any], reader: str) -> News | None:
    since = asked["news_since"]
    return None if since is None else News(since, reader, asked["news_of"])


# Lists of the form, and their names in criteria.
_LISTS = {
    "service_request_id": "ids",
    "status": "statuses",
    "detailed_status": "detailed_statuses",
    "service_code": "services",
    "group": "groups",
    "agency_responsible": "departments",
    "channel": "channels",
    "priority": "priorities",
    "tag": "tags",
    "promise": "promises",
}

_CORNERS = ("minlong", "minlat", "maxlong", "maxlat")

# Flags of the form, and their names in criteria.
_FLAGS = {
    "overdue": "overdue",
    "work": "work",
    "new": "new",
    "unassigned": "unassigned",
    "near_border": "near_boundary",
    "in_overlap": "in_overlap",
    "handed_over": "transferred",
    "waits": "on_hold",
    "waiting": "needs_review",
    "unpublished": "awaiting_approval",
    "held": "held",
}


def _due(asked: Asked, jurisdiction: Scope) -> Period:
    """Return today, or the days from today through Sunday."""
    if asked["due_today"]:
        return _days(jurisdiction, 1)
    if asked["due_this_week"]:
        return _days(jurisdiction, 8 - jurisdiction.today().isoweekday())
    return ALWAYS


def _days(jurisdiction: Scope, number: int) -> Period:
    """Return a number of days that begin with today, in the zone of the city."""
    today = jurisdiction.today()
    begin, end = (
        datetime.combine(day, time(), jurisdiction.zone)
        for day in (today, today + timedelta(number))
    )
    return Period(begin, end - timedelta(seconds=1))
