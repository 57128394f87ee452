"""The orders in which staff go through service requests."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import func, literal
from sqlalchemy.dialects.postgresql import TIMESTAMP

from open311.models import ServiceRequest
from open311.queries.ogc.sources import Source
from open311.queries.search.pages import SORTS, Sort

_NEVER = literal(datetime(9999, 12, 31, tzinfo=UTC), TIMESTAMP(timezone=True))

STAFF_SORTS = {
    **{name: SORTS[name] for name in ("-requested_datetime", "requested_datetime")},
    "-updated_datetime": SORTS["-updated_datetime"],
    # What is due first in front; what is never due at the end.
    "due": Sort(func.coalesce(ServiceRequest.expected_datetime, _NEVER)),
}


def in_order(source: Source, sort: str) -> Source:
    """Give the collection of service requests in one of STAFF_SORTS."""
    chosen = STAFF_SORTS[sort]
    return replace(source, sort=sort, key=chosen.column, descending=chosen.descending)
