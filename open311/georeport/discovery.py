"""GET /open311/discovery: the endpoints of this server (spec 3)."""

from typing import Any

import orjson
from flask import Blueprint, Response

from open311.queries.jurisdictions import Scope, get_service_area
from open311.web.auth import SANDBOX_KEY
from open311.web.formats import respond
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT, chosen_jurisdiction, parse, sent_values
from schemas.requests.documents import DiscoverySchema
from schemas.search.request_filters import ExtensionsSchema

blueprint = Blueprint("discovery", __name__, url_prefix="/open311")

GEOREPORT_V2 = "http://wiki.open311.org/GeoReport_v2"

ENDPOINTS = {"production": ENDPOINT, "test": TEST_ENDPOINT}


@blueprint.get("/discovery.<format:format>")
def show(format: str) -> Response:
    """Describe the service; its changeset moves when the catalog changes."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    extensions = parse(ExtensionsSchema(), values)["extensions"]
    document = {
        "changeset": jurisdiction.changed_at,
        "contact": jurisdiction.contact,
        "key_service": f"{jurisdiction.key_service} Everyone can use the "
        f"api_key {SANDBOX_KEY!r} at the test endpoint, which sends nothing to a department.",
        "endpoints": [
            {
                "specification": GEOREPORT_V2,
                "url": f"{jurisdiction.public_url}{path}",
                "changeset": jurisdiction.changed_at,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for kind, path in ENDPOINTS.items()
        ],
        **(_additions(jurisdiction) if extensions else {}),
    }
    return respond(format, "discovery", DiscoverySchema().dump(document))


def _additions(jurisdiction: Scope) -> dict[str, Any]:
    """Return additions to the standard: the service area, if there is one."""
    service_area = get_service_area(jurisdiction.jurisdiction_id)
    return {} if service_area is None else {"service_area": orjson.Fragment(service_area)}
