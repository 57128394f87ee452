"""Response templates, as administrators write, order, and try them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_login import login_required

from open311.errors import InvalidParameters, NotFound, Open311Error
from open311.mail.markup import fill_plain
from open311.messages.problem import Problem
from open311.messages.requests import RESPONSE_CHANGED_SINCE
from open311.messages.telling import NO_PREVIEW
from open311.operations.requests.responses import (
    add_response,
    change_response,
    drop_response,
    move_response_up,
    order_responses,
)
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.sources import get_source
from open311.queries.requests.responses import StoredResponse, get_response, list_responses
from open311.queries.routing.stored import Shown, read_routed
from open311.queries.search.criteria import ALWAYS
from open311.queries.telling.texts import find_sample
from open311.staff.catalog import PageResponse, act, typed
from open311.staff.pages import administrators_only, city, city_snapshot, page, staff_pages
from open311.steps.values.responses import ResponseValues, find_response_problems
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from open311.web.response_words import RESPONSE_COLUMNS, values_of
from schemas.requests.responses import ResponseForm
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.responses import (
    INTERNAL_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    QUESTION,
    RESPONSE_PLACEHOLDERS,
)
from schemas.vocabulary.statuses import CLOSED, CLOSED_STATUSES, OPEN_STATUSES

blueprint = staff_pages("staff_responses", "/staff/city/responses", administrators_only)

_MOST_DIGITS = 10

_ID = "<int(max=2147483647):template_id>"


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    return _list()


@blueprint.get("/new")
@login_required  # type: ignore[untyped-decorator]
def new() -> str:
    return _editor(None)


@blueprint.post("/new")
@login_required  # type: ignore[untyped-decorator]
def add() -> PageResponse | str:
    """Store a new template, or try it."""
    if first(sent_values(), "step") == "try":
        return _tried(None)

    def do() -> str:
        values = _sent()
        add_response(city().jurisdiction_id, values)
        return _("Response template %(name)s added.", name=values.name)

    return act(do, url_for(".index"), lambda problems: _editor(None, problems))


@blueprint.get(f"/{_ID}")
@login_required  # type: ignore[untyped-decorator]
def show(template_id: int) -> str:
    return _editor(get_response(city().jurisdiction_id, template_id))


@blueprint.post(f"/{_ID}")
@login_required  # type: ignore[untyped-decorator]
def save(template_id: int) -> PageResponse | str:
    """Store a changed template, or try it."""
    here = city().jurisdiction_id
    stored = get_response(here, template_id)
    if first(sent_values(), "step") == "try":
        return _tried(stored)

    def do() -> str:
        values = _sent()
        change_response(here, template_id, parse(ResponseForm(), sent_values())["seen"], values)
        return _("Response template %(name)s saved.", name=values.name)

    return act(
        do, url_for(".index"), lambda problems: _editor(get_response(here, template_id), problems)
    )


@blueprint.post(f"/{_ID}/up")
@login_required  # type: ignore[untyped-decorator]
def move_up(template_id: int) -> PageResponse:
    def do() -> str:
        move_response_up(city().jurisdiction_id, template_id)
        return _("Order saved.")

    return act(do, url_for(".index"), _list)


@blueprint.post("/order")
@login_required  # type: ignore[untyped-decorator]
def reorder() -> PageResponse:
    """Store the order in which the templates were dragged."""

    def do() -> str:
        ids = [
            int(one)
            for one in sent_values().get("order", [])
            if one.isdecimal() and len(one) < _MOST_DIGITS
        ]
        order_responses(city().jurisdiction_id, ids)
        return _("Order saved.")

    return act(do, url_for(".index"), _list)


@blueprint.post(f"/{_ID}/remove")
@login_required  # type: ignore[untyped-decorator]
def remove(template_id: int) -> PageResponse:
    def do() -> str:
        drop_response(city().jurisdiction_id, template_id)
        return _("Response template removed.")

    return act(do, url_for(".index"), _list)


def _sent() -> ResponseValues:
    sent = parse(ResponseForm(), sent_values())
    notes = {language: sent[f"note_{language}"].strip() for language in LANGUAGES}
    return ResponseValues(
        name=sent["name"].strip(),
        detailed_status=None if sent["detailed_status"] == QUESTION else sent["detailed_status"],
        asks=sent["detailed_status"] == QUESTION,
        internal_note=_lines(sent["internal_note"]),
        notes={language: _lines(note) for language, note in notes.items() if note},
        services=sent["services"],
    )


def _lines(text: str) -> str:
    """Return a text with line ends of one character, as browsers send two."""
    return text.strip().replace("\r\n", "\n")


def _list(problems: Sequence[Problem] = ()) -> str:
    known, stored = city_snapshot(), list_responses(city().jurisdiction_id)
    names = {one.service_code: one.service_name for one in known.service_names}
    return page("responses.html", city(), problems=problems, templates=stored, service_names=names)


def _tried(stored: StoredResponse | None) -> PageResponse | str:
    """Show the form again, and what it would fill in for a request."""
    try:
        values = _sent()
        problems = find_response_problems(values)
        if problems:
            raise InvalidParameters.of(problems)
        tried = _try(values)
    except Open311Error as error:
        return _editor(stored, error.problems), 400
    return _editor(stored, tried=tried)


def _try(values: ResponseValues) -> Mapping[str, Any]:
    """Return the notes of a template for the request that the form names, or a fitting one."""
    known, jurisdiction = city_snapshot(), city()
    kind = CLOSED if values.detailed_status in CLOSED_STATUSES else "status"
    name = parse(ResponseForm(), sent_values())["service_request_id"].strip()
    id_ = name or find_sample(jurisdiction, kind)
    if id_ is None:
        raise NotFound(NO_PREVIEW)
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True, layers=known.layers)
    columns = {one: source.properties[one].column for one in RESPONSE_COLUMNS}
    routed, shown = read_routed(jurisdiction, id_, Shown((source.key, "response"), columns))
    own = known.site.languages[0] if known.site else next(iter(LANGUAGES))
    department = routed.department_id
    return {
        "id": id_,
        "notes": {
            language: fill_plain(note, values_of(known, shown, department, language))
            for language, note in values.notes.items()
        },
        "internal_note": fill_plain(values.internal_note, values_of(known, shown, department, own)),
    }


def _editor(
    stored: StoredResponse | None,
    problems: Sequence[Problem] = (),
    tried: Mapping[str, Any] | None = None,
) -> str:
    sent = sent_values()
    newest = stored.version if stored else 0
    # After that error, the same form replaces the version of which it tells.
    is_told = any(one.message is RESPONSE_CHANGED_SINCE for one in problems)
    return page(
        "response.html",
        city(),
        problems=problems,
        stored=stored,
        seen=newest if is_told else typed("seen", newest),
        chosen=sent.get("services", []) if "seen" in sent else stored.services if stored else (),
        services=city_snapshot().listed_services,
        open_statuses=OPEN_STATUSES,
        closed_statuses=CLOSED_STATUSES,
        question=QUESTION,
        usual_status="fixed",
        placeholders=RESPONSE_PLACEHOLDERS.items(),
        limits={"name": NAME_LIMIT, "note": NOTE_LIMIT, "internal": INTERNAL_LIMIT},
        tried=tried,
        typed=typed,
    )
