"""Reads of the endpoints of other servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from open311.database import db
from open311.errors import NotFound
from open311.messages.forwarding import SERVER_UNKNOWN
from open311.models import ApiKey, Department, ForeignEndpoint


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint as it is stored (ForeignEndpoint)."""

    id: int
    jurisdiction_id: str
    code: str
    name: str
    url: str
    foreign_jurisdiction: str
    format: str
    encrypted_key: bytes | None = field(repr=False)
    service_map: Mapping[str, str]
    answer_map: Mapping[str, str]
    status_map: Mapping[str, str]
    sends_photos: bool
    has_updates: bool
    poll_minutes: int
    state: str
    polled_at: datetime | None
    updates_until: datetime | None
    failure: str


@dataclass(frozen=True)
class EndpointShown:
    """An endpoint with the departments that forward there, by code, and the key it uses here."""

    endpoint: Endpoint
    departments: Mapping[str, str]
    api_key: str | None


def endpoint_columns() -> tuple[Any, ...]:
    """Return the columns of an endpoint, labeled endpoint_…"""
    names = Endpoint.__dataclass_fields__
    return tuple(getattr(ForeignEndpoint, name).label(f"endpoint_{name}") for name in names)


def endpoint_of(row: Any) -> Endpoint:
    """Return the endpoint of a row with endpoint_columns."""
    names = Endpoint.__dataclass_fields__
    return Endpoint(**{name: getattr(row, f"endpoint_{name}") for name in names})


def list_endpoints(jurisdiction_id: str) -> list[EndpointShown]:
    """List the endpoints of a jurisdiction, by name."""
    return [_shown(row) for row in db.session.execute(_select(jurisdiction_id))]


def get_endpoint(jurisdiction_id: str, code: str) -> EndpointShown:
    """Get an endpoint by its code; raises NotFound."""
    statement = _select(jurisdiction_id).where(ForeignEndpoint.code == code)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(SERVER_UNKNOWN, field="server", code=code)
    return _shown(row)


def _select(jurisdiction_id: str) -> Select[Any]:
    pairs = func.json_object_agg(
        Department.code, aggregate_order_by(Department.name, Department.code)
    )
    departments = (
        select(pairs)
        .where(Department.foreign_endpoint_id == ForeignEndpoint.id)
        .correlate(ForeignEndpoint)
        .scalar_subquery()
    )
    return (
        select(*endpoint_columns(), departments.label("departments"), ApiKey.name.label("api_key"))
        .outerjoin(ApiKey, ApiKey.id == ForeignEndpoint.api_key_id)
        .where(ForeignEndpoint.jurisdiction_id == jurisdiction_id)
        .order_by(ForeignEndpoint.name, ForeignEndpoint.code)
    )


def _shown(row: Any) -> EndpointShown:
    return EndpointShown(endpoint_of(row), row.departments or {}, row.api_key)
