"""What messages may say about a service request: nothing that only staff read, and no contacts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import (
    AddressPoint,
    Department,
    ForeignEndpoint,
    Forwarding,
    Jurisdiction,
    Media,
    Service,
    ServiceRequest,
    StatusChange,
)
from open311.personal_data import ERASED
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import (
    known_as,
    not_withdrawn,
    of_jurisdiction,
    submitted,
)
from open311.queries.together import NamedRows
from schemas.vocabulary.steps import FORWARDED
from schemas.vocabulary.telling import FORWARDED as FORWARDED_MESSAGE


@dataclass(frozen=True)
class ToldStep:
    """A step with its public note, if that is new, and the names of the photos of staff."""

    at: datetime
    detailed_status: str
    note: str
    photos: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A service request as messages describe it. Times are in UTC.

    registered_address is the address as the register writes it, and address as the requester did.
    main_id is the public number of the original of a duplicate. reopen_days is the number of days
    after a closing in which the requester can reopen it. steps are those that a message is about;
    server and number are the other server to which one of them sent the request, and its number
    there.
    """

    jurisdiction_id: str
    service_request_id: str | None
    public: bool
    service_code: str
    service_name: str
    service_type: str
    department_code: str
    department: str
    address: str
    registered_address: str | None
    requested_at: datetime
    expected_datetime: datetime | None
    detailed_status: str
    main_id: str | None
    reopen_days: int
    steps: Sequence[ToldStep]
    server: str = ""
    number: str = ""


def read_facts(pk: int, first_change_id: int | None, last_change_id: int | None) -> Facts:
    """Return what messages may say about a service request and its steps in a range of ids."""
    [row] = _facts().read(pk=pk)
    return facts_of(pk, row, first_change_id, last_change_id)


def facts_of(pk: int, row: Any, first_change_id: int | None, last_change_id: int | None) -> Facts:
    """Return the same; row has the columns of with_facts."""
    known = {name: getattr(row, name) for name in _FACT_NAMES}
    if first_change_id is None or last_change_id is None:
        return Facts(**known, steps=())
    before, changes = within(read_changes([pk])[pk], first_change_id, last_change_id)
    sent = [change.made_by for change in changes if change.kind == FORWARDED]
    server = sent[-1] if sent else ""
    number = _find_number(pk, server) if server else ""
    steps = _told_steps(before, changes)
    return Facts(**known, steps=steps, server=server, number=number)


_FACT_NAMES = [one.name for one in fields(Facts) if one.name not in ("steps", "server", "number")]


@cache
def _facts() -> NamedRows:
    by_pk = ServiceRequest.pk == bindparam("pk", type_=BigInteger)
    cities = select(Jurisdiction.id).join(
        ServiceRequest, ServiceRequest.jurisdiction_id == Jurisdiction.id
    )
    return NamedRows(with_facts(cities.with_only_columns()).where(by_pk))


def with_facts(requests: Any) -> Any:
    """Add what messages may say to a statement that joins service requests and jurisdictions."""
    main = aliased(ServiceRequest)
    return (
        requests.add_columns(
            ServiceRequest.jurisdiction_id,
            ServiceRequest.service_request_id,
            ServiceRequest.public,
            Service.service_code,
            Service.service_name,
            Service.type.label("service_type"),
            Department.code.label("department_code"),
            Department.name.label("department"),
            ServiceRequest.address_string.label("address"),
            registered_address().label("registered_address"),
            submitted().label("requested_at"),
            ServiceRequest.expected_datetime,
            ServiceRequest.detailed_status,
            main.service_request_id.label("main_id"),
            func.coalesce(Service.reopen_days, Jurisdiction.reopen_days).label("reopen_days"),
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .outerjoin(main, (main.pk == ServiceRequest.duplicate_of_pk) & main.public)
    )


def registered_address() -> Any:
    """Select the address of a service request as the register writes it."""
    return (
        select(AddressPoint.address)
        .where(
            AddressPoint.jurisdiction_id == ServiceRequest.jurisdiction_id,
            AddressPoint.address_id == ServiceRequest.address_id,
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def read_changes(pks: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """Return the steps of service requests by primary key, in order."""
    found: dict[int, list[Any]] = {pk: [] for pk in pks}
    for row in _changes().read(pks=list(pks)):
        found[row.service_request_pk].append(row)
    return found


@cache
def _changes() -> NamedRows:
    pks = bindparam("pks", type_=ARRAY(BigInteger))
    return NamedRows(
        select(
            StatusChange.service_request_pk,
            StatusChange.id,
            StatusChange.changed_at,
            StatusChange.status,
            StatusChange.detailed_status,
            StatusChange.status_notes,
            StatusChange.kind,
            StatusChange.made_by,
        )
        .where(StatusChange.service_request_pk == func.any(pks))
        .order_by(StatusChange.id)
    )


def within(changes: Sequence[Any], first: int, last: int) -> tuple[Any, Sequence[Any]]:
    """Return the step before a range of ids, None without one, and those in the range."""
    earlier = [row for row in changes if row.id < first]
    return earlier[-1] if earlier else None, [row for row in changes if first <= row.id <= last]


def _told_steps(before: Any, changes: Sequence[Any]) -> Sequence[ToldStep]:
    """Return those of some steps that say something new."""
    photos = photos_of([change.id for change in changes])
    found: list[ToldStep] = []
    status, note = (before.detailed_status, before.status_notes) if before else ("", "")
    for change in changes:
        new = change.status_notes if change.status_notes not in (note, ERASED) else ""
        pictures = photos.get(change.id, ())
        if change.detailed_status != status or new or pictures:
            found.append(ToldStep(change.changed_at, change.detailed_status, new, pictures))
        status, note = change.detailed_status, change.status_notes
    return found


def _find_number(pk: int, server: str) -> str:
    """Return the number of a service request on the server named so; empty if it is not known."""
    number = db.session.scalar(
        select(Forwarding.foreign_id)
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .where(Forwarding.service_request_pk == pk, ForeignEndpoint.name == server)
        .order_by(Forwarding.id.desc())
        .limit(1)
    )
    return number or ""


def photos_of(change_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return the names of the stored photos of steps, by the ids of these."""
    found: dict[int, list[str]] = {}
    for row in _photos().read(change_ids=list(change_ids)):
        found.setdefault(row.status_change_id, []).append(row.name)
    return found


@cache
def _photos() -> NamedRows:
    change_ids = bindparam("change_ids", type_=ARRAY(BigInteger))
    return NamedRows(
        select(Media.status_change_id, Media.name)
        .where(Media.status_change_id == func.any(change_ids), Media.name.is_not(None))
        .order_by(Media.position)
    )


def find_told_steps(jurisdiction: Scope, service_request_id: str, kind: str) -> tuple[int, int]:
    """Return the key of a service request, and the id of its last step; raises NotFound.

    For the message about a forwarding, it is the last step that forwarded the request, if any.
    """
    last = func.max(StatusChange.id)
    fits = StatusChange.kind == FORWARDED if kind == FORWARDED_MESSAGE else true()
    row = db.session.execute(
        select(ServiceRequest.pk, func.coalesce(last.filter(fits), last).label("last"))
        .join(StatusChange, StatusChange.service_request_pk == ServiceRequest.pk)
        .where(of_jurisdiction(jurisdiction), not_withdrawn(), known_as(service_request_id))
        .group_by(ServiceRequest.pk)
    ).one_or_none()
    if row is None:
        raise NotFound(REQUEST_UNKNOWN, field="service_request_id", id=service_request_id)
    return row.pk, row.last
