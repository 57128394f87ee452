"""Endpoints of webhooks: added, tested, paused, set back, and deleted.

api_key_id limits an operation to the endpoints of one API key; None is for staff and commands.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, insert, null, select, update

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.messages.search import BOUNDARY_LAYER_UNKNOWN
from open311.messages.webhooks import (
    BOUNDARY_UNKNOWN,
    REPLAY_NUMBER,
    WEBHOOK_SERVICE_UNKNOWN,
    WEBHOOK_URL,
    WEBHOOKS_TOO_MANY,
)
from open311.models import WebhookDelivery, WebhookEndpoint
from open311.operations.transaction import operation
from open311.outgoing import may_post_to
from open311.queries.catalog.departments import get_department
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_layers
from open311.queries.requests.last_change import settled_change
from open311.queries.search.conditions import find_boundary_ids
from open311.queries.webhooks.endpoints import (
    Filters,
    find_endpoint,
    get_endpoint,
    list_endpoints,
)
from open311.queries.webhooks.feed import find_first_change_after, find_number_before
from open311.steps.values.webhooks import Answer
from open311.steps.webhooks.outcomes import change_endpoint, release, store_attempt
from open311.steps.webhooks.secrets import encrypted_secret, new_secret, read_secrets
from schemas.vocabulary.webhooks import (
    BY_HAND,
    DEAD,
    EVENTS,
    LEFT,
    LONGEST_URL,
    MOST_ENDPOINTS,
    ON,
    PAUSED,
    PING,
    UNREADABLE,
    WAITING,
)

PREVIOUS_SECRET_LIFETIME = timedelta(days=7)
"""Time for which messages are signed with the previous secret as well."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who adds an endpoint: an API key, or a person by name."""

    name: str
    api_key_id: int | None = None


@operation
def add_endpoint(
    jurisdiction: Scope,
    url: str,
    filters: Filters,
    events: Collection[str],
    owner: Owner,
    *,
    secret_key: str,
    private_hosts: Collection[str],
) -> tuple[int, str]:
    """Store an endpoint that gets all later changes; return its id and its secret.

    events are codes of EVENTS, at least one. Raises InvalidParameters for the URL, NotFound for a
    filter, and Conflict if the key has MOST_ENDPOINTS or OPEN311_SECRET_KEY is not set.
    """
    here = jurisdiction.jurisdiction_id
    if len(url) > LONGEST_URL or not may_post_to(url, private_hosts):
        raise InvalidParameters(WEBHOOK_URL, field="url")
    _check_filters(here, filters)
    mine = owner.api_key_id
    if mine is not None and len(list_endpoints(here, mine)) >= MOST_ENDPOINTS:
        raise Conflict(WEBHOOKS_TOO_MANY, limit=MOST_ENDPOINTS)
    secret = new_secret()
    row = {
        "jurisdiction_id": here,
        "api_key_id": mine,
        "url": url,
        "events": [one for one in EVENTS if one in events],
        "secret": encrypted_secret(secret_key, secret),
        "made_by": owner.name,
        **asdict(filters),
        **_at_the_end_of_the_feed(),
    }
    statement = insert(table(WebhookEndpoint)).values(row).returning(WebhookEndpoint.id)
    return int(db.session.execute(statement).scalar_one()), secret


def _at_the_end_of_the_feed() -> dict[str, Any]:
    """Return the columns of an endpoint that gets later changes only."""
    now, settled = _now(), settled_change()
    return {
        "cursor": settled,
        "begins_after": settled,
        "begins_at": now,
        "replays": 0,
        "state": ON,
        "failures": 0,
        "created_at": now,
    }


def _check_filters(jurisdiction_id: str, filters: Filters) -> None:
    known = {one.service_code for one in list_service_names(jurisdiction_id)}
    for code in filters.services:
        if code not in known:
            raise NotFound(WEBHOOK_SERVICE_UNKNOWN, field="services", code=code)
    if filters.department:
        get_department(jurisdiction_id, filters.department)
    layer = filters.boundary_layer
    if not layer:
        return
    layers = [one.code for one in list_layers(jurisdiction_id)]
    if layer not in layers:
        raise NotFound(BOUNDARY_LAYER_UNKNOWN, field="boundary", layer=layer, known=layers)
    if not find_boundary_ids(jurisdiction_id, filters.criteria.boundaries).ids:
        raise NotFound(BOUNDARY_UNKNOWN, field="boundary", layer=layer, code=filters.boundary_code)


@operation
def delete_endpoint(jurisdiction_id: str, number: int, api_key_id: int | None = None) -> None:
    """Delete an endpoint with its log; raises NotFound."""
    get_endpoint(jurisdiction_id, number, api_key_id)
    db.session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == number))


@operation
def pause_endpoint(jurisdiction_id: str, number: int, api_key_id: int | None = None) -> None:
    """Send nothing to an endpoint until it is resumed; raises NotFound."""
    get_endpoint(jurisdiction_id, number, api_key_id)
    change_endpoint(number, state=PAUSED, reason=BY_HAND)


