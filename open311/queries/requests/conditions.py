"""Conditions on service requests: jurisdiction, id, open, withdrawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, literal_column, or_

from open311.errors import Gone
from open311.messages.requests import REQUEST_WITHDRAWN, SUBMISSION_WITHDRAWN
from open311.models import (
    ServiceRequest,
)
from open311.queries.jurisdictions import Scope

_NO_TEXT = literal_column("''", String)  # in the SQL: a parameter would be sent for each column

_LEFT_OF_IT = {
    "service_request_id",
    "status",
    "service_code",
    "requested_datetime",
    "updated_datetime",
}


def deleted() -> ColumnElement[bool]:
    """Return the column that marks withdrawn rows."""
    return ServiceRequest.withdrawn_at.is_not(None).label("deleted")


def or_tombstone(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row, or the tombstone of a withdrawn one, so that replicas delete their copies.

    A tombstone has deleted=True, the fields of _LEFT_OF_IT, and null for all others.
    """
    if row["deleted"]:
        return {
            name: value if name in _LEFT_OF_IT or name == "deleted" else None
            for name, value in row.items()
        }
    return {name: value for name, value in row.items() if name != "deleted"}


def gone(service_request_id: str | None, token: str | None = None) -> Gone:
    """Return the error for a withdrawn service request, or a withdrawn submission without an id."""
    if service_request_id is None:
        return Gone(SUBMISSION_WITHDRAWN, token=token)
    return Gone(REQUEST_WITHDRAWN, id=service_request_id)


def of_jurisdiction(jurisdiction: Scope) -> ColumnElement[bool]:
    """Return the condition that a service request belongs to a jurisdiction or its sandbox."""
    return and_(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        ServiceRequest.sandbox == jurisdiction.sandbox,
    )


def not_withdrawn() -> ColumnElement[bool]:
    """Return the condition that a service request has not been withdrawn."""
    return ServiceRequest.withdrawn_at.is_(None)


def submitted() -> ColumnElement[datetime]:
    """Return the time of submission, also of a request that was approved later."""
    return func.coalesce(ServiceRequest.submitted_at, ServiceRequest.requested_datetime)


def known_as(name: Any) -> ColumnElement[bool]:
    """Return the condition that a service request has this id, or this token if it has no id.

    For staff, who also work on submissions that await approval.
    """
    return or_(ServiceRequest.service_request_id == name, ServiceRequest.token == name)


def is_open() -> ColumnElement[bool]:
    """Return the condition that a service request is open."""
    return ServiceRequest.status == "open"


def still_open() -> ColumnElement[bool]:
    """Return the condition that a service request is open and was not withdrawn."""
    return and_(is_open(), not_withdrawn())


def or_null(column: Any) -> ColumnElement[str | None]:
    """Return a column of texts with null for empty ones."""
    return func.nullif(column, _NO_TEXT)
