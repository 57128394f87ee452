"""Reads of the endpoints of webhooks, and of how far each is behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from open311.database import db
from open311.errors import NotFound
from open311.messages.webhooks import WEBHOOK_UNKNOWN
from open311.models import ApiKey, ServiceRequest, WebhookDelivery, WebhookEndpoint
from open311.queries.search.criteria import BoundaryCode, Criteria
from open311.statements import Statement
from schemas.vocabulary.webhooks import DEAD, FAILING, ON, WAITING


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which service requests an endpoint gets, by codes; see WebhookEndpoint."""

    services: Sequence[str] = ()
    department: str = ""
    boundary_layer: str = ""
    boundary_code: str = ""

    @property
    def criteria(self) -> Criteria:
        """The filters as criteria of a search."""
        where = BoundaryCode(self.boundary_layer, self.boundary_code)
        return Criteria(
            services=tuple(self.services),
            departments=(self.department,) if self.department else (),
            boundaries=(where,) if self.boundary_layer else (),
        )


@dataclass(frozen=True, kw_only=True)
class EndpointInfo:
    """An endpoint, without its secrets; see WebhookEndpoint. owner is the name of its API key."""

    id: int
    jurisdiction_id: str
    owner: str | None
    url: str
    filters: Filters
    events: Sequence[str]
    cursor: int
    begins_after: int
    begins_at: datetime
    replays: int
    state: str
    reason: str | None
    failures: int
    failing_since: datetime | None
    held_until: datetime | None
    previous_until: datetime | None
    created_at: datetime
    made_by: str


_OF_FILTERS = ("services", "department", "boundary_layer", "boundary_code")

_OF_ENDPOINT = (
    *("id", "jurisdiction_id", "url", "events", "cursor", "begins_after", "begins_at", "replays"),
    *("state", "reason", "failures", "failing_since", "held_until", "previous_until"),
    *("created_at", "made_by"),
)


def list_endpoints(jurisdiction_id: str, api_key_id: int | None = None) -> list[EndpointInfo]:
    """List the endpoints of a jurisdiction, or those of one API key only, by id."""
    statement = _endpoints(jurisdiction_id, api_key_id).order_by(WebhookEndpoint.id)
    return [_info(row) for row in db.session.execute(statement).mappings()]


def list_working_endpoints() -> list[EndpointInfo]:
    """List the endpoints of all jurisdictions that are on and may get messages, by id."""
    statement = _columns().where(WebhookEndpoint.state == ON, _is_allowed())
    rows = db.session.execute(statement.order_by(WebhookEndpoint.id))
    return [_info(row) for row in rows.mappings()]


def get_endpoint(jurisdiction_id: str, number: int, api_key_id: int | None = None) -> EndpointInfo:
    """Get an endpoint by id, if it is one of the API key, if that is given; raises NotFound."""
    statement = _endpoints(jurisdiction_id, api_key_id).where(WebhookEndpoint.id == number)
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(WEBHOOK_UNKNOWN, number=str(number))
    return _info(row)


def list_paused_hosts(jurisdiction_id: str) -> list[str]:
    """List the hosts of the endpoints that failures have paused, each once."""
    urls = db.session.scalars(
        select(WebhookEndpoint.url)
        .where(
            WebhookEndpoint.jurisdiction_id == jurisdiction_id, WebhookEndpoint.reason == FAILING
        )
        .order_by(WebhookEndpoint.id)
    )
    return list(dict.fromkeys(urlsplit(url).hostname or "" for url in urls))


def find_endpoint(number: int) -> EndpointInfo | None:
    """Return an endpoint of any jurisdiction; None if it was deleted."""
    rows = _read_one().read({"number": number})
    return endpoint_of(rows[0]) if rows else None


@cache
def _read_one() -> Statement:
    mine = WebhookEndpoint.id == bindparam("number", type_=Integer)
    return Statement(select(*OWN_COLUMNS).where(mine), prepared=True)


