"""Columns of the list: which are shown, in which order, and how dense the rows are.

A search may have its own, as parameters that a saved view keeps; others have those of the user.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.operations.people.list_choices import choose_list
from open311.queries.city import City
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from schemas.search.list_form import ListFormSchema
from schemas.vocabulary.list_columns import (
    DENSITIES,
    IN_LAYER,
    LIST_COLUMNS,
    MOST_COLUMNS,
    USUAL_COLUMNS,
)

blueprint = staff_pages("staff_columns", "/staff/columns")

OWN = ("columns", "density")
"""Parameters of a search with columns of its own."""

_PROPERTIES: Mapping[str, str] = {
    "updated": "updated_datetime",
    "age": "age_days",
    "group": "group",
    "note": "status_notes",
    "channel": "channel",
    "zipcode": "zipcode",
}
"""Properties that columns need besides those that each row has."""

SORTS: Mapping[str, Sequence[str]] = {
    "submitted": ("-requested_datetime", "requested_datetime"),
    "due": ("due",),
    "updated": ("-updated_datetime",),
}
"""The orders to which the heading of a column leads, one after the other."""


@dataclass(frozen=True)
class ListColumn:
    """A column of the list: its code, its heading, and for a layer, the code of that."""

    code: str
    name: str
    layer: str = ""

    @property
    def properties(self) -> Sequence[str]:
        """The properties of requests that it needs besides those of each row."""
        needed = self.layer or _PROPERTIES.get(self.code)
        return [needed] if needed else []

    def next_sort(self, sort: str) -> str:
        """Return the order to which its heading leads from an order; empty if it has none."""
        orders = SORTS.get(self.code, ())
        if sort in orders:
            return orders[(orders.index(sort) + 1) % len(orders)]
        return orders[0] if orders else ""

    def direction(self, sort: str) -> str:
        """Return how an order sorts it, as aria-sort; empty if it does not."""
        if sort not in SORTS.get(self.code, ()):
            return ""
        return "descending" if sort.startswith("-") else "ascending"


def list_columns(known: City) -> list[ListColumn]:
    """List all columns that a city has."""
    columns = [ListColumn(code, _(name)) for code, name in LIST_COLUMNS.items()]
    layers = (ListColumn(f"{IN_LAYER}{one.code}", one.name, one.code) for one in known.layers)
    return [*columns, *layers]


def chosen_columns(known: City, codes: Sequence[str]) -> list[ListColumn]:
    """Return the columns of a search that has some of its own, or else those of the user."""
    return pick_columns(known, codes, user().list_columns)


def pick_columns(known: City, *choices: Sequence[str]) -> list[ListColumn]:
    """Return the columns of the first choice that has any, or else the usual ones.

    Codes that the city does not have, such as that of a former layer, are left out.
    """
    columns = {one.code: one for one in list_columns(known)}
    for some in (*choices, USUAL_COLUMNS):
        found = [columns[code] for code in dict.fromkeys(some) if code in columns]
        if found:
            return found[:MOST_COLUMNS]
    return []


def list_look(known: City, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns and the density for a search, as values of list.html."""
    return {
        "columns": chosen_columns(known, asked["columns"]),
        "density": asked["density"] or user().list_density,
        "sort": asked["sort"],
    }


def own_look() -> list[tuple[str, str]]:
    """Return the parameters of a search that looks as the user has chosen."""
    codes = [one.code for one in chosen_columns(city_snapshot(), ())]
    return [("columns", ",".join(codes)), ("density", user().list_density)]


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Show the columns of a list, each with a field to choose another."""
    known, query = city_snapshot(), first(sent_values(), "query") or ""
    sent = parse_qs(query)
    codes = (first(sent, "columns") or "").split(",")
    density = first(sent, "density")
    return page(
        "columns.html",
        city(),
        query=query,
        chosen=[one.code for one in chosen_columns(known, codes)],
        columns=list_columns(known),
        most=MOST_COLUMNS,
        densities=DENSITIES,
        density=density if density in DENSITIES else user().list_density,
    )


@blueprint.post("/")
@login_required  # type: ignore[untyped-decorator]
def choose() -> Response:
    """Store the columns for all lists of the user, and go back to the list."""
    asked = parse(ListFormSchema(), sent_values())
    known = {one.code for one in list_columns(city_snapshot())}
    codes = [code for code in dict.fromkeys(asked["column"]) if code in known][:MOST_COLUMNS]
    choose_list(user().id, [] if asked["reset"] else codes, asked["density"])
    flash(_("Columns saved."))
    left = [pair for pair in parse_qsl(asked["query"]) if pair[0] not in OWN]
    return redirect(f"{url_for('staff_finding.index')}?{urlencode(left)}", 303)
