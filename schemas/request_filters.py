"""What GET /requests and GET /requests/{id} take: GeoReport v2, GET Service Requests (spec 2.5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from marshmallow import ValidationError, post_load, pre_load

from schemas.base import ParametersSchema, filled_in
from schemas.fields import CommaSeparated, Flag, W3CDateTime

LONGEST_WINDOW = timedelta(days=90)
STATUSES = ("open", "closed")


class ExtensionsSchema(ParametersSchema):
    """Whether more than the standard's fields is wanted (spec 5.4)."""

    extensions = Flag(
        load_default=False,
        metadata={
            "description": "true adds extended_attributes, with the boundaries that decided."
        },
    )


class ServiceRequestFiltersSchema(ExtensionsSchema):
    """The filters of a list. start_date and end_date are always there in what is loaded.

    Both are aware, UTC and included. service_request_id overrides every other filter, which then
    is not even looked at: the dates are None.
    """

    service_request_id = CommaSeparated(
        load_default=[],
        metadata={"description": "These service requests alone; overrides every other filter."},
    )
    service_code = CommaSeparated(
        load_default=[], metadata={"description": "Those to these services."}
    )
    status = CommaSeparated(
        load_default=[],
        metadata={
            "description": "Those in one of these states.",
            "items": {"type": "string", "enum": list(STATUSES)},
        },
    )
    start_date = W3CDateTime(
        load_default=None,
        metadata={
            "description": "Those made at this time or later; at most 90 days before end_date."
        },
    )
    end_date = W3CDateTime(
        load_default=None,
        last_moment=True,
        metadata={
            "description": "Those made at this time or before; without dates, the last 90 days."
        },
    )

    def __init__(self, *, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self.now = now
        self.zone = zone
        for date in ("start_date", "end_date"):
            self.fields[date].zone = zone  # type: ignore[attr-defined]

    @pre_load
    def let_ids_override(self, values: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Keep only what counts beside service_request_id, where there is one."""
        ids = ",".join(filled_in(values).get("service_request_id", ()))
        if not ids.replace(",", " ").strip():
            return {name: sent for name, sent in values.items() if name != "service_request_id"}
        kept = ("service_request_id", "extensions")
        return {name: values[name] for name in kept if name in values}

    @post_load
    def decide_window(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put the dates of the window in the place of the dates sent."""
        unknown = [word for word in filters["status"] if word not in STATUSES]
        if unknown:
            raise ValidationError(
                f"status must be open, closed or both with a comma between, not {unknown[0]}.",
                "status",
            )
        if filters["service_request_id"]:
            return filters
        start, end = list_window(
            filters["start_date"], filters["end_date"], now=self.now, zone=self.zone
        )
        return {**filters, "start_date": start, "end_date": end}


def list_window(
    start: datetime | None, end: datetime | None, *, now: datetime, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Decide which times a list covers, both ends included: at most 90 days (spec 2.5).

    Without dates the 90 days until now; with a start alone the days since, at most 90; with an
    end alone the 90 days before it. A window is 90 days long if its clock says so, be it that of
    the jurisdiction's zone, where a day of changing clocks has 23 or 25 hours, or that of UTC.
    Raises ValidationError where the window is longer, or ends before it starts.
    """
    if start is None:
        end = end or now
        return end - LONGEST_WINDOW, end
    if end is None:
        return start, max(start, min(now, start + LONGEST_WINDOW))
    if end < start:
        raise ValidationError("end_date lies before start_date: exchange them.", "end_date")
    by_local_clock = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(
        tzinfo=None
    )
    if min(end - start, by_local_clock) > LONGEST_WINDOW:
        raise ValidationError(
            "start_date and end_date are more than 90 days apart: ask for 90 days at a time.",
            "start_date",
        )
    return start, end
