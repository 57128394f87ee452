"""Routing tests of administrators: added, changed, and removed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from geo.coordinates import Point
from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.routing import TEST_EXISTS, TEST_UNKNOWN
from open311.models import Canary
from open311.operations.transaction import operation
from open311.queries.catalog.departments import get_department
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope


@dataclass(frozen=True)
class RoutingTest:
    """A service at a place, the code of the department that it must go to, and a note."""

    name: str
    service_code: str
    department: str
    point: Point
    note: str


@operation
def add_test(jurisdiction: Scope, test: RoutingTest) -> None:
    """Store a routing test, whether it passes or not.

    Raises NotFound for the service or the department, and Conflict if the name is taken.
    """
    row = {"jurisdiction_id": jurisdiction.jurisdiction_id, **_columns(jurisdiction, test)}
    try:
        db.session.execute(insert(Canary), row)
    except IntegrityError:
        raise Conflict(TEST_EXISTS, field="name", name=test.name) from None


@operation
def change_test(jurisdiction: Scope, name: str, test: RoutingTest) -> None:
    """Change the routing test with a name, also its name; raises as add_test, and NotFound."""
    id_ = _find(jurisdiction, name)
    try:
        db.session.execute(
            update(Canary).where(Canary.id == id_).values(_columns(jurisdiction, test))
        )
    except IntegrityError:
        raise Conflict(TEST_EXISTS, field="name", name=test.name) from None


@operation
def drop_test(jurisdiction: Scope, name: str) -> None:
    """Remove a routing test; raises NotFound."""
    db.session.execute(delete(Canary).where(Canary.id == _find(jurisdiction, name)))


def _find(jurisdiction: Scope, name: str) -> int:
    found = db.session.scalar(
        select(Canary.id)
        .where(Canary.jurisdiction_id == jurisdiction.jurisdiction_id, Canary.name == name)
        .with_for_update()
    )
    if found is None:
        raise NotFound(TEST_UNKNOWN, name=name)
    return found


def _columns(jurisdiction: Scope, test: RoutingTest) -> dict[str, Any]:
    here = jurisdiction.jurisdiction_id
    return {
        "name": test.name,
        "service_id": get_service(here, test.service_code).id,
        "department_id": get_department(here, test.department).id,
        "location": test.point.ewkt,
        "note": test.note,
    }
