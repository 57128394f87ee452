"""Service requests that were withdrawn: left out, or shown as no more than gone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from open311.errors import Gone
from open311.models import ServiceRequest

_LEFT_OF_IT = {
    "service_request_id",
    "status",
    "service_code",
    "requested_datetime",
    "updated_datetime",
}


def deleted() -> ColumnElement[bool]:
    """Give the column by which shown and gone tell withdrawn rows from others."""
    return ServiceRequest.withdrawn_at.is_not(None).label("deleted")


def or_tombstone(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row as it is, or of a withdrawn one what tells others to remove their copies.

    deleted is only ever there where it is true. Whatever else a row has is null.
    """
    if row["deleted"]:
        return {
            name: value if name in _LEFT_OF_IT or name == "deleted" else None
            for name, value in row.items()
        }
    return {name: value for name, value in row.items() if name != "deleted"}


def gone(service_request_id: str | None, token: str | None = None) -> Gone:
    """Give the error for a service request that was withdrawn, perhaps before it had an id."""
    name = (
        f"token {token!r}"
        if service_request_id is None
        else (f"service_request_id {service_request_id!r}")
    )
    return Gone(f"{name} has been withdrawn and is no longer here.")
