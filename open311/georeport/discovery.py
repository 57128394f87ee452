"""GET /open311/discovery: the endpoints of this server (spec 3)."""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Response

from open311.queries.jurisdictions import Scope, get_service_area, list_jurisdictions
from open311.web.auth import SANDBOX_KEY
from open311.web.formats import respond
from open311.web.parameters import (
    ENDPOINT,
    TEST_ENDPOINT,
    chosen_jurisdiction,
    first,
    parse,
    public_address,
    sent_values,
)
from schemas.requests.documents import DiscoverySchema
from schemas.search.request_filters import ExtensionsSchema

blueprint = Blueprint("discovery", __name__, url_prefix="/open311")

GEOREPORT_V2 = "http://wiki.open311.org/GeoReport_v2"

ENDPOINTS = {"production": ENDPOINT, "test": TEST_ENDPOINT}

FOR_TESTS = (
    f"Everyone can use the api_key {SANDBOX_KEY!r} at the test endpoint, which sends nothing to a "
    "department."
)


@blueprint.get("/discovery.<format:format>")
@blueprint.get("/v2/discovery.<format:format>")
@blueprint.get("/test/v2/discovery.<format:format>")
def show(format: str) -> Response:
    """Describe the service; its changeset moves when the catalog changes.

    Without a jurisdiction_id, a server with several jurisdictions describes all of them.
    """
    values = sent_values()
    unnamed = first(values, "jurisdiction_id") is None
    described = (unnamed and list_jurisdictions()) or [chosen_jurisdiction(values)]
    extensions = parse(ExtensionsSchema(), values)["extensions"]
    changed_at = max(one.changed_at for one in described)
    document = {
        "changeset": changed_at,
        "contact": _texts(described, "contact"),
        "key_service": f"{_texts(described, 'key_service')} {FOR_TESTS}",
        "endpoints": [
            {
                "specification": GEOREPORT_V2,
                "url": f"{public_address()}{path}",
                "changeset": changed_at,
                "type": kind,
                "formats": FORMATS,
            }
            for kind, path in ENDPOINTS.items()
        ],
        **(_additions(described[0]) if extensions and len(described) == 1 else {}),
    }
    response = respond(format, "discovery", DiscoverySchema().dump(document))
    response.content_type = MEDIA_TYPES[format]
    return response


MEDIA_TYPES = {"xml": "text/xml", "json": "application/json"}
"""The content types of discovery, without a charset: as clients compare them with its formats."""

FORMATS = [*MEDIA_TYPES.values()]


def _texts(described: Sequence[Scope], name: str) -> str:
    """Return a text of one jurisdiction, or that of each after its name and jurisdiction_id."""
    if len(described) == 1:
        return str(getattr(described[0], name))
    return " ".join(
        f"{one.name} (jurisdiction_id {one.jurisdiction_id}): {getattr(one, name)}"
        for one in described
    )


def _additions(jurisdiction: Scope) -> dict[str, Any]:
    """Return additions to the standard: the service area, if there is one."""
    service_area = get_service_area(jurisdiction.jurisdiction_id)
    return {} if service_area is None else {"service_area": orjson.Fragment(service_area)}
