"""Catalog changes by administrators: departments, services, and questions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import ChangedMeanwhile, Conflict, NotFound
from open311.messages.catalog import (
    DEPARTMENT_CODE_TAKEN,
    DEPARTMENT_NAME_TAKEN,
    ORDER_CHANGED_SINCE,
    QUESTION_EXISTS,
    QUESTION_FIRST,
    QUESTION_NEEDS_OPTIONS,
    QUESTION_UNKNOWN,
    QUESTION_WITHOUT_OPTIONS,
    SERVICE_EXISTS,
    VISIBILITY_FIXED,
)
from open311.models import (
    AttributeValue,
    Department,
    Service,
    ServiceAttribute,
    ServiceRequest,
)
from open311.operations.transaction import operation
from open311.queries.catalog.departments import get_department, list_departments
from open311.queries.catalog.editing import StoredService, get_stored_service
from open311.steps.catalog import move_changeset
from open311.steps.lock import lock_city
from schemas.vocabulary.datatypes import WITH_OPTIONS

Row = Mapping[str, Any]


@operation
def add_service(jurisdiction_id: str, row: Row) -> None:
    """Add a service from columns of services.csv; raises Conflict if its code is taken."""
    lock_city(jurisdiction_id)
    code = row["service_code"]
    known = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, Service.service_code == code
    )
    if db.session.scalar(known) is not None:
        raise Conflict(SERVICE_EXISTS, field="service_code", code=code)
    db.session.execute(insert(Service), {**row, "jurisdiction_id": jurisdiction_id, "active": True})
    _publish(jurisdiction_id)


@operation
def change_service_of_catalog(
    jurisdiction_id: str, service_code: str, row: Row, *, active: bool
) -> None:
    """Change the columns of a service; its code and its service requests stay.

    row has columns of services.csv.

    Raises NotFound, and Conflict if confidential service requests would become public, or public
    ones confidential.
    """
    lock_city(jurisdiction_id)
    service = get_stored_service(jurisdiction_id, service_code)
    if (row["type"] == "blackbox") != (service.values["type"] == "blackbox") and _has_reports(
        service
    ):
        raise Conflict(VISIBILITY_FIXED, field="type", code=service_code)
    columns = {name: value for name, value in row.items() if name != "service_code"}
    db.session.execute(
        update(Service).where(Service.id == service.id).values(**columns, active=active)
    )
    _publish(jurisdiction_id)


@operation
def save_question(
    jurisdiction_id: str,
    service_code: str,
    row: Row,
    options: Sequence[tuple[str, str]],
    *,
    is_new: bool = False,
) -> None:
    """Add a question, or change the one with the same code unless is_new.

    options are (key, name), for list datatypes only. row has the columns of questions.csv except
    order: a new question comes last. Raises NotFound, and Conflict if options and datatype do not
    match, or if a new question has the code of another.
    """
    lock_city(jurisdiction_id)
    service = get_stored_service(jurisdiction_id, service_code)
    is_list = row["datatype"] in WITH_OPTIONS
    if is_list != bool(options):
        wrong = QUESTION_NEEDS_OPTIONS if is_list else QUESTION_WITHOUT_OPTIONS
        raise Conflict(wrong, field="options")
    columns = {name: row[name] for name in _COLUMNS}
    ids = {question.code: question.id for question in service.questions}
    question_id = ids.get(row["code"])
    if is_new and question_id is not None:
        raise Conflict(QUESTION_EXISTS, field="code", code=row["code"])
    if question_id is None:
        last = max((question.order for question in service.questions), default=0)
        place = {"service_id": service.id, "code": row["code"], "order": last + 1}
        statement = insert(ServiceAttribute).values(**columns, **place)
        question_id = db.session.execute(statement.returning(ServiceAttribute.id)).scalar_one()
    else:
        db.session.execute(
            update(ServiceAttribute).where(ServiceAttribute.id == question_id).values(**columns)
        )
    _store_options(question_id, options)
    _publish(jurisdiction_id)


_COLUMNS = (
    *("datatype", "required", "variable"),
    *("description", "datatype_description", "automated"),
)


@operation
def drop_question(jurisdiction_id: str, service_code: str, code: str) -> None:
    """Remove a question from a service; stored answers stay. Raises NotFound."""
    lock_city(jurisdiction_id)
    service = get_stored_service(jurisdiction_id, service_code)
    ids = {question.code: question.id for question in service.questions}
    if code not in ids:
        raise NotFound(QUESTION_UNKNOWN, service=service_code, code=code)
    db.session.execute(delete(ServiceAttribute).where(ServiceAttribute.id == ids[code]))
    _publish(jurisdiction_id)


@operation
def move_question_up(jurisdiction_id: str, service_code: str, code: str) -> None:
    """Swap a question with the previous one; raises NotFound, and Conflict if it is the first."""
    lock_city(jurisdiction_id)
    service = get_stored_service(jurisdiction_id, service_code)
    codes = [question.code for question in service.questions]
    if code not in codes:
        raise NotFound(QUESTION_UNKNOWN, service=service_code, code=code)
    place = codes.index(code)
    if place == 0:
        raise Conflict(QUESTION_FIRST, code=code)
    one, other = service.questions[place], service.questions[place - 1]
    for question, order in ((one, other.order), (other, one.order)):
        db.session.execute(
            update(ServiceAttribute).where(ServiceAttribute.id == question.id).values(order=order)
        )
    _publish(jurisdiction_id)


@operation
def order_questions(jurisdiction_id: str, service_code: str, codes: Sequence[str]) -> None:
    """Put the questions of a service in an order; codes are all of them.

    Raises NotFound, and ChangedMeanwhile if they are not.
    """
    lock_city(jurisdiction_id)
    service = get_stored_service(jurisdiction_id, service_code)
    ids = {question.code: question.id for question in service.questions}
    if sorted(codes) != sorted(ids):
        raise ChangedMeanwhile(ORDER_CHANGED_SINCE)
    for order, code in enumerate(codes, start=1):
        moved = update(ServiceAttribute).where(
            ServiceAttribute.id == ids[code], ServiceAttribute.order != order
        )
        db.session.execute(moved.values(order=order))
    _publish(jurisdiction_id)


def _store_options(question_id: int, options: Sequence[tuple[str, str]]) -> None:
    db.session.execute(delete(AttributeValue).where(AttributeValue.attribute_id == question_id))
    rows = [
        {"attribute_id": question_id, "key": key, "name": name, "position": position}
        for position, (key, name) in enumerate(options, start=1)
    ]
    if rows:
        db.session.execute(insert(AttributeValue), rows)


def _has_reports(service: StoredService) -> bool:
    made = exists().where(ServiceRequest.service_id == service.id)
    return bool(db.session.scalar(select(made)))


def _publish(jurisdiction_id: str) -> None:
    """Move the changeset so that clients fetch the catalog again."""
    move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))


@operation
def add_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Add a department; raises Conflict if the code or the name is taken."""
    _check_name(jurisdiction_id, code, name)
    row = {"jurisdiction_id": jurisdiction_id, "code": code, "name": name}
    try:
        db.session.execute(insert(table(Department)), row)
    except IntegrityError:
        raise Conflict(DEPARTMENT_CODE_TAKEN, field="department", code=code) from None
    _publish(jurisdiction_id)


@operation
def rename_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Rename a department, also in the API (agency_responsible).

    Raises NotFound, and Conflict if another department has the name.
    """
    department = get_department(jurisdiction_id, code)
    _check_name(jurisdiction_id, code, name)
    db.session.execute(update(Department).where(Department.id == department.id).values(name=name))
    _publish(jurisdiction_id)


@operation
def change_mailbox(
    jurisdiction_id: str, code: str, email: str | None, notices: Mapping[str, str]
) -> None:
    """Store the mailbox of a department, None for none, and what it gets; raises NotFound.

    notices are choices of USUAL_OF_DEPARTMENTS.
    """
    department = get_department(jurisdiction_id, code)
    values = {"email": email, "notices": dict(notices)}
    db.session.execute(update(Department).where(Department.id == department.id).values(values))


def _check_name(jurisdiction_id: str, code: str, name: str) -> None:
    """Lock the departments and check that no other one has the name."""
    lock_city(jurisdiction_id)
    for other_code, other_name in list_departments(jurisdiction_id):
        if other_name.lower() == name.lower() and other_code != code:
            raise Conflict(DEPARTMENT_NAME_TAKEN, field="name", code=other_code, name=other_name)
