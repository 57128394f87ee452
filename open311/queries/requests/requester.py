"""Requesters and commenters: for staff who work on a request, and to erase their data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    any_,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import Base, db
from open311.models import Contact as MailContact
from open311.models import (
    ReceivedUpdate,
    Reporter,
    ServiceRequest,
    SiteReport,
    Subscription,
    UpdateReporter,
)
from open311.personal_data import last_digits, normal_email, same_phone
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction
from open311.queries.together import Rows


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Contact data of a person; empty where they gave none."""

    first_name: str
    last_name: str
    email: str
    phone: str


REQUESTER = 0
"""The requester among the contacts: no received update has this id."""


def select_contacts(pk: Any) -> Rows:
    """Select the requester and the authors of updates, by the id of the received update."""
    requester, author = Reporter, UpdateReporter
    of_both = union_all(
        select(
            literal(REQUESTER).label("update_id"),
            *(requester.first_name, requester.last_name, requester.email, requester.phone),
        ).where(requester.service_request_pk == pk),
        select(
            author.received_update_id,
            *(author.first_name, author.last_name, author.email, author.phone),
        )
        .join(ReceivedUpdate, ReceivedUpdate.id == author.received_update_id)
        .where(ReceivedUpdate.service_request_pk == pk),
    ).subquery()
    return select(*of_both.c)


def find_contacts(rows: Iterable[Any]) -> dict[int, Contact]:
    """Return the rows of select_contacts by id, without people who gave no contact data."""
    return {
        row[0]: Contact(first_name=row[1], last_name=row[2], email=row[3], phone=row[4])
        for row in rows
        if any(row[1:])
    }


def list_requesters(pks: Sequence[int]) -> Mapping[int, Contact]:
    """Return the requesters of service requests by primary key, if they gave contact data."""
    columns = (Reporter.first_name, Reporter.last_name, Reporter.email, Reporter.phone)
    wanted = Reporter.service_request_pk.in_(pks)
    rows = db.session.execute(select(Reporter.service_request_pk, *columns).where(wanted))
    return find_contacts(rows)


@dataclass(frozen=True)
class PersonRow:
    """A stored requester, or the commenter of an update; columns are those of the table."""

    service_request_pk: int
    update_id: int | None
    columns: Mapping[str, str]


def list_people(service_request_pk: int) -> list[PersonRow]:
    """List the requester and the commenters of a service request."""
    return _people(
        Reporter.service_request_pk == service_request_pk,
        ReceivedUpdate.service_request_pk == service_request_pk,
    )


def list_people_by_email(jurisdiction_id: str, email: str) -> list[PersonRow]:
    """List the requesters and commenters with an email address, ignoring case."""
    wanted = normal_email(email)
    return _people(
        func.lower(func.btrim(Reporter.email)) == wanted,
        func.lower(func.btrim(UpdateReporter.email)) == wanted,
        jurisdiction_id,
    )


def list_people_by_phone(jurisdiction_id: str, phone: str) -> list[PersonRow]:
    """List the requesters and commenters with a phone number, in any notation."""
    ending = f"%{last_digits(phone)}"
    requesters, commenters = (
        digits_in(model.phone).like(ending) for model in (Reporter, UpdateReporter)
    )
    found = _people(requesters, commenters, jurisdiction_id)
    return [one for one in found if same_phone(one.columns["phone"], phone)]


def _people(
    requesters: ColumnElement[bool],
    commenters: ColumnElement[bool],
    jurisdiction_id: str | None = None,
) -> list[PersonRow]:
    """List rows by a condition for each table, those of service requests first, by their keys."""
    here = () if jurisdiction_id is None else (ServiceRequest.jurisdiction_id == jurisdiction_id,)
    of_requests = (
        select(Reporter)
        .join(ServiceRequest, ServiceRequest.pk == Reporter.service_request_pk)
        .where(requesters, *here)
        .order_by(Reporter.service_request_pk)
    )
    of_updates = (
        select(UpdateReporter, ReceivedUpdate.service_request_pk)
        .join(ReceivedUpdate, ReceivedUpdate.id == UpdateReporter.received_update_id)
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(commenters, *here)
        .order_by(UpdateReporter.received_update_id)
    )
    return [
        *(
            PersonRow(one.service_request_pk, None, _columns(one))
            for one in db.session.scalars(of_requests)
        ),
        *(
            PersonRow(pk, one.received_update_id, _columns(one))
            for one, pk in db.session.execute(of_updates)
        ),
    ]


def _columns(row: Base) -> dict[str, str]:
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {name: value for name, value in values.items() if isinstance(value, str)}


def digits_in(text: Any) -> Any:
    """Build the digits of a text."""
    return func.regexp_replace(text, "[^0-9]", "", "g")


def find_addresses_of_apps(pks: Collection[int]) -> Mapping[int, str]:
    """Return the email addresses of requesters that came without the website, by primary key.

    On the website, requesters say whether they want updates.
    """
    pk = Reporter.service_request_pk
    from_site = exists().where(SiteReport.service_request_pk == pk)
    known = exists().where(Subscription.service_request_pk == pk, Subscription.is_reporter)
    is_one = pk == any_(literal(list(pks), ARRAY(BigInteger)))
    rows = db.session.execute(select(pk, Reporter.email).where(is_one, ~from_site, ~known))
    return {row.service_request_pk: (row.email or "").strip().lower() for row in rows}


def gets_messages_about(jurisdiction: Scope, service_request_id: str, address: str) -> bool:
    """Return whether an address is that of the requester or of a follower of a request."""
    of_request = (
        select(ServiceRequest.pk)
        .where(of_jurisdiction(jurisdiction), known_as(service_request_id))
        .scalar_subquery()
    )
    follows = exists().where(
        Subscription.service_request_pk == of_request,
        MailContact.id == Subscription.contact_id,
        MailContact.address == address,
    )
    requested = exists().where(
        Reporter.service_request_pk == of_request, func.lower(Reporter.email) == address
    )
    return bool(db.session.scalar(select(follows | requested)))
