"""Departments that forward, as the snapshot of a city knows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from open311.database import db
from open311.models import Department, ForeignEndpoint
from schemas.vocabulary.forwarding import ON

_MARK = re.compile(r"Forwarded by .+: \S+")


@dataclass(frozen=True)
class Target:
    """The endpoint of a department that forwards, by its id and its name."""

    endpoint_id: int
    name: str


@dataclass(frozen=True)
class Targets:
    """The endpoints of a city that are on, by the id of each department that forwards there.

    keys are the ids of the API keys by which other servers report here, also those that are off.
    """

    by_department: Mapping[int, Target] = field(default_factory=dict)
    keys: frozenset[int] = frozenset()


def read_targets(jurisdiction_id: str) -> Targets:
    """Read the departments that forward, and the keys of other servers."""
    mine = ForeignEndpoint.jurisdiction_id == jurisdiction_id
    rows = db.session.execute(
        select(
            Department.id.label("department_id"),
            ForeignEndpoint.id,
            ForeignEndpoint.name,
            ForeignEndpoint.state,
            ForeignEndpoint.api_key_id,
        )
        .select_from(ForeignEndpoint)
        .outerjoin(Department, Department.foreign_endpoint_id == ForeignEndpoint.id)
        .where(mine)
        .order_by(ForeignEndpoint.id, Department.id)
    ).all()
    return Targets(
        {
            row.department_id: Target(row.id, row.name)
            for row in rows
            if row.department_id is not None and row.state == ON
        },
        frozenset(row.api_key_id for row in rows if row.api_key_id is not None),
    )


def mark_of(city: str, service_request_id: str) -> str:
    """Return the last line of the description of what a city forwards, by which it is found."""
    return f"Forwarded by {city}: {service_request_id}"


def was_forwarded(description: str) -> bool:
    """Return whether the last line of a description says that another server forwarded it."""
    last = description.rstrip().rpartition("\n")[2].strip()
    return _MARK.fullmatch(last) is not None
