"""Places to which the city comes again and again: with addresses for staff, in squares for all."""

from collections.abc import Mapping, Sequence

import shapely

from open311.figures.hot_cells import CELL
from open311.figures.repeated_places import APART, FEWEST_VISITS, REACH
from open311.queries.insights.repeated import list_addresses
from open311.web.insights.areas import reports_are_not_needs
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.hot_places import projection_of, ring_around
from open311.web.insights.kept_places import FoundPlace, Square, first_day, repeated_of
from open311.web.insights.links import WORK
from open311.web.insights.view import View
from open311.web.insights.wording import count_words, week_words
from open311.web.languages import say as _

MOST = 20
"""Places of a page."""

EDGE = 2
"""Meters around the requests of a place, so that a list by its outline has them all."""


def repeated_figure(view: View) -> Figure:
    """Return the places of the past year, those with the most visits first."""
    found = [one for one in repeated_of(view) if one.service_code in view.services]
    shown = found[:MOST]
    addresses = list_addresses([one.pk for one in shown])
    columns = (
        Column(_("Service"), "service"),
        Column(_("Address"), "address"),
        Column(_("Visits"), "visits"),
        Column(_("Requests"), "requests"),
        Column(_("Last request"), "last"),
    )
    rows = [_row(one, addresses.get(one.pk, ""), view) for one in shown]
    return _figure(_finding(found, view), columns, rows, view)


def _figure(
    finding: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], view: View
) -> Figure:
    return Figure(
        "repeated-places",
        "repeated_places",
        _("Places with repeated requests, past 365 days"),
        finding,
        columns,
        rows,
        notes=[
            _(
                "At least %(visits)s visits for one service within %(meters)s m of each other. "
                "Requests less than %(days)s days after a visit began count as the same visit.",
                visits=FEWEST_VISITS,
                meters=REACH,
                days=APART,
            )
        ],
        csv_url=view.links.csv("repeated-places"),
    )


def _finding(places: Sequence[FoundPlace], view: View) -> str:
    if not places:
        return _("The city was not called to the same place again and again.")
    return _(
        "Places found: %(number)s. The most visits to one of them: %(visits)s, for %(service)s.",
        number=count_words(len(places)),
        visits=count_words(places[0].visits),
        service=view.services[places[0].service_code].name,
    )


def _row(one: FoundPlace, address: str, view: View) -> Sequence[Cell]:
    service = view.services[one.service_code]
    west, south, east, north = one.box
    box = (west - EDGE, south - EDGE, east + EDGE, north + EDGE)
    url = view.links.requests(**_filters(view, service, box))
    return (
        Cell(service.name, service.code),
        Cell(address or _("Show on the map"), address, url),
        Cell(count_words(one.visits), one.visits),
        Cell(count_words(one.requests), one.requests, url),
        Cell(week_words(one.day), f"{one.day:%F}"),
    )


def _filters(view: View, service: Row, box: tuple[float, float, float, float]) -> Mapping[str, str]:
    """Return the filters of the requests of a service in a box, in meters."""
    corners = ring_around(shapely.box(*box), projection_of(view.city) or 0)
    ring = ";".join(f"{lat:.6f},{long:.6f}" for lat, long in corners)
    return {**service.filters, "since": f"{first_day(view.city):%F}", "polygon": ring, **WORK}


def squares_figure(squares: Sequence[Square], view: View) -> Figure:
    """Return the squares with repeated places, for the public: no place is shown itself."""
    shown = [one for one in squares if one.service_code in view.services]
    return Figure(
        "repeated-squares",
        "repeated_places",
        _("Squares with repeated requests, past 365 days"),
        _("Squares found: %(number)s.", number=count_words(len(shown))),
        (
            Column(_("Service"), "service"),
            Column(_("Square of 500 m around"), "middle"),
            Column(_("Places with repeated requests"), "places"),
            Column(_("Visits"), "visits"),
            Column(_("Requests in the square"), "requests"),
        ),
        [_of_square(one, view) for one in shown[:MOST]],
        notes=[
            _(
                "Found last night. Squares in which nearly all requests are at one place are left "
                "out, as they could show somebody's home."
            ),
            reports_are_not_needs(),
        ],
        csv_url=view.links.csv("repeated-squares"),
    )


def _of_square(one: Square, view: View) -> Sequence[Cell]:
    x, y = (side * CELL for side in (one.x, one.y))
    corners = ring_around(shapely.box(x, y, x + CELL, y + CELL), projection_of(view.city) or 0)
    middle = [sum(values) / len(corners) for values in zip(*corners, strict=True)]
    words = f"{middle[0]:.4f}, {middle[1]:.4f}"
    service = view.services[one.service_code]
    return (
        Cell(service.name, service.code),
        Cell(words, words),
        *(Cell(count_words(number), number) for number in (one.places, one.visits, one.requests)),
    )
