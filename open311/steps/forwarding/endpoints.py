"""Endpoints of other servers, stored; the caller commits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.errors import InvalidParameters
from open311.messages.forwarding import SERVER_API_KEY
from open311.models import ApiKey, Department, ForeignEndpoint
from open311.queries.catalog.departments import get_department
from open311.steps.values.forwarding import EndpointValues

STORED = (
    *("name", "url", "foreign_jurisdiction", "service_map", "answer_map", "status_map"),
    *("sends_photos", "poll_minutes"),
)


def store_endpoint(jurisdiction_id: str, values: EndpointValues) -> int:
    """Add an endpoint, or change the one with the same code; return its id.

    A new one is off. Raises NotFound for an unknown department, and InvalidParameters for an
    unknown API key.
    """
    columns: dict[str, Any] = {name: getattr(values, name) for name in STORED}
    columns["api_key_id"] = _key_id(jurisdiction_id, values.api_key)
    if values.encrypted_key is not None:
        columns["encrypted_key"] = values.encrypted_key
    statement = insert(table(ForeignEndpoint)).values(
        jurisdiction_id=jurisdiction_id, code=values.code, **columns
    )
    stored = statement.on_conflict_do_update(
        index_elements=["jurisdiction_id", "code"], set_=columns
    ).returning(ForeignEndpoint.id)
    endpoint_id = db.session.execute(stored).scalar_one()
    _store_departments(jurisdiction_id, endpoint_id, values.departments)
    return endpoint_id


def _key_id(jurisdiction_id: str, name: str) -> int | None:
    if not name:
        return None
    found = db.session.scalar(
        select(ApiKey.id).where(
            ApiKey.jurisdiction_id == jurisdiction_id,
            ApiKey.name == name,
            ApiKey.kind == "app",
            ApiKey.revoked_at.is_(None),
        )
    )
    if found is None:
        raise InvalidParameters(SERVER_API_KEY, field="api_key_here", name=name)
    return found


def _store_departments(jurisdiction_id: str, endpoint_id: int, codes: Sequence[str]) -> None:
    """Let these departments, and no others, forward to an endpoint."""
    ids = [get_department(jurisdiction_id, code).id for code in codes]
    mine = Department.jurisdiction_id == jurisdiction_id
    db.session.execute(
        update(Department)
        .where(mine, Department.foreign_endpoint_id == endpoint_id, Department.id.not_in(ids))
        .values(foreign_endpoint_id=None)
    )
    db.session.execute(
        update(Department)
        .where(mine, Department.id.in_(ids))
        .where(Department.foreign_endpoint_id.is_distinct_from(endpoint_id))
        .values(foreign_endpoint_id=endpoint_id)
    )
