"""Saved views and saved areas."""

from urllib.parse import parse_qs, parse_qsl, urlencode

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import InvalidParameters
from open311.messages.search import AREA_TO_SAVE_MISSING
from open311.operations.saved import drop_area, drop_view, save_area, save_view
from open311.queries.catalog.departments import list_departments
from open311.queries.search.saved import list_areas, list_views
from open311.staff.asked import DRAWN_HERE, drawn_area
from open311.staff.pages import city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.people import SaveSchema
from schemas.search.staff_find import FindSchema

blueprint = staff_pages("staff_saving", "/staff/saved")

NOT_KEPT = ("after", "at")


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show saved views and areas, and the forms to save the current list."""
    jurisdiction = city()
    asked = parse(SaveSchema(), sent_values())
    drawn = [name for name in DRAWN_HERE if name in parse_qs(asked["query"])]
    return page(
        "saved.html",
        jurisdiction,
        query=asked["query"],
        drawn=drawn,
        views=list_views(user()),
        areas=list_areas(user()),
        departments=list_departments(jurisdiction.jurisdiction_id),
    )


@blueprint.post("/views")
@login_required  # type: ignore[untyped-decorator]
def keep_view() -> Response:
    asked = parse(SaveSchema(), sent_values())
    pairs = parse_qsl(asked["query"])
    found = parse(FindSchema(city().zone), parse_qs(asked["query"]))
    query = urlencode([(name, value) for name, value in pairs if name not in NOT_KEPT])
    save_view(user(), asked["name"].strip(), query, asked["department"], found["area"])
    flash(_("Saved."))
    return redirect(f"{url_for('staff_finding.index')}?{query}", 303)


@blueprint.post("/areas")
@login_required  # type: ignore[untyped-decorator]
def keep_area() -> Response:
    """Save the drawn area, and show the list with it in place of the drawing."""
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
    flash(_("Saved."))
    query = urlencode([*left, ("area", str(area_id))])
    return redirect(f"{url_for('staff_finding.index')}?{query}", 303)


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
