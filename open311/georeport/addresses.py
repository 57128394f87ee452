"""GET /addresses: the city's own addresses, by text or by location. An extension."""

from flask import Blueprint, Response

from geo.coordinates import Point
from open311.errors import NotFound
from open311.messages.submissions import NO_ADDRESS_REGISTER
from open311.queries.addresses import find_register, nearest_addresses, search_addresses
from open311.web.formats import respond
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from schemas.addresses import AddressSearchSchema

blueprint = Blueprint("addresses", __name__)


@blueprint.get("/addresses.<format:format>")
def index(format: str) -> Response:
    """List the addresses that match a text, or those nearest to a location."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    asked = parse(AddressSearchSchema(), values)
    jurisdiction_id, limit = jurisdiction.jurisdiction_id, asked["page_size"]
    if find_register(jurisdiction_id) is None:
        raise NotFound(NO_ADDRESS_REGISTER, city=jurisdiction.name)
    if asked["q"] is not None:
        rows = search_addresses(jurisdiction_id, asked["q"], limit)
    else:
        place = Point(lat=asked["lat"], long=asked["long"])
        rows = nearest_addresses(jurisdiction_id, place, limit)
    return respond(format, "addresses", rows)
