"""Filters of the staff list and map, all of them part of the URL."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from schemas.base import SearchSchema
from schemas.errors import Invalid
from schemas.fields import Choice, CommaSeparated, Flag, Number, Repeated, Text, W3CDateTime
from schemas.search.cursors import STAFF_SORTS
from schemas.search.fields import (
    Places,
    RepeatedStatuses,
    SearchWords,
    WholeNumber,
    place_of,
)
from schemas.search.figure_filters import RepeatedResults
from schemas.search.ogc import SeenByMap
from schemas.search.paging import After
from schemas.vocabulary.list_columns import DENSITIES
from schemas.vocabulary.units import METERS_PER_UNIT, UNITS

FARTHEST = 50_000
"""Meters of a radius, or on either side of a line."""

USUAL_WIDTHS = {"metric": 50.0, "us": 150.0}
"""Default distance on either side of a line, in meters or feet."""

COLORS = ("status", "age")

PERIODS = (
    *(("since", "until"), ("updated_since", "updated_until")),
    *(("closed_since", "closed_until"), ("due_since", "due_until")),
)
"""The first and the last parameter of each period."""

MOST_DAYS = 36_500
"""Days of a relative date; more are the same."""

DRAWN = ("polygon", "circle", "along", "area")
"""Parameters of an area; only one may be used."""


def requested_period(asked: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last moment of submission, by dates and by days before now."""
    begins, ends = [asked["since"]], [asked["until"]]
    now = datetime.now(UTC).replace(microsecond=0)
    for days, bounds in ((asked["newer_than"], begins), (asked["older_than"], ends)):
        if days is not None:
            bounds.append(now - timedelta(days=min(days, MOST_DAYS)))
    known = [[one for one in bounds if one is not None] for bounds in (begins, ends)]
    return max(known[0], default=None), min(known[1], default=None)


class Circle(fields.Field[tuple[float, float, float]]):
    """A circle as lat,long,radius; the radius is in the units of the search."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> tuple[float, float, float]:
        parts = str(value).split(",")
        if len(parts) != 3:
            raise Invalid("circle.format")
        try:
            return (*place_of(*parts[:2]), float(Number().deserialize(parts[2])))
        except ValidationError:
            raise Invalid("circle.format") from None


class FindSchema(SearchSchema):
    """Filters of the list and the map; None, False, or [] if not set.

    Values of a list are alternatives, sent by repeating the parameter. Filters without a form field
    are preserved by the form. units are those of typed distances: meters, or feet in units us. All
    distances are loaded in meters. news_since asks for news for the reader, and news_of only for
    that in a department, and in what was transferred away from the reader. older_than and
    newer_than are days before the moment of reading, so that links and saved views stay true.
    columns and density are how the list looks; without them, as its reader has chosen.
    """

    service_request_id = Repeated(200, load_default=[])
    status = RepeatedStatuses(50, load_default=[])
    detailed_status = RepeatedStatuses(50, load_default=[])
    service_code = Repeated(200, load_default=[])
    group = Repeated(200, load_default=[])
    agency_responsible = Repeated(200, load_default=[])
    boundary = Repeated(300, r"[a-z][a-z0-9_]*:.+", load_default=[])
    assigned_to = Repeated(200, load_default=[])
    channel = Repeated(20, load_default=[])
    priority = Repeated(20, load_default=[])
    tag = Repeated(100, load_default=[])
    since = W3CDateTime(load_default=None)
    until = W3CDateTime(load_default=None, last_moment=True)
    older_than = WholeNumber(1, load_default=None)
    newer_than = WholeNumber(1, load_default=None)
    updated_since = W3CDateTime(load_default=None)
    updated_until = W3CDateTime(load_default=None, last_moment=True)
    closed_since = W3CDateTime(load_default=None)
    closed_until = W3CDateTime(load_default=None, last_moment=True)
    due_since = W3CDateTime(load_default=None)
    due_until = W3CDateTime(load_default=None, last_moment=True)
    promise = RepeatedResults(20, load_default=[])
    work = Flag(load_default=False)
    overdue = Flag(load_default=False)
    due_today = Flag(load_default=False)
    due_this_week = Flag(load_default=False)
    near_border = Flag(load_default=False)
    in_overlap = Flag(load_default=False)
    waiting = Flag(load_default=False)
    mine = Flag(load_default=False)
    new = Flag(load_default=False)
    unassigned = Flag(load_default=False)
    news_since = W3CDateTime(load_default=None)
    news_of = Text(200, load_default=None)
    handed_over = Flag(load_default=False)
    waits = Flag(load_default=False)
    unpublished = Flag(load_default=False)
    held = Flag(load_default=False)
    held_overdue = Flag(load_default=False)
    q = SearchWords(200, load_default=None)
    bbox = SeenByMap(load_default=None)
    polygon = Places(load_default=None)
    circle = Circle(load_default=None)
    along = Places(load_default=None)
    within = WholeNumber(1, load_default=None)
    units = Choice(UNITS, load_default=UNITS[0])
    area = WholeNumber(1, load_default=None)
    sort = Choice(list(STAFF_SORTS), load_default="-requested_datetime")
    color = Choice(COLORS, load_default=COLORS[0])
    columns = CommaSeparated(load_default=[])
    density = Choice(list(DENSITIES), load_default=None)
    after = After(load_default=None)

    def __init__(self, zone: Any) -> None:
        super().__init__()
        for field in self.fields.values():
            if isinstance(field, W3CDateTime):
                field.zone = zone

    @post_load
    def load_in_meters(self, asked: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Convert the distances to meters."""
        meters_per_unit, circle = METERS_PER_UNIT[asked["units"]], asked["circle"]
        width = USUAL_WIDTHS[asked["units"]] if asked["within"] is None else asked["within"]
        return {
            **asked,
            "circle": circle and (*circle[:2], circle[2] * meters_per_unit),
            "within": width * meters_per_unit,
        }

    @validates_schema
    def check_where(self, asked: dict[str, Any], **_: Any) -> None:
        """Check that at most one area is requested, and that a strip is not too wide."""
        drawn = [name for name in DRAWN if asked[name] is not None]
        if len(drawn) > 1:
            raise Invalid("area.several", names=tuple(drawn))
        limit = int(FARTHEST / METERS_PER_UNIT[asked["units"]])
        feet = asked["units"] == "us"
        if asked["circle"] is not None and not 1 <= asked["circle"][2] <= limit:
            raise Invalid("circle.radius_feet" if feet else "circle.radius", "circle", limit=limit)
        for first, last in PERIODS:
            if None not in (asked[first], asked[last]) and asked[last] < asked[first]:
                raise Invalid("dates.reversed", last)
        begin, end = requested_period(asked)
        if begin is not None and end is not None and end < begin:
            raise Invalid("days.reversed", "older_than")
        if (asked["within"] or 0) > limit:
            raise Invalid(
                "within.too_far_feet" if feet else "within.too_far", "within", limit=limit
            )
        after = asked["after"]
        if after is not None and after.sort != asked["sort"]:
            raise Invalid("after.other_list", "after")
