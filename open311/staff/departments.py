"""Departments, as administrators edit them."""

from collections.abc import Sequence

from flask import url_for
from flask_login import login_required

from open311.messages.problem import Problem
from open311.operations.catalog import add_department, change_mailbox, rename_department
from open311.queries.catalog.editing import list_stored_departments
from open311.staff.catalog import PageResponse, act, row_of, typed
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.staff.texts import department_fields, store_translations, stored_translations
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.catalog.forms import NameSchema
from schemas.imports.seed_rows import DepartmentRow
from schemas.people import MailboxSchema
from schemas.vocabulary.marking import N_
from schemas.vocabulary.notices import DEPARTMENT_EVENT_NAMES, USUAL_OF_DEPARTMENTS, choices_of

blueprint = staff_pages("staff_departments", "/staff/city/departments", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the departments and the number of records that depend on each."""
    return _departments()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> PageResponse:
    def do() -> str:
        labels = {"department": N_("Department code")}
        row = row_of(DepartmentRow(), ("department", "name"), labels)
        add_department(city().jurisdiction_id, row["department"], row["name"])
        return _("Department %(name)s added.", name=row["name"])

    return act(do, url_for(".index"), _departments)


@blueprint.post("/<opaque:code>/rename")
@login_required  # type: ignore[untyped-decorator]
def rename(code: str) -> PageResponse:
    def do() -> str:
        name = parse(NameSchema(), sent_values())["name"].strip()
        rename_department(city().jurisdiction_id, code, name)
        return _("%(code)s is now named %(name)s.", code=code, name=name)

    return act(do, url_for(".index"), _departments)


@blueprint.post("/<opaque:code>/mailbox")
@login_required  # type: ignore[untyped-decorator]
def set_mailbox(code: str) -> PageResponse:
    """Store the mailbox of a department, and which emails it gets."""

    def do() -> str:
        chosen = parse(MailboxSchema(), sent_values())
        email = chosen.pop("email") or None
        change_mailbox(city().jurisdiction_id, code, email, chosen)
        return _("Mailbox saved for %(code)s.", code=code)

    return act(do, url_for(".index"), _departments)


@blueprint.post("/translations")
@login_required  # type: ignore[untyped-decorator]
def translate() -> PageResponse:
    """Store translations of the names."""

    def do() -> str:
        stored = list_stored_departments(city().jurisdiction_id)
        return store_translations(department_fields(stored, *stored_translations()))

    return act(do, url_for(".index"), _departments)


def _departments(problems: Sequence[Problem] = ()) -> str:
    stored = list_stored_departments(city().jurisdiction_id)
    return page(
        "departments.html",
        city(),
        departments=stored,
        events=DEPARTMENT_EVENT_NAMES,
        choices_of=choices_of,
        usual=USUAL_OF_DEPARTMENTS,
        problems=problems,
        typed=typed,
        translations=department_fields(stored, *stored_translations()),
    )
