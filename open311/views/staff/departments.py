"""Departments: added and renamed by administrators."""

from flask import url_for
from flask_login import login_required

from open311.languages import say as _
from open311.operations.change_department import add_department, rename_department
from open311.parameters import parse, sent_values
from open311.queries.catalogue import list_stored_departments
from open311.views.staff.city_forms import Answer, act, row_of, typed
from open311.views.staff.pages import administrators_only, city, page, staff_pages
from schemas.city_forms import NameSchema
from schemas.seed_rows import DepartmentRow

blueprint = staff_pages("staff_departments", "/staff/city/departments", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the departments, and what depends on each."""
    return _departments()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def add() -> Answer:
    """Add a department."""

    def do() -> str:
        row = row_of(DepartmentRow(), ("department", "name"))
        add_department(city().jurisdiction_id, row["department"], row["name"])
        return _("Department %(name)s added.", name=row["name"])

    return act(do, url_for(".index"), _departments)


@blueprint.post("/<opaque:code>/rename")
@login_required  # type: ignore[untyped-decorator]
def rename(code: str) -> Answer:
    """Call a department otherwise."""

    def do() -> str:
        name = parse(NameSchema(), sent_values())["name"].strip()
        rename_department(city().jurisdiction_id, code, name)
        return _("%(code)s is now named %(name)s.", code=code, name=name)

    return act(do, url_for(".index"), _departments)


def _departments(problem: str = "") -> str:
    stored = list_stored_departments(city().jurisdiction_id)
    return page("departments.html", city(), departments=stored, problem=problem, typed=typed)
