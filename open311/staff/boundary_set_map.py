"""GeoJSON for maps of boundary sets, and a CSV of the requests that would move."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from flask import Response
from flask_login import login_required

from geo.distances import area
from geo.maps.changes import changed_areas, found_areas, outlines
from geo.maps.lint import Finding
from open311.csv_cells import csv_text
from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_boundaries
from open311.queries.maps.preview import Review, review
from open311.queries.maps.sets import get_set
from open311.queries.routing.reroute import COLUMNS, move_rows
from open311.staff.boundary_sets import boundary_names, former_of, preview_asked
from open311.staff.pages import administrators_only, city, staff_pages
from open311.staff.wording import finding_name
from open311.web.languages import language

blueprint = staff_pages("staff_set_map", "/staff/city/maps", administrators_only)


@blueprint.get("/<int(max=2147483647):set_id>/review.geojson")
@login_required  # type: ignore[untyped-decorator]
def reviewed(set_id: int) -> Response:
    """Return the set, the set it is compared with, changed areas, and lint warnings."""
    jurisdiction = city()
    stored = get_set(jurisdiction.jurisdiction_id, set_id)
    lift_time_limit(LONGEST_ON_A_PAGE)
    seen = review(jurisdiction.jurisdiction_id, stored, former_of(jurisdiction, stored))
    names = boundary_names(seen.boundaries)
    warnings = [(one, _words(one, names, jurisdiction)) for one in seen.findings]
    return _geojson(
        *(outlines(seen.boundaries, "this"), outlines(seen.former, "former")),
        *(_named_changes(seen), found_areas(warnings)),
    )


def _named_changes(seen: Review) -> Iterator[dict[str, Any]]:
    """Yield changed areas with the names of their boundaries."""
    before, after = boundary_names(seen.former), boundary_names(seen.boundaries)
    for feature in changed_areas(seen.changes):
        said = feature["properties"]
        yield _with(feature, before=before.get(said["before"]), after=after.get(said["after"]))


def _words(warning: Finding, names: Mapping[str, str], jurisdiction: Scope) -> str:
    """Return a lint warning in the language and the units of the page."""
    size = area(warning.square_meters, jurisdiction.units, language())
    return ", ".join((finding_name(warning.kind), *(names[code] for code in warning.codes), size))


def _with(feature: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**feature, "properties": {**feature["properties"], **properties}}


@blueprint.get("/<int(max=2147483647):set_id>/outlines.geojson")
@login_required  # type: ignore[untyped-decorator]
def outlined(set_id: int) -> Response:
    stored = get_set(city().jurisdiction_id, set_id)
    return _geojson(outlines(list_boundaries(stored.id), "this"))


@blueprint.get("/<int(max=2147483647):set_id>/moves.csv")
@login_required  # type: ignore[untyped-decorator]
def moves(set_id: int) -> Response:
    """Return the open requests that would change department from the day on that was entered."""
    jurisdiction = city()
    stored = get_set(jurisdiction.jurisdiction_id, set_id)
    lift_time_limit(LONGEST_ON_A_PAGE)
    _asked, found = preview_asked(jurisdiction, stored)
    names = list_department_names(jurisdiction.jurisdiction_id)
    return Response(csv_text(COLUMNS, move_rows(found.moved, names)), mimetype="text/csv")


def _geojson(*features: Iterable[dict[str, Any]]) -> Response:
    every = [feature for some in features for feature in some]
    document = {"type": "FeatureCollection", "features": every}
    return Response(orjson.dumps(document), mimetype="application/geo+json")
