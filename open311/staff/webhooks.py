"""Webhooks, as administrators see and edit them."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import current_app, url_for
from flask_login import login_required

from open311.errors import Open311Error
from open311.messages.problem import Problem
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
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.webhooks.endpoints import Filters, find_lag, get_endpoint, list_endpoints
from open311.queries.webhooks.log import list_attempts, list_dead
from open311.staff.catalog import PageResponse, act, typed
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from open311.web.webhooks import ping
from schemas.vocabulary.webhooks import (
    EVENT_NAMES,
    EVENTS,
    FAILURE_SENTENCES,
    OFF,
    ON,
    PAUSED,
    REASON_SENTENCES,
)
from schemas.webhooks.forms import EndpointSchema, ReplaySchema

log = logging.getLogger(__name__)

blueprint = staff_pages("staff_webhooks", "/staff/city/webhooks", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """List the webhooks, and how far each is behind."""
    return _index()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> str | tuple[str, int]:
    """Add a webhook, and show its secret once."""
    try:
        asked = parse(EndpointSchema(), sent_values())
        number, secret = add_endpoint(
            city(),
            asked.pop("url").strip(),
            Filters(**{name: asked[name] for name in asked if name != "events"}),
            asked["events"],
            Owner(name=user().name),
            secret_key=current_app.config["OPEN311_SECRET_KEY"],
            private_hosts=current_app.config["OPEN311_WEBHOOK_PRIVATE"],
        )
    except Open311Error as error:
        return _index(error.problems), 400
    log.info("Webhook %d added, by %r", number, user().name)
    return _secret(number, secret)


@blueprint.get("/<int(max=2147483647):number>")
@login_required  # type: ignore[untyped-decorator]
def show(number: int) -> str:
    """Show a webhook with its last deliveries, and what failed for good."""
    return _show(number)


@blueprint.post("/<int(max=2147483647):number>/ping")
@login_required  # type: ignore[untyped-decorator]
def send_ping(number: int) -> PageResponse:
    def do() -> str:
        answer = ping(city().jurisdiction_id, number)
        if answer.failure is not None:
            return _("The test failed: %(why)s", why=_(FAILURE_SENTENCES[answer.failure]))
        return _(
            "Test delivered. The server answered with status %(status)s.", status=answer.status
        )

    return _act(number, do)


@blueprint.post("/<int(max=2147483647):number>/rotate")
@login_required  # type: ignore[untyped-decorator]
def rotate(number: int) -> str | tuple[str, int]:
    """Replace the secret, and show the new one once."""
    try:
        key = current_app.config["OPEN311_SECRET_KEY"]
        secret = rotate_secret(city().jurisdiction_id, number, secret_key=key)
    except Open311Error as error:
        return _show(number, error.problems), 400
    log.info("Secret of webhook %d rotated, by %r", number, user().name)
    return _secret(number, secret)


@blueprint.post("/<int(max=2147483647):number>/pause")
@login_required  # type: ignore[untyped-decorator]
def pause(number: int) -> PageResponse:
    def do() -> str:
        pause_endpoint(city().jurisdiction_id, number)
        return _("Webhook paused. When you resume it, it gets what it missed.")

    return _act(number, do)


@blueprint.post("/<int(max=2147483647):number>/resume")
@login_required  # type: ignore[untyped-decorator]
def resume(number: int) -> PageResponse:
    def do() -> str:
        resume_endpoint(city().jurisdiction_id, number)
        return _("Webhook resumed.")

    return _act(number, do)


@blueprint.post("/<int(max=2147483647):number>/replay")
@login_required  # type: ignore[untyped-decorator]
def set_back(number: int) -> PageResponse:
    """Send all that changed since a number or a time once more."""

    def do() -> str:
        asked = parse(ReplaySchema(zone=city().zone), sent_values())
        after = replay(city().jurisdiction_id, number, **asked)
        return _("Changes after number %(number)s are sent again.", number=after)

    return _act(number, do)


@blueprint.post("/<int(max=2147483647):number>/retry")
@login_required  # type: ignore[untyped-decorator]
def retry(number: int) -> PageResponse:
    """Send dead messages again: the one about a request, or all."""

    def do() -> str:
        key = first(sent_values(), "request") or ""
        only = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None
        some = retry_dead(city().jurisdiction_id, number, service_request_pk=only)
        return _("Messages that are sent again: %(number)s.", number=some)

    return _act(number, do)


@blueprint.post("/<int(max=2147483647):number>/delete")
@login_required  # type: ignore[untyped-decorator]
def delete(number: int) -> PageResponse:
    def do() -> str:
        delete_endpoint(city().jurisdiction_id, number)
        return _("Webhook %(number)s deleted.", number=number)

    return act(do, url_for(".index"), _index)


def _act(number: int, do: Callable[[], str]) -> PageResponse:
    there = url_for(".show", number=number)
    return act(do, there, lambda problems: _show(number, problems))


def _secret(number: int, secret: str) -> str:
    back = url_for(".show", number=number)
    title = _("Secret of webhook %(number)s", number=number)
    return page("secret.html", city(), title=title, secret=secret, back=back)


def _index(problems: Sequence[Problem] = ()) -> str:
    here = city().jurisdiction_id
    now = datetime.now(UTC)
    endpoints = [(one, find_lag(one)) for one in list_endpoints(here)]
    values = sent_values()
    return page(
        "webhooks.html",
        city(),
        endpoints=[(one, lag, lag.minutes(now)) for one, lag in endpoints],
        services=list_services(here),
        departments=list_departments(here),
        events=[(one, _(EVENT_NAMES[one])) for one in EVENTS],
        chosen_services=values.get("services", ()),
        chosen_events=values.get("events", EVENTS),
        problems=problems,
        typed=typed,
        state_name=_state_name,
        is_set_up=bool(current_app.config["OPEN311_SECRET_KEY"]),
    )


def _show(number: int, problems: Sequence[Problem] = ()) -> str:
    endpoint = get_endpoint(city().jurisdiction_id, number)
    lag, now = find_lag(endpoint), datetime.now(UTC)
    return page(
        "webhook.html",
        city(),
        endpoint=endpoint,
        lag=lag,
        minutes=lag.minutes(now),
        now=now,
        attempts=list_attempts(number),
        dead=list_dead(number),
        event_name=lambda code: _(EVENT_NAMES[code]),
        failure=lambda code: _(FAILURE_SENTENCES[code]),
        reason=_(REASON_SENTENCES[endpoint.reason]) if endpoint.reason else "",
        problems=problems,
        typed=typed,
        state_name=_state_name,
    )


def _state_name(state: str) -> str:
    return {ON: _("On"), PAUSED: _("Paused"), OFF: _("Off")}[state]
