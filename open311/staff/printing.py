"""The list for paper, with a map of its rows: for a meeting, without what is not public."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_login import login_required

from geo.search.drawn_areas import to_geojson
from open311.queries.city import City
from open311.queries.ogc.features import Features, list_features
from open311.staff.asked import Search, read_search
from open311.staff.list_columns import ListColumn, chosen_columns
from open311.staff.pages import city_snapshot, page, staff_pages
from open311.staff.results import written
from open311.web.parameters import first, sent_values
from open311.web.public_lists import numbered, read_public
from open311.web.search_words import search_words
from schemas.vocabulary.list_columns import FOR_EVERYONE

blueprint = staff_pages("staff_printing", "/staff/requests/print")

MOST_PRINTED = 500

INTERNAL = "internal"
"""The value of the parameter data that asks for what only staff may read."""

_OF_EACH_ROW = (
    *("service_request_id", "status", "detailed_status", "service_name", "description", "address"),
    *("agency_responsible", "submitted_datetime", "expected_datetime", "overdue", "waits"),
    *("waits_for", "assigned_to", "duplicate_of", "held_since"),
)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Show the results of a search from the first one on, with public data unless data=internal."""
    values, known = sent_values(), city_snapshot()
    search = read_search(values)
    is_internal = first(values, "data") == INTERNAL
    columns = [
        one
        for one in chosen_columns(known, search.asked["columns"])
        if is_internal or one.layer or one.code in FOR_EVERYONE
    ]
    found = _read(search, known, columns, is_internal=is_internal)
    return page(
        "print.html",
        search.jurisdiction,
        words=search_words(known, search.asked),
        rows=numbered(found),
        total=found.total,
        columns=columns,
        density=search.asked["density"],
        is_internal=is_internal,
        outline="" if search.drawn is None else to_geojson(search.drawn),
        layers=known.layers,
        query=written(_kept()),
        internal=INTERNAL,
    )


def _read(
    search: Search, known: City, columns: Sequence[ListColumn], *, is_internal: bool
) -> Features:
    wanted = replace(search.wanted, limit=MOST_PRINTED, after=None)
    if not is_internal:
        return read_public(search.jurisdiction, known.layers, search.source.order, wanted)
    more = [name for one in columns for name in one.properties]
    names: list[Any] = list(dict.fromkeys([*_OF_EACH_ROW, *more]))
    return list_features(search.source, replace(wanted, names=names))


def _kept() -> list[tuple[str, str]]:
    """List the parameters of the search, without those of this page."""
    sent = request.args.items(multi=True)
    return [(name, value) for name, value in sent if value and name not in ("data", "after")]
