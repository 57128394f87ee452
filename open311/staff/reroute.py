"""Rerouting of open requests by current rules and boundaries, and its undo."""

from flask import flash, redirect, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.errors import Conflict
from open311.operations.routing.reroute import carry_over, undo_carry_over
from open311.queries.catalog.departments import list_department_names
from open311.queries.maps.sets import Maps
from open311.queries.requests.conditions import still_open
from open311.queries.routing.carry_overs import list_carry_overs
from open311.queries.routing.reroute import pairs, reroute
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.page_problems import page_sentences

blueprint = staff_pages("staff_carrying", "/staff/city/carry-over", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the requests that would change department now, and earlier reroutes."""
    jurisdiction = city()
    lift_time_limit(LONGEST_ON_A_PAGE)
    found = reroute(jurisdiction, Maps(jurisdiction.today()), still_open())
    return page(
        "carry_over.html",
        jurisdiction,
        moves=sorted(pairs(found.moves).items(), key=lambda entry: (-entry[1], entry[0])),
        pinned=sum(one.pinned for one in found.moves),
        open_now=found.total,
        names=list_department_names(jurisdiction.jurisdiction_id),
        made=list_carry_overs(jurisdiction.jurisdiction_id)[::-1],
    )


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def move() -> Response:
    """Reroute all open requests, and store the changed departments."""
    lift_time_limit(LONGEST_ON_A_PAGE)
    done = carry_over(city(), user().name)
    flash(
        ngettext(
            "%(count)s request rerouted. You can undo this.",
            "%(count)s requests rerouted. You can undo this.",
            done.moved,
            count=format_decimal(done.moved),
        )
    )
    return redirect(url_for("staff_carrying.index"), 303)


@blueprint.post("/<int(max=2147483647):number>/undo")
@login_required  # type: ignore[untyped-decorator]
def undo(number: int) -> Response:
    """Undo a reroute."""
    lift_time_limit(LONGEST_ON_A_PAGE)
    try:
        restored, left = undo_carry_over(city(), number, user().name)
    except Conflict as error:  # someone else was first
        flash(page_sentences(error.problems))
    else:
        flash(
            _(
                "%(restored)s requests restored. %(left)s were not restored because staff "
                "have changed them since.",
                restored=format_decimal(restored),
                left=format_decimal(left),
            )
        )
    return redirect(url_for("staff_carrying.index"), 303)
