"""The orders of lists, each of which is total: the primary key decides between equals."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy.dialects.postgresql import TIMESTAMP

from open311.models import DUE_OR_NEVER, ServiceRequest


@dataclass(frozen=True)
class Order:
    """An order by its name in cursors, the column it sorts by, and the primary key."""

    name: str
    key: Any
    pk: Any
    descending: bool = False


_COLUMNS: dict[str, Any] = {
    "requested_datetime": ServiceRequest.requested_datetime,
    "updated_datetime": ServiceRequest.updated_datetime,
    # What changes while someone reads along these comes at the end, never before (migration 0002).
    "added": ServiceRequest.listed_number,
    "changed": ServiceRequest.change_number,
    # What is due first comes first; what is never due comes last.
    "due": literal_column(DUE_OR_NEVER, TIMESTAMP(timezone=True)),
}

ORDERS = {
    name: Order(name, _COLUMNS[name.lstrip("-")], ServiceRequest.pk, name.startswith("-"))
    for name in (*_COLUMNS, "-requested_datetime", "-updated_datetime")
}
"""All orders of service requests; each edge offers some of them (schemas/cursors.py)."""

NEWEST_FIRST = ORDERS["-requested_datetime"]
