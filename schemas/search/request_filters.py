"""What GET /requests and GET /requests/{id} take: GeoReport v2, GET Service Requests (spec 2.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from marshmallow import post_load, pre_load

from schemas.base import ParametersSchema, SearchSchema, check_together, filled_in
from schemas.errors import Invalid
from schemas.fields import BarSeparated, CommaSeparated, Degrees, Flag, W3CDateTime, says
from schemas.requests.statuses import as_status
from schemas.search.fields import BoundingBox, Metres, SearchWords
from schemas.search.paging import PagingSchema, chosen_sort
from schemas.vocabulary.statuses import DETAILED_STATUSES

LONGEST_WINDOW = timedelta(days=90)

LONGEST_RADIUS = 100_000  # metres


STATUSES = ("open", "closed")
OF_COPIES = ("added", "changed")
"""The orders in which copies elsewhere follow a list, back to its beginning."""


class ExtensionsSchema(ParametersSchema):
    """Whether more than the standard's fields is wanted (spec 5.4)."""

    extensions = Flag(
        load_default=False,
        **says("true adds extended_attributes, with the boundaries that decided."),
    )


class ServiceRequestFiltersSchema(SearchSchema, PagingSchema, ExtensionsSchema):
    """The filters of a list (spec 2.5 and 5.3), its pages and its order.

    All dates are aware, in UTC and included. start_date and end_date are None where there is no
    such limit; window_moves says that nothing but the clock sets start_date.
    service_request_id overrides every other filter, which then is not even looked at. status holds
    detailed statuses, of which open and closed stand for all that the standard calls so.
    tombstones asks for what was withdrawn, as gone.
    """

    service_request_id = CommaSeparated(
        load_default=[], **says("These service requests alone; overrides every other filter.")
    )
    service_code = CommaSeparated(load_default=[], **says("Those to these services."))
    status = CommaSeparated(
        load_default=[],
        **says(
            "Those in one of these states.",
            items={"type": "string", "enum": list(DETAILED_STATUSES)},
        ),
    )
    start_date = W3CDateTime(
        load_default=None,
        **says("Those made at this time or later; at most 90 days before end_date."),
    )
    end_date = W3CDateTime(
        load_default=None,
        last_moment=True,
        **says("Those made at this time or before; without dates, the last 90 days."),
    )
    tombstones = Flag(
        load_default=False, **says("true also shows those that were withdrawn, as deleted.")
    )
    updated_after = W3CDateTime(load_default=None, **says("Those changed at this time or later."))
    updated_before = W3CDateTime(
        load_default=None, last_moment=True, **says("Those changed at this time or before.")
    )
    bbox = BoundingBox(
        load_default=None,
        **says("Those in this area: minlong,minlat,maxlong,maxlat in degrees on WGS 84."),
    )
    lat = Degrees(90, load_default=None, **says("Centre of a circle; with long and radius."))
    long = Degrees(180, load_default=None, **says("Centre of a circle; with lat and radius."))
    radius = Metres(LONGEST_RADIUS, load_default=None, **says("Those within so many metres."))
    q = SearchWords(
        200, load_default=None, **says("Those with these words in their texts, service name or id.")
    )
    agency_responsible = BarSeparated(
        load_default=[], **says("Those of these departments, by name or code, with | between.")
    )

    def __init__(self, *, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self.now = now
        self.zone = zone
        for field in self.fields.values():
            if isinstance(field, W3CDateTime):
                field.zone = zone

    @pre_load
    def let_ids_override(self, values: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Keep only what is no filter beside service_request_id, where there is one."""
        ids = ",".join(filled_in(values).get("service_request_id", ()))
        if not ids.replace(",", " ").strip():
            return {name: sent for name, sent in values.items() if name != "service_request_id"}
        return {name: sent for name, sent in values.items() if name in _NO_FILTERS}

    @post_load
    def check_filters(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Check what one field alone cannot: words of a list, and what belongs together."""
        check_together(filters, ("lat", "long", "radius"))
        return {**filters, "status": known_statuses(filters["status"])}

    @post_load
    def decide_window(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put the dates of the window in the place of the dates sent."""
        start, end = filters["start_date"], filters["end_date"]
        if is_lifted(filters):
            check_order(start, end)
            return {**filters, "window_moves": False}
        moves = start is None and end is None
        start, end = list_window(start, end, now=self.now, zone=self.zone)
        return {**filters, "start_date": start, "end_date": end, "window_moves": moves}


_NO_FILTERS = {
    "service_request_id",
    "tombstones",
    *PagingSchema().fields,
    *ExtensionsSchema().fields,
}


def is_lifted(filters: Mapping[str, Any]) -> bool:
    """Tell whether a list reaches back beyond 90 days: where ids, or changes, are asked for."""
    return bool(
        filters["service_request_id"]
        or filters["updated_after"]
        or filters["updated_before"]
        or chosen_sort(filters["sort"], filters["after"]) in OF_COPIES
    )


def check_order(start: datetime | None, end: datetime | None) -> None:
    """Raise ValidationError where a window ends before it starts."""
    if start is not None and end is not None and end < start:
        raise Invalid("dates.reversed", "end_date")


def known_statuses(words: Sequence[str]) -> list[str]:
    """Spell statuses to filter by as they are stored; raises ValidationError for an unknown one."""
    for word in words:
        if as_status(word) not in DETAILED_STATUSES:
            raise Invalid("status.filter", "status")
    return [as_status(word) for word in words]


def list_window(
    start: datetime | None, end: datetime | None, *, now: datetime, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Decide which times a list covers, both ends included: at most 90 days (spec 2.5).

    Without dates the 90 days until now; with a start alone the days since, at most 90; with an
    end alone the 90 days before it. A window is 90 days long if its clock says so, be it that of
    the jurisdiction's zone, where a day of changing clocks has 23 or 25 hours, or that of UTC.
    Raises ValidationError where the window is longer, or ends before it starts.
    """
    check_order(start, end)
    if start is None:
        end = end or now
        return end - LONGEST_WINDOW, end
    if end is None:
        return start, max(start, min(now, start + LONGEST_WINDOW))
    by_local_clock = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(
        tzinfo=None
    )
    if min(end - start, by_local_clock) > LONGEST_WINDOW:
        raise Invalid("dates.too_far_apart", "start_date")
    return start, end
