"""Other GeoReport servers, as administrators set them, and what could not be forwarded."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.forwarding.check import check_endpoint
from open311.forwarding.reach import Unreachable, callable_address, encrypted
from open311.messages.forwarding import FORWARDING_NUMBER, SERVER_EXISTS
from open311.messages.problem import Problem
from open311.operations.forwarding.decisions import send_again, settle
from open311.operations.forwarding.endpoints import save_endpoint, store_checked, turn
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.forwarding.endpoints import get_endpoint, list_endpoints
from open311.queries.forwarding.forwardings import list_forwardings
from open311.queries.people.api_keys import list_api_keys
from open311.staff.catalog import PageResponse, act, checked, row_of, typed
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.steps.values.forwarding import Checked, EndpointValues
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from schemas.catalog.server_form import NewServerForm, OutcomeForm, ServerForm, lines_of
from schemas.vocabulary.marking import N_

blueprint = staff_pages("staff_elsewhere", "/staff/city/elsewhere", administrators_only)

_TEXTS = (
    *("name", "url", "foreign_jurisdiction", "api_key_there", "api_key_here"),
    *("poll_minutes", "answer_map", "status_map"),
)
_LABELS = {"name": N_("Name for residents"), "url": N_("Address of the endpoint")}


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the servers, what is stuck, and the form for a new server."""
    return _servers()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> PageResponse:
    """Add a server, which is off at first."""

    def do() -> str:
        row = row_of(NewServerForm(), ("code", "name", "url"), _LABELS)
        here = city().jurisdiction_id
        if row["code"] in [one.endpoint.code for one in list_endpoints(here)]:
            raise InvalidParameters(SERVER_EXISTS, field="code", code=row["code"])
        save_endpoint(here, EndpointValues(**{**row, "url": callable_address(row["url"])}))
        return _("Server %(name)s added. It is off.", name=row["name"])

    code = (first(sent_values(), "code") or "").strip()
    return act(do, url_for(".show", code=code), _servers)


@blueprint.get("/<opaque:code>")
@login_required  # type: ignore[untyped-decorator]
def show(code: str) -> str:
    return _server(code)


@blueprint.post("/<opaque:code>")
@login_required  # type: ignore[untyped-decorator]
def save(code: str) -> PageResponse:
    """Store the settings of a server, and which services and departments go there."""

    def do() -> str:
        here = city().jurisdiction_id
        get_endpoint(here, code)
        save_endpoint(here, _sent_settings(code))
        return _("Saved.")

    return act(do, url_for(".show", code=code), lambda problems: _server(code, problems))


def _sent_settings(code: str) -> EndpointValues:
    values = sent_values()
    photos = first(values, "sends_photos") or "false"
    row = row_of(ServerForm(), _TEXTS, _LABELS, sends_photos=photos)
    key = row.pop("api_key_there")
    return EndpointValues(
        code=code,
        url=callable_address(row.pop("url")),
        api_key=row.pop("api_key_here"),
        encrypted_key=encrypted(key) if key else None,
        service_map=_sent_services(values),
        departments=[one for one in values.get("departments", ()) if one],
        **row,
    )


def _sent_services(values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the service codes there that were filled in, by ours."""
    codes = [one["service_code"] for one in list_services(city().jurisdiction_id)]
    theirs = {code: (first(values, f"service:{code}") or "").strip() for code in codes}
    return {code: text for code, text in theirs.items() if text}


@blueprint.post("/<opaque:code>/turn")
@login_required  # type: ignore[untyped-decorator]
def switch(code: str) -> PageResponse:
    """Turn forwarding to a server on or off."""

    def do() -> str:
        on = first(sent_values(), "state") == "on"
        turn(city().jurisdiction_id, code, on=on)
        return _("Forwarding is on.") if on else _("Forwarding is off.")

    return act(do, url_for(".show", code=code), lambda problems: _server(code, problems))


@blueprint.post("/<opaque:code>/check")
@login_required  # type: ignore[untyped-decorator]
def check(code: str) -> str:
    """Read the discovery and the services of a server, and show what it offers."""
    endpoint = get_endpoint(city().jurisdiction_id, code).endpoint
    end_reads()
    try:
        found = check_endpoint(endpoint)
    except Unreachable as error:
        return _server(code, failure=str(error))
    store_checked(endpoint.id, found)
    return _server(code, found=found)


@blueprint.post("/<opaque:code>/settle")
@login_required  # type: ignore[untyped-decorator]
def decide(code: str) -> Response | tuple[str, int]:
    """Store what an administrator knows about a request that is stuck."""

    def do() -> str:
        row = row_of(OutcomeForm(), ("service_request_id", "outcome", "number"), {})
        id_, jurisdiction, by = row["service_request_id"], city(), user().name
        if row["outcome"] == "again":
            send_again(jurisdiction, id_, code, by)
            return _("Request %(id)s will be sent again.", id=id_)
        if row["outcome"] == "number" and not row["number"]:
            raise InvalidParameters(FORWARDING_NUMBER, field="number")
        number = row["number"] if row["outcome"] == "number" else None
        settle(jurisdiction, id_, code, by, number)
        return _("Saved.")

    return act(do, url_for(".index"), _servers)


def _servers(problems: Sequence[Problem] = ()) -> str:
    here = city().jurisdiction_id
    return page(
        "elsewhere.html",
        city(),
        problems=problems,
        servers=list_endpoints(here),
        stuck=list_forwardings(here, only_stuck=True),
        typed=typed,
    )


def _server(
    code: str, problems: Sequence[Problem] = (), found: Checked | None = None, failure: str = ""
) -> str:
    here = city().jurisdiction_id
    shown = get_endpoint(here, code)
    endpoint = shown.endpoint
    keys = [one.name for one in list_api_keys(here) if one.revoked_at is None]
    return page(
        "server.html",
        city(),
        problems=problems,
        server=endpoint,
        chosen=sent_values().get("departments", shown.departments),
        api_key=shown.api_key or "",
        api_keys=keys,
        departments=list_departments(here),
        services=list_services(here),
        answers=lines_of(endpoint.answer_map),
        statuses=lines_of(endpoint.status_map),
        found=found,
        failure=failure or endpoint.failure,
        missing=_missing(endpoint.service_map, found),
        typed=typed,
        checked=checked,
    )


def _missing(service_map: Mapping[str, Any], found: Checked | None) -> list[str]:
    """List the chosen service codes that a tested server does not have."""
    if found is None:
        return []
    known = dict(found.services)
    return sorted({theirs for theirs in service_map.values() if theirs not in known})
