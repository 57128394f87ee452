"""Files of a whole collection, or of what a filter leaves of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response

from open311.export_files import Contents, as_csv, as_geojson, as_geopackage, as_sequence
from open311.parameters import chosen_jurisdiction, parse
from open311.queries.boundary_sets import list_sets_of
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.ogc.exports import stream_batches
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import Source, get_source
from open311.staff import find_staff
from open311.views.ogc.answers import GEOJSON
from open311.views.ogc.asked import Asked, period_of, search_values, wanted_of, with_filter_lang
from schemas.ogc import ExportSchema

blueprint = Blueprint("ogc_exports", __name__, url_prefix="/ogc/collections")


@dataclass(frozen=True)
class FileFormat:
    """A format of files."""

    content_type: str
    suffix: str
    write: Callable[[Contents], Iterator[bytes]]


FORMATS = {
    "csv": FileFormat("text/csv; charset=utf-8", "csv", as_csv),
    "geojson": FileFormat(GEOJSON, "geojson", as_geojson),
    "geojsonseq": FileFormat("application/geo+json-seq", "geojsons", as_sequence),
    "gpkg": FileFormat("application/geopackage+sqlite3", "gpkg", as_geopackage),
}


@blueprint.route("/<collection>/export", methods=["GET", "POST"])
def export(collection: str) -> Response:
    """Give a file of all that is wanted, written as it is read."""
    values = search_values()
    asked = parse(ExportSchema(), with_filter_lang(values))
    jurisdiction = chosen_jurisdiction(values)
    staff = find_staff(jurisdiction, values) is not None
    source = get_source(jurisdiction, collection, period_of(asked), staff=staff)
    notes = notes_of(values, _maps(jurisdiction, asked))
    return file_of(collection, source, wanted_of(asked, source, values), asked["f"], notes)


def file_of(
    collection: str, source: Source, wanted: Wanted, format_name: str, notes: dict[str, str]
) -> Response:
    """Answer with a file of all that is wanted of a collection, in one of FORMATS."""
    names, batches = stream_batches(source, wanted)
    contents = Contents(
        name=collection,
        kinds={name: source.properties[name].kind for name in names},
        batches=batches,
        notes=notes,
    )
    format = FORMATS[format_name]
    response = Response(format.write(contents), content_type=format.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{collection}.{format.suffix}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _maps(jurisdiction: JurisdictionInfo, asked: Asked) -> str:
    """Say which boundary sets are in force on the first day that is asked for, else today."""
    begin = asked["datetime"][0]
    on = begin.astimezone(jurisdiction.zone).date() if begin else jurisdiction.today()
    return maps_of(jurisdiction, on)


def maps_of(jurisdiction: JurisdictionInfo, on: date) -> str:
    """Say which boundary sets are in force on a day."""
    sets = list_sets_of(jurisdiction.jurisdiction_id, Maps(on))
    return ", ".join(f"{one.layer} {one.id}" for one in sets)


def notes_of(values: dict[str, list[str]], maps: str) -> dict[str, str]:
    """Say of what and of when a file is: where its format has a place for that, it is noted."""
    conditions: dict[str, Any] = {
        name: ", ".join(sent)
        for name, sent in values.items()
        if name not in ("api_key", "f", "properties", "jurisdiction_id")
    }
    made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {**conditions, "made": made, "boundary_sets": maps}
