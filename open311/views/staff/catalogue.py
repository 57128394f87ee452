"""Services and their questions: added and changed by administrators."""

from collections.abc import Callable

from flask import url_for
from flask_login import login_required
from marshmallow import ValidationError

from open311.languages import say as _
from open311.operations.change_catalogue import (
    add_service,
    change_service_of_catalogue,
    drop_question,
    move_question_up,
    save_question,
)
from open311.parameters import first, invalid, sent_values
from open311.queries.catalogue import (
    SERVICE_COLUMNS,
    get_stored_service,
    list_stored_services,
)
from open311.views.staff.city_forms import Answer, act, row_of, typed
from open311.views.staff.pages import administrators_only, city, page, staff_pages
from schemas.base import sentences
from schemas.city_forms import read_options
from schemas.seed_rows import QuestionRow, ServiceRow

blueprint = staff_pages("staff_catalogue", "/staff/city", administrators_only)


@blueprint.get("/services")
@login_required  # type: ignore[untyped-decorator]
def services() -> str:
    """Show the services, those out of use as well."""
    return _services()


@blueprint.post("/services")
@login_required  # type: ignore[untyped-decorator]
def new_service() -> Answer:
    """Add a service."""

    def do() -> str:
        row = row_of(ServiceRow(), SERVICE_COLUMNS)
        add_service(city().jurisdiction_id, row)
        return _("Service %(name)s added.", name=row["service_name"])

    return act(do, url_for(".services"), _services)


@blueprint.get("/service/<opaque:service_code>")
@login_required  # type: ignore[untyped-decorator]
def service(service_code: str) -> str:
    """Show a service with its questions."""
    return _service(service_code)


@blueprint.post("/service/<opaque:service_code>/save")
@login_required  # type: ignore[untyped-decorator]
def save(service_code: str) -> Answer:
    """Change a service."""

    def do() -> str:
        row = row_of(ServiceRow(), SERVICE_COLUMNS, service_code=service_code)
        active = first(sent_values(), "active") is not None
        here = city().jurisdiction_id
        change_service_of_catalogue(here, service_code, row, active=active)
        return _("Saved.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/question")
@login_required  # type: ignore[untyped-decorator]
def question(service_code: str) -> Answer:
    """Add a question, or change one."""

    def do() -> str:
        flags = {name: first(sent_values(), name) or "false" for name in ("required", "variable")}
        row = row_of(QuestionRow(), _QUESTION, service_code=service_code, order="1", **flags)
        save_question(city().jurisdiction_id, service_code, row, _options())
        return _("Question %(code)s saved.", code=row["code"])

    return _act_on(service_code, do)


_QUESTION = ("code", "datatype", "description", "datatype_description")


@blueprint.post("/service/<opaque:service_code>/question/up")
@login_required  # type: ignore[untyped-decorator]
def question_up(service_code: str) -> Answer:
    """Ask a question earlier."""

    def do() -> str:
        move_question_up(city().jurisdiction_id, service_code, first(sent_values(), "code") or "")
        return _("Question moved up.")

    return _act_on(service_code, do)


@blueprint.post("/service/<opaque:service_code>/question/drop")
@login_required  # type: ignore[untyped-decorator]
def question_drop(service_code: str) -> Answer:
    """Ask a question no more."""

    def do() -> str:
        drop_question(city().jurisdiction_id, service_code, first(sent_values(), "code") or "")
        return _("Question removed. Existing answers are kept.")

    return _act_on(service_code, do)


def _act_on(service_code: str, do: Callable[[], str]) -> Answer:
    there = url_for(".service", service_code=service_code)
    return act(do, there, lambda problem: _service(service_code, problem))


def _options() -> list[tuple[str, str]]:
    try:
        return read_options("\n".join(sent_values().get("options", [])))
    except ValidationError as error:
        raise invalid(sentences(error)) from None


def _services(problem: str = "") -> str:
    stored = list_stored_services(city().jurisdiction_id)
    return page("services.html", city(), services=stored, problem=problem, typed=typed)


def _service(service_code: str, problem: str = "") -> str:
    stored = get_stored_service(city().jurisdiction_id, service_code)
    return page("service.html", city(), one=stored, problem=problem, typed=typed)
