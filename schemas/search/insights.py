"""Filters of figures, named as those of the list of requests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from marshmallow import validates_schema

from schemas.base import SearchSchema
from schemas.errors import Invalid
from schemas.fields import Choice, Repeated, Text, W3CDateTime
from schemas.search.fields import WholeNumber
from schemas.vocabulary.intake import INTAKE_CHANNELS

LONGEST = timedelta(days=5 * 366)
"""Of a period."""

MOST_CREWS = 1000


class InsightsSchema(SearchSchema):
    """Filters of figures; None or [] if not set. Values of a list are alternatives.

    since and until are the first and the last day of a period. layer is what areas are compared by,
    by is what tables are cut by (open311/web/insights/cuts.py). With waiting, the time in which a
    request waited for the requester is left out of times to close. crews and crews_planned are for
    what would be open with other crews.
    """

    service_code = Repeated(200, load_default=[])
    group = Repeated(200, load_default=[])
    agency_responsible = Repeated(200, load_default=[])
    boundary = Repeated(300, r"[a-z][a-z0-9_]*:.+", load_default=[])
    channel = Repeated(20, load_default=[])
    since = W3CDateTime(load_default=None)
    until = W3CDateTime(load_default=None, last_moment=True)
    layer = Text(100, load_default=None)
    by = Text(110, load_default=None)
    waiting = Choice(("left_out",), load_default=None)
    crews = WholeNumber(1, load_default=None)
    crews_planned = WholeNumber(1, load_default=None)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        for field in self.fields.values():
            if isinstance(field, W3CDateTime):
                field.zone = zone

    @validates_schema
    def check_values(self, asked: Mapping[str, Any], **_: Any) -> None:
        """Check that the period is neither reversed nor too long, and that channels exist."""
        since, until = asked["since"], asked["until"]
        if since is not None and until is not None and until < since:
            raise Invalid("dates.reversed", "until")
        if since is not None and (until or datetime.now(UTC)) - since > LONGEST:
            raise Invalid("figures.period_too_long", "since")
        for name in ("crews", "crews_planned"):
            if (asked[name] or 0) > MOST_CREWS:
                raise Invalid("figures.too_many_crews", name, limit=MOST_CREWS)
        if unknown := [one for one in asked["channel"] if one not in INTAKE_CHANNELS]:
            raise Invalid("figures.channel_unknown", "channel", channel=unknown[0])


def day_of(asked: Mapping[str, Any], name: str, zone: tzinfo) -> date | None:
    """Return a day of what was loaded, in the zone of the city."""
    moment = asked[name]
    return None if moment is None else moment.astimezone(zone).date()
