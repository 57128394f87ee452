"""Webhooks of an API key (/open311/v2/webhooks), in JSON."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, request

from open311.actor import Actor, act_as
from open311.operations.webhooks.endpoints import (
    Owner,
    add_endpoint,
    delete_endpoint,
    pause_endpoint,
    replay,
    resume_endpoint,
    retry_dead,
    rotate_secret,
)
from open311.queries.jurisdictions import Scope
from open311.queries.people.api_keys import get_key_name
from open311.queries.webhooks.endpoints import (
    EndpointInfo,
    Filters,
    find_lag,
    get_endpoint,
    list_endpoints,
)
from open311.queries.webhooks.log import Attempt, list_attempts
from open311.web.auth import check_key_is_for, check_key_may, sender
from open311.web.formats import respond
from open311.web.parameters import ENDPOINT, chosen_jurisdiction, parse, sent_values
from open311.web.webhooks import ping
from schemas.vocabulary.webhooks import FAILURE_SENTENCES
from schemas.webhooks.documents import OutcomeSchema, WebhookSchema, WebhookWithDeliveriesSchema
from schemas.webhooks.forms import EndpointSchema, ReplaySchema

blueprint = Blueprint("webhooks", __name__, url_prefix=f"{ENDPOINT}/webhooks")


@blueprint.get("")
def index() -> Response:
    """List the webhooks of the key."""
    here, key = _owner()
    rows = [_document(one) for one in list_endpoints(here.jurisdiction_id, key)]
    return respond("json", "webhooks", WebhookSchema(many=True).dump(rows))


@blueprint.post("")
def add() -> Response:
    """Add a webhook, and return its secret, which no other response contains."""
    here, key = _owner()
    asked = parse(EndpointSchema(), sent_values())
    number, secret = add_endpoint(
        here,
        asked["url"].strip(),
        Filters(**{name: asked[name] for name in asked if name not in ("url", "events")}),
        asked["events"],
        Owner(name="API", api_key_id=key),
        secret_key=current_app.config["OPEN311_SECRET_KEY"],
        private_hosts=current_app.config["OPEN311_WEBHOOK_PRIVATE"],
    )
    document = _document(get_endpoint(here.jurisdiction_id, number, key))
    return respond("json", "webhook", WebhookSchema().dump({**document, "secret": secret}))


@blueprint.get("/<int(max=2147483647):webhook>")
def show(webhook: int) -> Response:
    """Return a webhook with its last deliveries."""
    here, key = _owner()
    endpoint = get_endpoint(here.jurisdiction_id, webhook, key)
    deliveries = [_delivery(one) for one in list_attempts(webhook)]
    document = {**_document(endpoint), "deliveries": deliveries}
    return respond("json", "webhook", WebhookWithDeliveriesSchema().dump(document))


@blueprint.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Forbid caching of secrets, and of what only the owner may read."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


Outcome = Mapping[str, Any]


def _ping(here: Scope, number: int, key: int) -> Outcome:
    answer = ping(here.jurisdiction_id, number, key)
    return {"status": answer.status, **_failure(answer.failure)}


def _pause(here: Scope, number: int, key: int) -> Outcome:
    pause_endpoint(here.jurisdiction_id, number, key)
    return {}


def _resume(here: Scope, number: int, key: int) -> Outcome:
    resume_endpoint(here.jurisdiction_id, number, key)
    return {}


def _rotate(here: Scope, number: int, key: int) -> Outcome:
    secret_key = current_app.config["OPEN311_SECRET_KEY"]
    return {"secret": rotate_secret(here.jurisdiction_id, number, key, secret_key=secret_key)}


def _replay(here: Scope, number: int, key: int) -> Outcome:
    asked = parse(ReplaySchema(zone=here.zone), sent_values())
    return {"after": replay(here.jurisdiction_id, number, key, **asked)}


def _retry(here: Scope, number: int, key: int) -> Outcome:
    return {"messages": retry_dead(here.jurisdiction_id, number, key)}


def _delete(here: Scope, number: int, key: int) -> Outcome:
    delete_endpoint(here.jurisdiction_id, number, key)
    return {}


Action = Callable[[Scope, int, int], Outcome]

ACTIONS: Mapping[str, Action] = {
    "ping": _ping,
    "pause": _pause,
    "resume": _resume,
    "rotate": _rotate,
    "replay": _replay,
    "retry": _retry,
    "delete": _delete,
}
"""Functions of a jurisdiction, the number of a webhook, and a key, by the end of their path."""


def _act(webhook: int, action: Action) -> Response:
    here, key = _owner()
    outcome = action(here, webhook, key)
    return respond("json", "outcome", OutcomeSchema().dump({"webhook": webhook, **outcome}))


for _name, _action in ACTIONS.items():
    blueprint.add_url_rule(
        f"/<int(max=2147483647):webhook>/{_name}",
        _name,
        partial(_act, action=_action),
        methods=["POST"],
    )


def _owner() -> tuple[Scope, int]:
    """Return the jurisdiction and the key of this HTTP request; raises ApiKeyRejected."""
    values = sent_values()
    owner = sender(values)
    check_key_may(owner, "webhooks")
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    key = owner.api_key_id or 0  # the sandbox key has no such right
    if request.method == "POST":
        act_as(Actor("key", get_key_name(key)))
    return jurisdiction, key


@blueprint.teardown_request
def stop_acting(_error: BaseException | None) -> None:
    act_as(None)


def _document(one: EndpointInfo) -> dict[str, Any]:
    lag, filters = find_lag(one), one.filters
    layer, code = filters.boundary_layer, filters.boundary_code
    return {
        "webhook": one.id,
        "url": one.url,
        "services": filters.services,
        "department": filters.department,
        "boundary": f"{layer}:{code}" if layer else "",
        "events": one.events,
        "state": one.state,
        "reason": one.reason,
        "cursor": one.cursor,
        "changes_behind": lag.changes,
        "minutes_behind": lag.minutes(datetime.now(UTC)),
        "dead": lag.dead,
        "failing_since": one.failing_since,
        "previous_secret_until": one.previous_until,
        "created_at": one.created_at,
    }


def _delivery(one: Attempt) -> dict[str, Any]:
    return {
        "message_id": one.message_id,
        "event": one.event,
        "service_request_id": one.service_request_id,
        "change_number": one.change_number,
        "sent_at": one.tried_at,
        "status": one.http_status,
        "milliseconds": one.milliseconds,
        **_failure(one.failure),
    }


def _failure(code: str | None) -> Outcome:
    return {"failure": code, "description": FAILURE_SENTENCES[code] if code else None}
