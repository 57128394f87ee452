"""Services with their questions, as administrators edit them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, url_for
from flask_login import login_required
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from open311.errors import InvalidParameters, Open311Error
from open311.messages.problem import Problem, problems_in
from open311.operations.catalog import (
    add_service,
    change_service_of_catalog,
    drop_question,
    move_question_up,
    order_questions,
    save_question,
)
from open311.queries.catalog.editing import (
    SERVICE_COLUMNS,
    SERVICE_FLAGS,
    get_stored_service,
    list_stored_services,
)
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.staff.service_steps import steps_of
from open311.staff.texts import service_fields, store_translations, stored_translations
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from schemas.catalog.forms import read_options
from schemas.imports.seed_rows import QuestionRow, ServiceRow
from schemas.vocabulary.datatypes import ANSWERED_BY, DATATYPES
from schemas.vocabulary.marking import N_
from schemas.vocabulary.priorities import PRIORITIES

log = logging.getLogger(__name__)

PageResponse = Response | tuple[str, int]


def act(
    do: Callable[[], str], there: str, show: Callable[[Sequence[Problem]], str]
) -> PageResponse:
    """Run an action and redirect, or show the page again with its problems (status 400)."""
    try:
        done = do()
    except Open311Error as error:
        return show(error.problems), 400
    log.info("%s: %r", user().name, done)
    flash(done)
    return redirect(there, 303)


def row_of(
    schema: Schema, names: tuple[str, ...], labels: Mapping[str, str], **known: str
) -> dict[str, Any]:
    """Return a form as a seed row, with the same limits; raises InvalidParameters.

    labels are those of fields that have other labels than usual.
    """
    values = sent_values()
    cells: Mapping[str, str] = {name: (first(values, name) or "").strip() for name in names}
    try:
        return dict(schema.load({**cells, **known}))
    except ValidationError as error:
        problems = problems_in(error, list(schema.fields))
        labeled = [replace(one, label=labels.get(one.field, "")) for one in problems]
        raise InvalidParameters.of(labeled) from None


def typed(name: str, usual: object = "", beside: str = "") -> str:
    """Return the submitted value of a field, or else its default.

    beside is a field that only the form of this field has, if others have one of the same name.
    """
    values = sent_values()
    found = values.get(name, ()) if not beside or beside in values else ()
    return next(iter(found), "" if usual is None else str(usual))


def checked(name: str, usual: object, beside: str) -> bool:
    """Return whether a checkbox is checked: as submitted in the form of a field, or as usual.

    beside is a field of the same form that is always sent, as an empty checkbox is not.
    """
    values = sent_values()
    return first(values, name) is not None if beside in values else bool(usual)


blueprint = staff_pages("staff_catalog", "/staff/city", administrators_only)


@blueprint.get("/services")
@login_required  # type: ignore[untyped-decorator]
def services() -> str:
    """Show all services, including inactive ones."""
    return _services()


@blueprint.post("/services")
@login_required  # type: ignore[untyped-decorator]
def new_service() -> PageResponse:
    def do() -> str:
        labels = {"service_code": N_("Service code")}
        row = row_of(ServiceRow(), SERVICE_COLUMNS, labels, **_flags(SERVICE_FLAGS))
        add_service(city().jurisdiction_id, row)
        return _("Service %(name)s added.", name=row["service_name"])

    code = (first(sent_values(), "service_code") or "").strip()
    return act(do, url_for(".service", service_code=code), _services)


@blueprint.get("/service/<opaque:service_code>")
@login_required  # type: ignore[untyped-decorator]
def service(service_code: str) -> str:
    return _service(service_code)


@blueprint.post("/service/<opaque:service_code>/save")
@login_required  # type: ignore[untyped-decorator]
def save(service_code: str) -> PageResponse:
    def do() -> str:
        code = {"service_code": service_code}
        row = row_of(ServiceRow(), SERVICE_COLUMNS, {}, **code, **_flags(SERVICE_FLAGS))
        active = first(sent_values(), "active") is not None
        here = city().jurisdiction_id
        change_service_of_catalog(here, service_code, row, active=active)
        return _("Saved.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/question")
@login_required  # type: ignore[untyped-decorator]
def question(service_code: str) -> PageResponse:
    """Add or change a question."""

    def do() -> str:
        flags = _flags(("required", "variable"))
        labels = {"description": N_("Question")}
        row = row_of(
            QuestionRow(), _QUESTION, labels, service_code=service_code, order="1", **flags
        )
        is_new = first(sent_values(), "new") is not None
        here = city().jurisdiction_id
        save_question(here, service_code, row, _options(), is_new=is_new)
        return _("Question %(code)s saved.", code=row["code"])

    return _act_on(service_code, do)


def _flags(names: Sequence[str]) -> dict[str, str]:
    """Return checkboxes as cells: a form does not send those that are not checked."""
    return {name: first(sent_values(), name) or "false" for name in names}


_QUESTION = ("code", "datatype", "description", "datatype_description", "automated")


@blueprint.post("/service/<opaque:service_code>/question/up")
@login_required  # type: ignore[untyped-decorator]
def question_up(service_code: str) -> PageResponse:
    def do() -> str:
        move_question_up(city().jurisdiction_id, service_code, first(sent_values(), "code") or "")
        return _("Question moved up.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/question/order")
@login_required  # type: ignore[untyped-decorator]
def question_order(service_code: str) -> PageResponse:
    """Store the order in which the questions were dragged."""

    def do() -> str:
        codes = sent_values().get("order", [])
        order_questions(city().jurisdiction_id, service_code, codes)
        return _("Order saved.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/question/drop")
@login_required  # type: ignore[untyped-decorator]
def question_drop(service_code: str) -> PageResponse:
    """Remove a question; existing answers are kept."""

    def do() -> str:
        drop_question(city().jurisdiction_id, service_code, first(sent_values(), "code") or "")
        return _("Question removed. Existing answers are kept.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/translations")
@login_required  # type: ignore[untyped-decorator]
def translate_service(service_code: str) -> PageResponse:
    """Store translations of a service, its questions, and their options."""

    def do() -> str:
        stored = get_stored_service(city().jurisdiction_id, service_code)
        return store_translations(service_fields(stored, *stored_translations()))

    return _act_on(service_code, do)


def _act_on(service_code: str, do: Callable[[], str]) -> PageResponse:
    there = url_for(".service", service_code=service_code)
    return act(do, there, lambda problems: _service(service_code, problems))


def _options() -> list[tuple[str, str]]:
    try:
        return read_options("\n".join(sent_values().get("options", [])))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None


def _services(problems: Sequence[Problem] = ()) -> str:
    stored = list_stored_services(city().jurisdiction_id)
    return page(
        "services.html",
        city(),
        services=stored,
        problems=problems,
        typed=typed,
        checked=checked,
        priorities=PRIORITIES,
        usual=ServiceRow().load({"service_code": "-", "service_name": "-"}),
    )


def _service(service_code: str, problems: Sequence[Problem] = ()) -> str:
    stored = get_stored_service(city().jurisdiction_id, service_code)
    return page(
        "service.html",
        city(),
        one=stored,
        steps=steps_of(stored),
        problems=problems,
        typed=typed,
        checked=checked,
        priorities=PRIORITIES,
        translations=service_fields(stored, *stored_translations()),
        datatypes=DATATYPES,
        answered_by=ANSWERED_BY,
    )
