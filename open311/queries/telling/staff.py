"""Which staff are notified, and what emails may say of a service request.

Nothing that a requester wrote is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import (
    Department,
    MessageItem,
    RoutingStep,
    Service,
    ServiceRequest,
    User,
    WorkStep,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, not_withdrawn, of_jurisdiction
from open311.queries.telling.facts import registered_address
from open311.queries.telling.recipients import find_usual_language
from open311.roles import may_work
from schemas.vocabulary import notices
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.notices import USUAL_OF_DEPARTMENTS, USUAL_OF_USERS, chosen, wants_digest
from schemas.vocabulary.statuses import OPEN


@dataclass(frozen=True, kw_only=True)
class StaffRecipient:
    """A user who can sign in, or the mailbox of a department. id is that of the one or the other.

    department_id is that of the user or of the mailbox; notices are the choices.
    """

    jurisdiction_id: str
    id: int
    is_user: bool
    name: str
    role: str | None
    department_id: int | None
    email: str = field(repr=False)
    language: str
    notices: Mapping[str, str]
    has_password: bool = False

    @property
    def usual(self) -> Mapping[str, str]:
        return USUAL_OF_USERS if self.is_user else USUAL_OF_DEPARTMENTS

    def wish(self, event: str) -> str:
        """Return when the recipient wants an email about an event."""
        return chosen(self.notices, self.usual, event)

    @property
    def wants_digest(self) -> bool:
        return wants_digest(self.notices, self.usual)

    @property
    def columns(self) -> dict[str, int]:
        """The column that tells the recipient of a message."""
        return {"user_id" if self.is_user else "department_id": self.id}

    def works_on(self, department_id: int) -> bool:
        """Return whether service requests of a department are those of this recipient."""
        if not self.is_user:
            return self.id == department_id
        return may_work(_Member(self.role or "viewer", self.department_id), department_id)


@dataclass(frozen=True)
class _Member:
    role: str
    department_id: int | None


def list_users_to_tell(
    *conditions: ColumnElement[bool], email: ColumnElement[str | None] | None = None
) -> list[StaffRecipient]:
    """List the users with an address who can sign in, by id; email is another one than theirs."""
    address = User.email if email is None else email
    rows = db.session.execute(
        select(
            *(User.jurisdiction_id, User.id, User.name, User.role, User.department_id),
            *(address.label("email"), User.language, User.notices),
            User.password_hash.is_not(None).label("has_password"),
        )
        .where(address.is_not(None), User.disabled_at.is_(None), *conditions)
        .order_by(User.id)
    )
    return [StaffRecipient(is_user=True, **row._mapping) for row in rows]


def list_mailboxes_to_tell(*conditions: ColumnElement[bool]) -> list[StaffRecipient]:
    """List the departments with a mailbox, by id; its language is the first one of the website."""
    rows = db.session.execute(
        select(
            *(Department.jurisdiction_id, Department.id, Department.name),
            *(Department.email, Department.notices),
        )
        .where(Department.email.is_not(None), *conditions)
        .order_by(Department.id)
    ).all()
    usual = {id_: find_usual_language(id_) for id_ in {row.jurisdiction_id for row in rows}}
    return [
        StaffRecipient(
            is_user=False,
            role=None,
            department_id=row.id,
            language=usual[row.jurisdiction_id] or next(iter(LANGUAGES)),
            **row._mapping,
        )
        for row in rows
    ]


def list_in_city(jurisdiction_id: str) -> list[StaffRecipient]:
    """List all recipients of a city."""
    return [
        *list_users_to_tell(User.jurisdiction_id == jurisdiction_id),
        *list_mailboxes_to_tell(Department.jurisdiction_id == jurisdiction_id),
    ]


@dataclass(frozen=True)
class StaffFacts:
    """A service request as emails to staff tell of it; times are in UTC.

    name is its number, or its token until it has one. address is as the register writes it. who did
    the step; from_department is the one that it was with before, for the reason of that person.
    """

    kind: str
    name: str
    service_code: str
    service_name: str
    service_type: str
    address: str | None
    due: datetime | None
    who: str = ""
    from_department: int | None = None
    reason: str = ""


def read_items(message_id: int, to: StaffRecipient, now: datetime) -> list[StaffFacts]:
    """List what a message tells of, as far as it is still true and still the recipient's."""
    rows = db.session.execute(
        select(
            *(MessageItem.kind, *_FACTS),
            *(ServiceRequest.department_id, ServiceRequest.assigned_user_id),
            *(ServiceRequest.status, ServiceRequest.waits_since),
            func.coalesce(WorkStep.made_by, RoutingStep.made_by, "").label("who"),
            RoutingStep.from_department_id.label("from_department"),
            func.coalesce(RoutingStep.reason, "").label("reason"),
        )
        .join(ServiceRequest, ServiceRequest.pk == MessageItem.service_request_pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .outerjoin(
            WorkStep,
            (WorkStep.id == MessageItem.step_id) & (MessageItem.kind == notices.ASSIGNED),
        )
        .outerjoin(
            RoutingStep,
            (RoutingStep.id == MessageItem.step_id) & (MessageItem.kind == notices.HANDED_OVER),
        )
        .where(MessageItem.message_id == message_id, not_withdrawn())
        .order_by(MessageItem.id)
    )
    found: dict[tuple[str, str], StaffFacts] = {}
    for row in rows:
        if _is_still_theirs(row, to, now):
            values = {name: getattr(row, name) for name in StaffFacts.__dataclass_fields__}
            found[row.kind, row.name] = StaffFacts(**values)
    return list(found.values())


def _is_still_theirs(row: Any, to: StaffRecipient, now: datetime) -> bool:
    if not to.works_on(row.department_id) or (to.is_user and row.assigned_user_id != to.id):
        return False
    if row.status != OPEN:  # then only what the requester says about it is news
        return bool(row.kind == notices.NOT_SOLVED)
    if row.kind == notices.OVERDUE:
        return row.waits_since is None and row.due is not None and row.due < now
    return True


_FACTS = (
    func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token).label("name"),
    Service.service_code,
    Service.service_name,
    Service.type.label("service_type"),
    registered_address().label("address"),
    ServiceRequest.expected_datetime.label("due"),
)


