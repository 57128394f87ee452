"""/staff/field: the shift list of a crew, and requests near the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.coordinates import Point
from open311.errors import InvalidParameters, NotAllowed, Open311Error
from open311.messages.problem import Problem
from open311.messages.shifts import SHIFT_OF_OTHERS
from open311.operations.requests.shifts import (
    MOST_STOPS,
    add_stops,
    move_stop,
    order_by_distance,
    remove_stop,
)
from open311.queries.jurisdictions import Scope
from open311.queries.ogc.nearest import list_nearest
from open311.queries.people.users import UserInfo, get_user, name_key
from open311.queries.requests.shifts import list_stops
from open311.queries.search.staff_form import read_form_choices
from open311.roles import WORKS_ON
from open311.staff.asked import read_search
from open311.staff.directions import directions
from open311.staff.field_pages import field_page, field_pages
from open311.staff.finding import SHOWN
from open311.staff.pages import city, city_snapshot, user
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.base import Values
from schemas.requests.shifts import NearSchema, PlaceSchema, ShiftSchema, StopsSchema

blueprint = field_pages("staff_shifts", "/staff/field")

_SHIFT, _STOPS, _PLACE, _NEAR = ShiftSchema(), StopsSchema(), PlaceSchema(), NearSchema()


@dataclass(frozen=True)
class Shift:
    """The list of a user for a day."""

    jurisdiction: Scope
    crew: UserInfo
    day: date

    @property
    def is_mine(self) -> bool:
        """Whether it is the list of the user who reads."""
        return self.crew.id == user().id

    @property
    def names(self) -> dict[str, Any]:
        """The parameters of links to it; none for one's own list of today."""
        crew = {} if self.is_mine else {"crew": self.crew.name}
        is_today = self.day == self.jurisdiction.today()
        return crew if is_today else {**crew, "day": self.day.isoformat()}

    def address(self, endpoint: str = "staff_shifts.show") -> str:
        """Return the URL of its page, or of another one about it."""
        return url_for(endpoint, **self.names)


def read_shift() -> Shift:
    """Return the list that is asked for; raises NotFound for its user, and NotAllowed."""
    jurisdiction, reader = city(), user()
    asked = parse(_SHIFT, sent_values())
    crew = reader
    if asked["crew"] and name_key(asked["crew"]) != name_key(reader.name):
        if "others" not in WORKS_ON[reader.role]:
            raise NotAllowed(SHIFT_OF_OTHERS)
        crew = get_user(jurisdiction.jurisdiction_id, asked["crew"])
    return Shift(jurisdiction, crew, asked["day"] or jurisdiction.today())


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    return _page(read_shift())


def _page(shift: Shift, problems: Sequence[Problem] = ()) -> str:
    stops = list_stops(shift.jurisdiction, shift.crew.id, shift.day)
    return field_page(
        "shift.html",
        shift.jurisdiction,
        problems,
        shift=shift,
        stops=stops,
        next_stop=next((one for one in stops if one.status == "open"), None),
        directions=directions,
        crews=_crews(),
        neighbors=[shift.day + timedelta(days) for days in (-1, 1)],
        most=MOST_STOPS,
    )


def _crews() -> list[str]:
    """List the names of those whose lists the reader may open."""
    reader = user()
    if "others" not in WORKS_ON[reader.role]:
        return [reader.name]
    return [one.name for one in read_form_choices(reader).colleagues if WORKS_ON[one.role]]


@blueprint.post("/stops")
@login_required  # type: ignore[untyped-decorator]
def add() -> Response | tuple[str, int]:
    """Add requests to a list, chosen in a list of requests or on the page of one."""
    shift = read_shift()
    sent = parse(_STOPS, sent_values())
    ids = [*sent["id"], *(one.rpartition(":")[0] for one in sent["chosen"])]
    try:
        number = add_stops(shift.jurisdiction, shift.crew, shift.day, ids)
    except Open311Error as error:
        return _page(shift, error.problems), 409
    flash(_("Stops added: %(number)s.", number=number))
    return redirect(shift.address(), 303)


@blueprint.post("/stops/<opaque:service_request_id>/move")
@login_required  # type: ignore[untyped-decorator]
def move(service_request_id: str) -> Response | tuple[str, int]:
    shift = read_shift()
    try:
        place = parse(_PLACE, sent_values())["place"]
        move_stop(shift.jurisdiction, shift.crew, shift.day, service_request_id, place)
    except Open311Error as error:
        return _page(shift, error.problems), 409
    return redirect(f"{shift.address()}#stop-{service_request_id}", 303)


@blueprint.post("/stops/<opaque:service_request_id>/remove")
@login_required  # type: ignore[untyped-decorator]
def remove(service_request_id: str) -> Response | tuple[str, int]:
    shift = read_shift()
    try:
        remove_stop(shift.jurisdiction, shift.crew, shift.day, service_request_id)
    except Open311Error as error:
        return _page(shift, error.problems), 409
    flash(_("Stop removed."))
    return redirect(shift.address(), 303)


@blueprint.post("/order")
@login_required  # type: ignore[untyped-decorator]
def order() -> Response:
    """Put the stops in the suggested order, which begins with the first one."""
    shift = read_shift()
    order_by_distance(shift.jurisdiction, shift.crew, shift.day)
    flash(_("The stops are in order of distance, starting from the first one."))
    return redirect(shift.address(), 303)


@blueprint.route("/near", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def near() -> str | tuple[str, int]:
    """List the requests that are nearest to the phone.

    Where the phone is comes in the body, so that no log and no history of a browser keeps it.
    """
    values = sent_values()
    query = next(iter(values.get("search", ())), "") or _usual_search()
    try:
        asked = parse(_NEAR, values) if "lat" in values or "long" in values else None
        search = read_search(parse_qs(query), SHOWN)
    except InvalidParameters as error:
        return _near_page(query, values, [], error.problems), 400
    if asked is None:
        return _near_page(query, values, [])
    point = Point(lat=asked["lat"], long=asked["long"])
    return _near_page(query, values, list_nearest(search.source, search.wanted, point))


def _usual_search() -> str:
    """Return the search of open requests, of the department of those who work in one."""
    reader = user()
    filters = {"status": "open"}
    if reader.department_id is not None:
        name = city_snapshot().department_names[reader.department_id]
        filters["agency_responsible"] = name
    return urlencode(filters)


def _near_page(
    query: str,
    values: Values,
    features: Sequence[dict[str, Any]],
    problems: Sequence[Problem] = (),
) -> str:
    return field_page(
        "near.html",
        city(),
        problems,
        query=query,
        typed={name: next(iter(values.get(name, ())), "") for name in ("lat", "long")},
        features=features,
        is_asked="lat" in values and not problems,
        directions_to=lambda at: directions(Point(lat=at[1], long=at[0])),
    )