@operation
def resume_endpoint(jurisdiction_id: str, number: int, api_key_id: int | None = None) -> None:
    """Send everything that an endpoint has missed, and what is new; raises NotFound."""
    get_endpoint(jurisdiction_id, number, api_key_id)
    _turn_on(number)


def _turn_on(number: int) -> None:
    nothing = dict.fromkeys(("reason", "failing_since", "held_until", "called_at"))
    change_endpoint(number, state=ON, failures=0, **nothing)
    release(number, _now())


@operation
def rotate_secret(
    jurisdiction_id: str, number: int, api_key_id: int | None = None, *, secret_key: str
) -> str:
    """Replace the secret of an endpoint, and return the new one.

    The former one is used as well for PREVIOUS_SECRET_LIFETIME, if it can be read. An endpoint that
    is paused because it cannot is turned on. Raises NotFound, and Conflict without
    OPEN311_SECRET_KEY.
    """
    endpoint = get_endpoint(jurisdiction_id, number, api_key_id)
    secret, now = new_secret(), _now()
    try:
        read_secrets(secret_key, number, now)
        previous = select(WebhookEndpoint.secret).where(WebhookEndpoint.id == number)
        kept = {
            "previous_secret": previous.scalar_subquery(),
            "previous_until": now + PREVIOUS_SECRET_LIFETIME,
        }
    except Conflict:
        kept = {"previous_secret": null(), "previous_until": null()}
    change_endpoint(number, secret=encrypted_secret(secret_key, secret), **kept)
    if endpoint.reason == UNREADABLE:
        _turn_on(number)
    return secret


@operation
def replay(
    jurisdiction_id: str,
    number: int,
    api_key_id: int | None = None,
    *,
    after: int | None = None,
    since: datetime | None = None,
) -> int:
    """Set an endpoint back to a number of change, or to a time; return the number.

    All service requests that changed since are sent once more, as they are now, with all of their
    updates. Raises NotFound, and InvalidParameters for a number that no change has yet.
    """
    endpoint = get_endpoint(jurisdiction_id, number, api_key_id)
    settled = settled_change()
    if since is not None:
        found = find_number_before(jurisdiction_id, since)
        after = settled if found is None else min(found, settled)
    if after is None or not 0 <= after <= settled:
        raise InvalidParameters(REPLAY_NUMBER, field="after", newest=settled)
    moment = find_first_change_after(jurisdiction_id, after) or endpoint.begins_at
    _forget_since(number, after)
    change_endpoint(
        number,
        cursor=func.least(WebhookEndpoint.cursor, after),
        begins_after=func.least(WebhookEndpoint.begins_after, after),
        begins_at=min(endpoint.begins_at, moment),
        replays=WebhookEndpoint.replays + 1,
        called_at=None,
    )
    return after


def _forget_since(number: int, after: int) -> None:
    """Let an endpoint know no state after a number of change.

    Of an open service request that it has, it is informed again that it left the filters.
    """
    was_sent = WebhookDelivery.known_update.is_not(None)
    db.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == number, WebhookDelivery.change_number > after)
        .values(
            known_number=func.least(WebhookDelivery.known_number, after),
            known=case((was_sent & WebhookDelivery.known.in_(("open", LEFT)), "open")),
            known_update=case((was_sent, 0)),
        )
    )


@operation
def retry_dead(
    jurisdiction_id: str,
    number: int,
    api_key_id: int | None = None,
    *,
    service_request_pk: int | None = None,
) -> int:
    """Let dead messages wait again, all of them or that about one service request; return how many.

    Raises NotFound for the endpoint.
    """
    get_endpoint(jurisdiction_id, number, api_key_id)
    dead = [WebhookDelivery.endpoint_id == number, WebhookDelivery.state == DEAD]
    if service_request_pk is not None:
        dead.append(WebhookDelivery.service_request_pk == service_request_pk)
    statement = update(WebhookDelivery).where(*dead)
    values = {"state": WAITING, "attempts": 0, "next_at": _now()}
    return db.session.connection().execute(statement.values(**values)).rowcount


@operation
def begin_ping(
    jurisdiction_id: str, number: int, api_key_id: int | None = None, *, secret_key: str
) -> tuple[str, Sequence[str]]:
    """Return the URL and the secrets for a test message; raises NotFound and Conflict."""
    endpoint = get_endpoint(jurisdiction_id, number, api_key_id)
    return endpoint.url, read_secrets(secret_key, number, _now())


@operation
def store_ping(endpoint_id: int, message_id: str, answer: Answer) -> None:
    """Log a test message; it changes nothing else. Of a deleted endpoint, nothing is stored."""
    if find_endpoint(endpoint_id) is None:
        return
    store_attempt(endpoint_id, answer, _now(), message_id=message_id, event=PING)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
