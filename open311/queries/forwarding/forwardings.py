"""Reads of what is forwarded: due, there, stuck, and of one service request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import (
    Department,
    ForeignEndpoint,
    ForeignUpdate,
    Forwarding,
    Jurisdiction,
    Media,
    Service,
    ServiceRequest,
)
from open311.queries.forwarding.endpoints import Endpoint, endpoint_columns, endpoint_of
from open311.queries.media import link_of_medium
from open311.queries.requests.conditions import not_withdrawn
from schemas.vocabulary.forwarding import DONE, ON, SENDING, STUCK, THEIRS, TOKEN, WAITING

WATCHED = timedelta(days=30)
"""How long what is closed there is still asked for: it may be reopened, or get another note."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A service request to send, with all that leaves.

    Without its answer, it is only looked for: is_unclear. attempts includes the present one.
    sent_at is the first attempt. links are those of its photos; each begins with a slash if it is
    stored here.
    """

    forwarding_id: int
    attempts: int
    sent_at: datetime
    is_unclear: bool
    endpoint: Endpoint
    pk: int
    service_request_id: str
    city: str
    service_code: str
    lat: float | None
    long: float | None
    address_string: str
    zipcode: str
    description: str
    answers: Mapping[str, Any]
    links: Sequence[str]


def select_due(now: datetime) -> Select[Any]:
    """Select what is to be sent or looked for at a time, the longest due first."""
    return (
        select(
            Forwarding.id.label("forwarding_id"),
            *(getattr(Forwarding, name) for name in ("state", "attempts", "sent_at")),
            *endpoint_columns(),
            *(getattr(ServiceRequest, name) for name in _SENT),
            Service.service_code,
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
            Jurisdiction.name.label("city"),
            _still_theirs().label("is_theirs"),
        )
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .join(ServiceRequest, ServiceRequest.pk == Forwarding.service_request_pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .join(Jurisdiction, Jurisdiction.id == ServiceRequest.jurisdiction_id)
        .where(
            Forwarding.state.in_((WAITING, SENDING)),
            Forwarding.due_at <= now,
            ForeignEndpoint.state == ON,
        )
        .order_by(Forwarding.due_at, Forwarding.id)
        .limit(1)
    )


_SENT = (
    *("pk", "service_request_id", "address_string", "zipcode", "description"),
    "answers",
)


def _still_theirs() -> ColumnElement[bool]:
    """Build whether a service request is still to be sent to the endpoint."""
    return and_(
        Department.foreign_endpoint_id == Forwarding.endpoint_id,
        ServiceRequest.public,
        ServiceRequest.status == "open",
        not_withdrawn(),
    )


def outgoing_of(row: Any, links: Sequence[str], **changed: Any) -> Outgoing:
    """Return a row of select_due as it is sent, with some values changed."""
    names = Outgoing.__dataclass_fields__.keys() - {"endpoint", "links", "is_unclear", *changed}
    return Outgoing(
        endpoint=endpoint_of(row),
        links=links,
        is_unclear=row.state == SENDING,
        **{name: getattr(row, name) for name in names},
        **changed,
    )


def list_sent_links(pk: int) -> list[str]:
    """List the photos that a service request came with: links, or paths on this server."""
    statement = select(link_of_medium("")).where(
        Media.service_request_pk == pk,
        Media.received_update_id.is_(None),
        Media.status_change_id.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Media.position)))


@dataclass(frozen=True)
class There:
    """What another server has: the key of the forwarding, the number or token there, and its last
    status, as TheirStatus.seen.
    """

    forwarding_id: int
    state: str
    foreign_id: str | None
    token: str | None
    sent_at: datetime | None
    their_status: str


def list_there(endpoint_id: int, now: datetime) -> list[There]:
    """List what is asked for at an endpoint; requests that went to another department are not."""
    watched = and_(Forwarding.state == DONE, Forwarding.state_at > now - WATCHED)
    rows = db.session.execute(
        select(
            *(Forwarding.id, Forwarding.state, Forwarding.foreign_id),
            *(Forwarding.token, Forwarding.sent_at, Forwarding.their_status),
        )
        .join(ServiceRequest, ServiceRequest.pk == Forwarding.service_request_pk)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(
            Forwarding.endpoint_id == endpoint_id,
            Department.foreign_endpoint_id == Forwarding.endpoint_id,
            not_withdrawn(),
            or_(Forwarding.state.in_((TOKEN, *THEIRS[:-1])), watched),
        )
        .order_by(Forwarding.id)
    )
    return [There(*row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class ForwardingShown:
    """A forwarding with the names of its endpoint and its service request."""

    id: int
    service_request_id: str
    server: str
    name: str
    state: str
    state_at: datetime
    foreign_id: str | None
    sentence: str


def list_forwardings(jurisdiction_id: str, *, only_stuck: bool = False) -> list[ForwardingShown]:
    """List what is forwarded, the newest change of state first, at most 1,000.

    What is stuck is left out once the request is closed, or with another department: there is
    nothing left to decide.
    """
    states = [Forwarding.state.in_(STUCK), _still_theirs()] if only_stuck else []
    statement = _select_shown().where(
        ServiceRequest.jurisdiction_id == jurisdiction_id, not_withdrawn(), *states
    )
    newest = statement.order_by(Forwarding.state_at.desc(), Forwarding.id.desc()).limit(1000)
    return [ForwardingShown(**row) for row in db.session.execute(newest).mappings()]


def select_forwardings(pk: Any) -> Select[*tuple[Any, ...]]:
    """Select where a service request was forwarded to, the first one first."""
    return (
        select(
            *(ForeignEndpoint.name, Forwarding.state, Forwarding.foreign_id),
            *(Forwarding.state_at, Forwarding.sentence),
        )
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .where(Forwarding.service_request_pk == pk)
        .order_by(Forwarding.id)
    )


def _select_shown() -> Select[Any]:
    return (
        select(
            *(getattr(Forwarding, name) for name in _SHOWN),
            func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "").label(
                "service_request_id"
            ),
            ForeignEndpoint.code.label("server"),
            ForeignEndpoint.name,
        )
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .join(ServiceRequest, ServiceRequest.pk == Forwarding.service_request_pk)
        .join(Department, Department.id == ServiceRequest.department_id)
    )


_SHOWN = ("id", "state", "state_at", "foreign_id", "sentence")


def find_known_updates(endpoint_id: int, update_ids: Sequence[str]) -> set[str]:
    """Find those of some updates of an endpoint that are steps here already."""
    wanted = any_(literal(list(update_ids), ARRAY(String)))
    return set(
        db.session.scalars(
            select(ForeignUpdate.update_id).where(
                ForeignUpdate.endpoint_id == endpoint_id, ForeignUpdate.update_id == wanted
            )
        )
    )
