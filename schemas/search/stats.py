"""Parameters of figures: what they count, by what, and in which periods."""

from datetime import tzinfo
from typing import Any

from marshmallow import validates_schema

from schemas.base import SearchSchema
from schemas.errors import Invalid
from schemas.fields import BarSeparated, Choice, CommaSeparated, Text, says
from schemas.routing.explanation import LocalDay
from schemas.search.fields import BoundaryCodes
from schemas.vocabulary.intake import INTAKE_CHANNELS

PERIODS = ("week", "month", "28days", "all")

OF = ("received", "period")

WAITING = ("counted", "left_out")


class CurveParametersSchema(SearchSchema):
    """The filters of figures, and their range. Days are those of the city, both included."""

    service_code = CommaSeparated(load_default=[], **says("Only requests for these services."))
    group = BarSeparated(
        load_default=[],
        **says("Only requests for the services of these groups, separated by |."),
    )
    agency_responsible = BarSeparated(
        load_default=[],
        **says(
            "Only requests of these departments, by name or code, separated by |. A flow counts "
            "what each department received, closed, and transferred itself."
        ),
    )
    boundary = BoundaryCodes(
        load_default=[],
        **says(
            "Only requests in these boundaries, each as layer:code, separated by |. Boundaries of "
            "one layer are alternatives; each layer must match.",
            example=["ward:2", "ward:3"],
        ),
    )
    channel = CommaSeparated(
        load_default=[],
        **says(
            "Only requests that came in this way; requires an API key with the right staff.",
            items={"type": "string", "enum": list(INTAKE_CHANNELS)},
        ),
    )
    from_ = LocalDay(
        data_key="from",
        load_default=None,
        **says("First day, such as 2026-11-25. By default 84 days before to."),
    )
    to = LocalDay(load_default=None, **says("Last day. By default yesterday."))

    def __init__(self, zone: tzinfo) -> None:
        """Set the zone of the days."""
        super().__init__()
        for name in ("from_", "to"):
            field = self.fields[name]
            if isinstance(field, LocalDay):
                field.zone = zone

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: Any) -> None:
        """Check that the range does not end before it begins."""
        first, last = values["from_"], values["to"]
        if first is not None and last is not None and last < first:
            raise Invalid("period.reversed", field="to")


class StatsSchema(CurveParametersSchema):
    """The filters and periods of figures, and by what they are counted."""

    by = Text(
        100,
        load_default="city",
        **says(
            "What figures are counted by: city, service, group, department, or the code of a "
            "boundary layer, such as ward; with the right staff, also channel."
        ),
    )
    period = Choice(
        PERIODS,
        load_default=None,
        **says(
            "ISO weeks, months, blocks of 28 days that end with to, or all days as one. By default "
            "week for flow, and 28days for others.",
            enum=list(PERIODS),
        ),
    )
    waiting = Choice(
        WAITING,
        load_default=WAITING[0],
        **says(
            "For time-to-close: whether the time counts in which a request waited for the "
            "requester.",
            enum=list(WAITING),
        ),
    )
    of = Choice(
        OF,
        load_default=OF[0],
        **says(
            "For time-to-close and first-action: all requests received in the period, or all that "
            "were open at any time in it, from the age that they had (for trends).",
            enum=list(OF),
        ),
    )
