"""GET /open311/discovery: what this server offers and where (spec 3)."""

from flask import Blueprint, Response

from open311.formats import respond
from open311.parameters import ENDPOINT, chosen_jurisdiction, public_address, sent_values
from schemas.documents import DiscoverySchema

blueprint = Blueprint("discovery", __name__, url_prefix="/open311")

GEOREPORT_V2 = "http://wiki.open311.org/GeoReport_v2"


@blueprint.get("/discovery.<format:format>")
def show(format: str) -> Response:
    """Describe the service; its changeset moves when the catalogue changes."""
    jurisdiction = chosen_jurisdiction(sent_values())
    endpoint = {
        "specification": GEOREPORT_V2,
        "url": f"{public_address()}{ENDPOINT}",
        "changeset": jurisdiction.changed_at,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    document = {
        "changeset": jurisdiction.changed_at,
        "contact": jurisdiction.contact,
        "key_service": jurisdiction.key_service,
        "endpoints": [endpoint],
    }
    return respond(format, "discovery", DiscoverySchema().dump(document))
