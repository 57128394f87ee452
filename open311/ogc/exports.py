"""Files of a collection, complete or filtered."""

from flask import Blueprint, Response

from open311.ogc.asked import Asked, period_of, search_values, wanted_of, with_filter_lang
from open311.queries.jurisdictions import Scope
from open311.queries.ogc.sources import get_source
from open311.web.exports import (
    file_of,
    maps_of,
    notes_of,
)
from open311.web.parameters import chosen_city, chosen_jurisdiction, parse
from open311.web.replica import from_replica
from open311.web.staff_auth import find_staff
from schemas.search.ogc import ExportSchema

blueprint = Blueprint("ogc_exports", __name__, url_prefix="/ogc/collections")


@blueprint.route("/<collection>/export", methods=["GET", "POST"])
@from_replica
def export(collection: str) -> Response:
    """Return a file of the selected features; see file_of."""
    values = search_values()
    asked = parse(ExportSchema(), with_filter_lang(values))
    jurisdiction = chosen_jurisdiction(values)
    staff = find_staff(jurisdiction, values) is not None
    source = get_source(
        jurisdiction, collection, period_of(asked), staff=staff, layers=chosen_city(values).layers
    )
    notes = notes_of(values, _maps(jurisdiction, asked))
    return file_of(collection, source, wanted_of(asked, source, values), asked["f"], notes)


def _maps(jurisdiction: Scope, asked: Asked) -> str:
    """Return the boundary sets in effect on the first day of the period, or else today."""
    begin = asked["datetime"][0]
    on = begin.astimezone(jurisdiction.zone).date() if begin else jurisdiction.today()
    return maps_of(jurisdiction, on)
