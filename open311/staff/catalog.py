"""Services with their questions, and departments, as administrators edit them."""

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
    add_department,
    add_service,
    change_service_of_catalog,
    drop_question,
    move_question_up,
    rename_department,
    save_question,
)
from open311.queries.catalog.editing import (
    SERVICE_COLUMNS,
    SERVICE_FLAGS,
    get_stored_service,
    list_stored_departments,
    list_stored_services,
)
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from schemas.catalog.forms import NameSchema, read_options
from schemas.imports.seed_rows import DepartmentRow, QuestionRow, ServiceRow
from schemas.vocabulary.datatypes import ANSWERED_BY, DATATYPES
from schemas.vocabulary.marking import N_

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


def typed(name: str, usual: object = "") -> str:
    """Return the submitted value of a field, or else its default."""
    return next(iter(sent_values().get(name, ())), "" if usual is None else str(usual))


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

    return act(do, url_for(".services"), _services)


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
        save_question(city().jurisdiction_id, service_code, row, _options())
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


@blueprint.post("/service/<opaque:service_code>/question/drop")
@login_required  # type: ignore[untyped-decorator]
def question_drop(service_code: str) -> PageResponse:
    """Remove a question; existing answers are kept."""

    def do() -> str:
        drop_question(city().jurisdiction_id, service_code, first(sent_values(), "code") or "")
        return _("Question removed. Existing answers are kept.")

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
    return page("services.html", city(), services=stored, problems=problems, typed=typed)


def _service(service_code: str, problems: Sequence[Problem] = ()) -> str:
    stored = get_stored_service(city().jurisdiction_id, service_code)
    return page(
        "service.html",
        city(),
        one=stored,
        problems=problems,
        typed=typed,
        datatypes=DATATYPES,
        answered_by=ANSWERED_BY,
    )


departments_blueprint = staff_pages(
    "staff_departments", "/staff/city/departments", administrators_only
)


@departments_blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the departments and the number of records that depend on each."""
    return _departments()


@departments_blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> PageResponse:
    def do() -> str:
        labels = {"department": N_("Department code")}
        row = row_of(DepartmentRow(), ("department", "name"), labels)
        add_department(city().jurisdiction_id, row["department"], row["name"])
        return _("Department %(name)s added.", name=row["name"])

    return act(do, url_for(".index"), _departments)


@departments_blueprint.post("/<opaque:code>/rename")
@login_required  # type: ignore[untyped-decorator]
def rename(code: str) -> PageResponse:
    def do() -> str:
        name = parse(NameSchema(), sent_values())["name"].strip()
        rename_department(city().jurisdiction_id, code, name)
        return _("%(code)s is now named %(name)s.", code=code, name=name)

    return act(do, url_for(".index"), _departments)


def _departments(problems: Sequence[Problem] = ()) -> str:
    stored = list_stored_departments(city().jurisdiction_id)
    return page("departments.html", city(), departments=stored, problems=problems, typed=typed)
