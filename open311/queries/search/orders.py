"""Sort orders of lists. Each is total: the primary key breaks ties."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy.dialects.postgresql import TIMESTAMP

from open311.models import DUE_OR_NEVER, ServiceRequest


@dataclass(frozen=True)
class Order:
    """A sort order: its name in cursors, its column, and the primary key.

    by_change orders have numbers of changes as keys: lists end where numbers may still be missing.
    """

    name: str
    key: Any
    pk: Any
    descending: bool = False

    @property
    def by_change(self) -> bool:
        """Whether the key is a number that the trigger number_change gives."""
        return self.name in ("added", "changed")


_COLUMNS: dict[str, Any] = {
    "requested_datetime": ServiceRequest.requested_datetime,
    "updated_datetime": ServiceRequest.updated_datetime,
    # Rows that change during paging move to the end (migration 0011).
    "added": ServiceRequest.listed_number,
    "changed": ServiceRequest.change_number,
    # The most pressing first, and of those what came first.
    "priority": ServiceRequest.priority,
    # What is due first comes first; what is never due comes last.
    "due": literal_column(DUE_OR_NEVER, TIMESTAMP(timezone=True)),
}

ORDERS = {
    name: Order(name, _COLUMNS[name.lstrip("-")], ServiceRequest.pk, name.startswith("-"))
    for name in (*_COLUMNS, "-requested_datetime", "-updated_datetime")
}
"""All sort orders of service requests; each interface offers some (schemas/search/cursors.py)."""

NEWEST_FIRST = ORDERS["-requested_datetime"]