OWN_COLUMNS = [getattr(WebhookEndpoint, name) for name in (*_OF_ENDPOINT, *_OF_FILTERS)]
"""Columns of endpoint_of, for statements that also write."""


def endpoint_of(row: Sequence[Any]) -> EndpointInfo:
    """Return the endpoint of a row of OWN_COLUMNS; its owner is not named."""
    names = (*_OF_ENDPOINT, *_OF_FILTERS)
    return _info({**dict(zip(names, row, strict=True)), "owner": None})


def _endpoints(jurisdiction_id: str, api_key_id: int | None) -> Select[Any]:
    mine = [WebhookEndpoint.jurisdiction_id == jurisdiction_id]
    if api_key_id is not None:
        mine.append(WebhookEndpoint.api_key_id == api_key_id)
    return _columns().where(*mine)


def _columns() -> Select[Any]:
    return select(*OWN_COLUMNS, ApiKey.name.label("owner")).outerjoin(
        ApiKey, ApiKey.id == WebhookEndpoint.api_key_id
    )


def _info(row: Any) -> EndpointInfo:
    filters = Filters(**{name: row[name] for name in _OF_FILTERS})
    values = {name: row[name] for name in (*_OF_ENDPOINT, "owner")}
    return EndpointInfo(filters=filters, **values)


def may_send(now: datetime) -> ColumnElement[bool]:
    """Return the condition that messages may be sent to an endpoint now."""
    return and_(
        WebhookEndpoint.state == ON,
        or_(WebhookEndpoint.held_until.is_(None), WebhookEndpoint.held_until <= now),
        _is_allowed(),
    )


def _is_allowed() -> ColumnElement[bool]:
    """Those of an API key that was revoked, or has lost the right to webhooks, get nothing."""
    barred = select(ApiKey.id).where(
        or_(ApiKey.revoked_at.is_not(None), ~ApiKey.rights.contains(["webhooks"]))
    )
    return or_(WebhookEndpoint.api_key_id.is_(None), WebhookEndpoint.api_key_id.not_in(barred))


def has_work(now: datetime) -> ColumnElement[bool]:
    """Return the condition that there are changes or messages for an endpoint now."""
    is_due = exists().where(
        WebhookDelivery.endpoint_id == WebhookEndpoint.id,
        WebhookDelivery.state == WAITING,
        WebhookDelivery.next_at <= now,
    )
    return or_(is_due, _has_changes())


def _has_changes() -> ColumnElement[bool]:
    return exists().where(
        ServiceRequest.jurisdiction_id == WebhookEndpoint.jurisdiction_id,
        ServiceRequest.change_number > WebhookEndpoint.cursor,
    )


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far an endpoint is behind.

    changes is the number of changed service requests that were not sent to it yet, most of which
    may be outside of its filters. since is the time of the oldest. dead is the number of messages
    that were tried for the last time.
    """

    changes: int
    since: datetime | None
    dead: int

    def minutes(self, now: datetime) -> int:
        """Return the age of the oldest change, in whole minutes."""
        return 0 if self.since is None else max(int((now - self.since).total_seconds()) // 60, 0)


def find_lag(endpoint: EndpointInfo) -> Lag:
    """Return how far an endpoint is behind."""
    to_read = select(func.count(), func.min(ServiceRequest.changed_at)).where(
        ServiceRequest.jurisdiction_id == endpoint.jurisdiction_id,
        ServiceRequest.change_number > endpoint.cursor,
        ServiceRequest.public,
        ServiceRequest.sandbox.is_(False),
    )
    waiting = WebhookDelivery.state == WAITING
    to_send = select(
        func.count().filter(waiting),
        func.min(WebhookDelivery.waiting_since).filter(waiting),
        func.count().filter(WebhookDelivery.state == DEAD),
    ).where(WebhookDelivery.endpoint_id == endpoint.id)
    unread, unread_since = db.session.execute(to_read).one()
    unsent, unsent_since, dead = db.session.execute(to_send).one()
    since = min(filter(None, (unread_since, unsent_since)), default=None)
    return Lag(changes=unread + unsent, since=since, dead=dead)
