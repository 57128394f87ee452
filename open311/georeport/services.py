"""GET /services and GET /services/{service_code}: the catalog (spec 2.1 and 2.2)."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from geo.coordinates import Point
from open311.queries.catalog.services import get_service, list_services
from open311.queries.requests.due_dates import with_promises
from open311.queries.routing.decide import is_refused
from open311.web.formats import respond
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from schemas.catalog.forms import ServiceFiltersSchema
from schemas.requests.documents import ServiceDefinitionSchema, ServiceSchema
from schemas.requests.extension_documents import ServiceAtPlaceSchema

blueprint = Blueprint("services", __name__)


@blueprint.get("/services.<format:format>")
def index(format: str) -> Response:
    """List the services; with lat and long, those available at that location.

    With extensions, also the responsible department and the expected time.
    """
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    place = parse(ServiceFiltersSchema(), values)
    point = None if place["lat"] is None else Point(lat=place["lat"], long=place["long"])
    outside = point is not None and is_refused(jurisdiction.jurisdiction_id, point)
    services = [] if outside else list_services(jurisdiction.jurisdiction_id)
    if place["extensions"] and point is not None:
        promised = with_promises(jurisdiction, services, point, datetime.now(UTC))
        return respond(format, "services", ServiceAtPlaceSchema(many=True).dump(promised))
    return respond(format, "services", ServiceSchema(many=True).dump(services))


@blueprint.get("/services/<opaque:service_code>.<format:format>")
@blueprint.get("/service/<opaque:service_code>.<format:format>")
def show(service_code: str, format: str) -> Response:
    """Return the questions of a service; some clients use the singular path."""
    jurisdiction = chosen_jurisdiction(sent_values())
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    return respond(format, "service_definition", ServiceDefinitionSchema().dump(service))
