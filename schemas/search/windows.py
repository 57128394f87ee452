"""Time windows of lists, at most 90 days long (spec 2.5)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar

from marshmallow import post_load, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import LocalDateTime

LONGEST_WINDOW = timedelta(days=90)


def utc_now() -> datetime:
    return datetime.now(UTC)


class WindowSchema(ParametersSchema):
    """A list with the fields start_date and end_date. For zone, see LocalDateTime.

    A schema can be kept and used by several threads: clock tells each load the time.

    Loaded data contains both: aware, in UTC, inclusive, at most 90 days apart unless the window is
    lifted; window_moves is true if only the current time sets start_date.
    """

    window_fields: ClassVar[set[str]] = {"start_date", "end_date"}
    """The fields that decide the window; it is not checked while one of them is invalid."""

    def __init__(self, *, zone: tzinfo, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self.clock = clock
        self.zone = zone
        for field in self.fields.values():
            if isinstance(field, LocalDateTime):
                field.zone = zone

    def is_lifted(self, _filters: Mapping[str, Any]) -> bool:
        """Return whether a list is exempt from the limit, and may be open on both sides."""
        return False

    @validates_schema(skip_on_field_errors=False)
    def check_dates(self, filters: dict[str, Any], **_: Any) -> None:
        """Check the order of the dates and the time between them."""
        if not filters.keys() >= self.window_fields:
            return
        start, end = filters["start_date"], filters["end_date"]
        check_order(start, end)
        if not self.is_lifted(filters):
            check_length(start, end, zone=self.zone)

    @post_load
    def decide_window(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Replace the dates sent by those of the time window."""
        if self.is_lifted(filters):
            return {**filters, "window_moves": False}
        sent = filters["start_date"], filters["end_date"]
        start, end = list_window(*sent, now=self.clock())
        moves = sent == (None, None)
        return {**filters, "start_date": start, "end_date": end, "window_moves": moves}


def check_order(start: datetime | None, end: datetime | None) -> None:
    """Raise ValidationError if a window ends before it starts."""
    if start is not None and end is not None and end < start:
        raise Invalid("dates.reversed", "end_date")


def check_length(start: datetime | None, end: datetime | None, *, zone: tzinfo) -> None:
    """Raise ValidationError if a window is longer than 90 days.

    The length is measured in the jurisdiction's zone, where a day of a clock change has 23 or 25
    hours, or in UTC: either may be 90 days.
    """
    if start is None or end is None:
        return
    by_local_clock = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(
        tzinfo=None
    )
    if min(end - start, by_local_clock) > LONGEST_WINDOW:
        raise Invalid("dates.too_far_apart", "start_date")


def list_window(
    start: datetime | None, end: datetime | None, *, now: datetime
) -> tuple[datetime, datetime]:
    """Return the time window of a list, both ends included.

    Without dates, the 90 days until now. With a start alone, the days since then, at most 90. With
    an end alone, the 90 days before it.
    """
    if start is None:
        end = end or now
        return end - LONGEST_WINDOW, end
    if end is None:
        return start, max(start, min(now, start + LONGEST_WINDOW))
    return start, end
