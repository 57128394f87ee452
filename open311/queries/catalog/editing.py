"""The catalog for administrators: inactive entries, and numbers of dependent objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.catalog import SERVICE_UNKNOWN
from open311.models import (
    AttributeValue,
    Department,
    Jurisdiction,
    RoutingRule,
    Service,
    ServiceAttribute,
    ServiceRequest,
)
from open311.queries.catalog.departments import DEPARTMENTS_IN_ORDER
from open311.queries.catalog.services import in_city_order
from open311.queries.requests.conditions import still_open

SERVICE_COLUMNS = (
    "service_code",
    "service_name",
    "description",
    "group",
    "keywords",
    "type",
    "expected_days",
    "service_notice",
    *("is_on_site", "duplicate_meters", "looked_at_first", "urgent_text", "urgent_phone"),
    *("needs_contact", "reopen_days", "default_priority"),
)
SERVICE_FLAGS = ("is_on_site", "looked_at_first", "needs_contact")
"""Those that are checkboxes on a form."""


@dataclass(frozen=True, kw_only=True)
class StoredQuestion:
    """A question of a service with its options as (key, name), in their order."""

    id: int
    code: str
    order: int
    datatype: str
    required: bool
    variable: bool
    description: str
    datatype_description: str
    automated: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class StoredService:
    """A service by the columns of services.csv, active or not, with its questions in order."""

    id: int
    active: bool
    values: Mapping[str, Any]
    questions: Sequence[StoredQuestion] = ()


@dataclass(frozen=True)
class StoredDepartment:
    """A department with the numbers of dependent objects; roles are default and outside.

    email is its mailbox, if it has one, and notices are the choices of USUAL_OF_DEPARTMENTS.
    """

    code: str
    name: str
    open_requests: int
    rules: int
    email: str | None
    notices: Mapping[str, str]
    roles: tuple[str, ...]


def list_stored_services(jurisdiction_id: str) -> list[tuple[StoredService, int]]:
    """List services, inactive ones last, each with its number of open service requests."""
    opened = _open_by(ServiceRequest.service_id, jurisdiction_id)
    rows = db.session.execute(
        select(Service, func.coalesce(opened.c.number, 0))
        .outerjoin(opened, opened.c.id == Service.id)
        .where(Service.jurisdiction_id == jurisdiction_id)
        .order_by(Service.active.desc(), *in_city_order())
    )
    return [(StoredService(one.id, one.active, _values(one)), number) for one, number in rows]


def get_stored_service(jurisdiction_id: str, service_code: str) -> StoredService:
    """Get a service, active or not, with its questions; raises NotFound."""
    one = db.session.scalar(
        select(Service).where(
            Service.jurisdiction_id == jurisdiction_id, Service.service_code == service_code
        )
    )
    if one is None:
        raise NotFound(SERVICE_UNKNOWN, code=service_code)
    return StoredService(one.id, one.active, _values(one), _questions(one.id))


def list_stored_departments(jurisdiction_id: str) -> list[StoredDepartment]:
    """List departments by name, with the numbers of dependent objects."""
    mine, opened = Department.id, _open_by(ServiceRequest.department_id, jurisdiction_id)
    rows = db.session.execute(
        select(
            Department.code,
            Department.name,
            func.coalesce(opened.c.number, 0),
            _count(RoutingRule.id, RoutingRule.department_id == mine, RoutingRule.active),
            Department.email,
            Department.notices,
            Jurisdiction.default_department == Department.code,
            Jurisdiction.outside_department == Department.code,
        )
        .join(Jurisdiction, Jurisdiction.id == Department.jurisdiction_id)
        .outerjoin(opened, opened.c.id == mine)
        .where(Department.jurisdiction_id == jurisdiction_id)
        .order_by(*DEPARTMENTS_IN_ORDER)
    )
    return [
        StoredDepartment(
            *(code, name, open_requests, rules, email, notices),
            tuple(role for role, has_it in (("default", default), ("outside", outside)) if has_it),
        )
        for code, name, open_requests, rules, email, notices, default, outside in rows
    ]


def _values(one: Service) -> dict[str, Any]:
    return {name: getattr(one, name) for name in SERVICE_COLUMNS}


def _questions(service_id: int) -> list[StoredQuestion]:
    options: dict[int, list[tuple[str, str]]] = {}
    rows = db.session.execute(
        select(AttributeValue.attribute_id, AttributeValue.key, AttributeValue.name)
        .join(ServiceAttribute, ServiceAttribute.id == AttributeValue.attribute_id)
        .where(ServiceAttribute.service_id == service_id)
        .order_by(AttributeValue.attribute_id, AttributeValue.position)
    )
    for attribute_id, key, name in rows:
        options.setdefault(attribute_id, []).append((key, name))
    questions = db.session.execute(
        select(
            ServiceAttribute.id,
            ServiceAttribute.code,
            ServiceAttribute.order,
            ServiceAttribute.datatype,
            ServiceAttribute.required,
            ServiceAttribute.variable,
            ServiceAttribute.description,
            ServiceAttribute.datatype_description,
            ServiceAttribute.automated,
        )
        .where(ServiceAttribute.service_id == service_id)
        .order_by(ServiceAttribute.order)
    ).mappings()
    return [StoredQuestion(**row, options=options.get(row["id"], [])) for row in questions]


def _open_by(column: Any, jurisdiction_id: str) -> Subquery:
    """Select the numbers of open requests by a column, as a list of staff finds them.

    All at once: one by one, PostgreSQL reads the closed ones of each, too.
    """
    return (
        select(column.label("id"), func.count().label("number"))
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ~ServiceRequest.sandbox,
            still_open(),
        )
        .group_by(column)
        .subquery()
    )


def _count(counted: Any, *conditions: Any) -> ColumnElement[int]:
    return (
        select(func.count(counted)).where(*conditions).correlate(Service, Department)
    ).scalar_subquery()
