"""Saved views and saved areas."""

from collections.abc import Sequence
from urllib.parse import parse_qs, parse_qsl, urlencode

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.errors import InvalidFilter
from open311.errors import InvalidParameters, Open311Error
from open311.messages.problem import Problem
from open311.messages.search import AREA_TO_SAVE_MISSING
from open311.operations.saved import drop_area, drop_view, save_area, save_view
from open311.queries.catalog.departments import list_departments
from open311.queries.search.saved import list_areas, list_views
from open311.staff.asked import DRAWN_HERE, drawn_area, problems_of
from open311.staff.list_columns import OWN, own_look
from open311.staff.pages import city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from schemas.people import SaveSchema
from schemas.search.staff_find import FindSchema
from schemas.vocabulary.list_columns import COMFORTABLE

blueprint = staff_pages("staff_saving", "/staff/saved")

NOT_KEPT = ("after", "at")


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show saved views and areas, and the forms to save the current list."""
    return _page()


def _page(problems: Sequence[Problem] = (), kind: str = "") -> str:
    """Return the page; problems are those of the form that saves the kind, view or area."""
    jurisdiction, values = city(), sent_values()
    query = first(values, "query") or ""
    drawn = [name for name in DRAWN_HERE if name in parse_qs(query)]
    typed = {name: first(values, name) or "" for name in ("name", "department")}
    return page(
        "saved.html",
        jurisdiction,
        problems,
        typed={"view": {}, "area": {}, kind: typed},
        query=query,
        drawn=drawn,
        look="look" in values if problems else _looks_own(query),
        views=list_views(user()),
        areas=list_areas(user()),
        departments=list_departments(jurisdiction.jurisdiction_id),
    )


def _looks_own(query: str) -> bool:
    """Return whether a list looks differently from the usual, by its search or its user."""
    chosen = user().list_columns or user().list_density != COMFORTABLE
    return bool(chosen) or any(name in parse_qs(query) for name in OWN)


@blueprint.post("/views")
@login_required  # type: ignore[untyped-decorator]
def keep_view() -> Response | tuple[str, int]:
    try:
        query = _keep_view()
    except Open311Error as error:
        return _page(error.problems, "view"), 400
    flash(_("Saved."))
    return redirect(f"{url_for('staff_finding.index')}?{query}", 303)


def _keep_view() -> str:
    asked = parse(SaveSchema(), sent_values())
    pairs = parse_qsl(asked["query"])
    found = parse(FindSchema(city().zone), parse_qs(asked["query"]))
    own = [pair for pair in pairs if pair[0] in OWN] or own_look()
    left = [pair for pair in pairs if pair[0] not in (*NOT_KEPT, *OWN)]
    query = urlencode([*left, *own] if asked["look"] else left)
    save_view(user(), asked["name"].strip(), query, asked["department"], found["area"])
    return query


@blueprint.post("/areas")
@login_required  # type: ignore[untyped-decorator]
def keep_area() -> Response | tuple[str, int]:
    """Save the drawn area, and show the list with it in place of the drawing."""
    try:
        query = _keep_area()
    except (Open311Error, InvalidFilter) as error:
        return _page(problems_of(error), "area"), 400
    flash(_("Saved."))
    return redirect(f"{url_for('staff_finding.index')}?{query}", 303)


def _keep_area() -> str:
    asked = parse(SaveSchema(), sent_values())
    pairs = parse_qsl(asked["query"])
    found = parse(FindSchema(city().zone), parse_qs(asked["query"]))
    area = drawn_area({**found, "area": None}, user())
    if area is None:
        raise InvalidParameters(AREA_TO_SAVE_MISSING)
    area_id = save_area(user(), asked["name"].strip(), area, asked["department"])
    left = [
        (name, value)
        for name, value in pairs
        if name not in (*DRAWN_HERE, *NOT_KEPT, "within", "units")
    ]
    return urlencode([*left, ("area", str(area_id))])


@blueprint.post("/views/<int(max=2147483647):view_id>/drop")
@login_required  # type: ignore[untyped-decorator]
def give_up_view(view_id: int) -> Response:
    drop_view(user(), view_id)
    flash(_("Deleted."))
    return redirect(url_for("staff_saving.index"), 303)


@blueprint.post("/areas/<int(max=2147483647):area_id>/drop")
@login_required  # type: ignore[untyped-decorator]
def give_up_area(area_id: int) -> Response:
    drop_area(user(), area_id)
    flash(_("Deleted."))
    return redirect(url_for("staff_saving.index"), 303)