def find_staff_facts(
    jurisdiction: Scope, service_request_id: str, kind: str
) -> tuple[int, StaffFacts]:
    """Return the id of the department of a service request, and its facts; raises NotFound."""
    row = db.session.execute(
        select(ServiceRequest.department_id, *_FACTS)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(of_jurisdiction(jurisdiction), not_withdrawn(), known_as(service_request_id))
    ).one_or_none()
    if row is None:
        raise NotFound(REQUEST_UNKNOWN, field="service_request_id", id=service_request_id)
    department_id, *facts = row
    return department_id, StaffFacts(kind, *facts)


def due_within(begin: datetime, end: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that a service request is due from begin on, before end, if it is open.

    One that waits for the requester is not due.
    """
    return [
        ServiceRequest.status == OPEN,
        ServiceRequest.waits_since.is_(None),
        ServiceRequest.sandbox.is_(False),
        ServiceRequest.expected_datetime >= begin,
        ServiceRequest.expected_datetime < end,
        not_withdrawn(),
    ]


def list_due_of(user_id: int, begin: datetime, end: datetime) -> Sequence[StaffFacts]:
    """List the service requests assigned to a user that are due in a time, by due date."""
    rows = db.session.execute(
        select(*_FACTS)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(ServiceRequest.assigned_user_id == user_id, *due_within(begin, end))
        .order_by(ServiceRequest.expected_datetime, ServiceRequest.pk)
    )
    return [StaffFacts(kind=notices.DUE, **row._mapping) for row in rows]


MORNING = 7
"""The local hour at which the emails of a day are sent."""

MORNING_HOURS = timedelta(hours=3)
"""Time after it in which they are still made, as after an outage."""
