"""GET /services and GET /services/{service_code}: the catalogue (spec 2.1 and 2.2)."""

from flask import Blueprint, Response

from open311.formats import respond
from open311.parameters import chosen_jurisdiction, sent_values
from open311.queries.services import get_service, list_services
from schemas.documents import ServiceDefinitionSchema, ServiceSchema

blueprint = Blueprint("services", __name__)


@blueprint.get("/services.<format:format>")
def index(format: str) -> Response:
    """List the services."""
    jurisdiction = chosen_jurisdiction(sent_values())
    services = list_services(jurisdiction.jurisdiction_id)
    return respond(format, "services", ServiceSchema(many=True).dump(services))


@blueprint.get("/services/<opaque:service_code>.<format:format>")
def show(service_code: str, format: str) -> Response:
    """Give the questions of a service; a service without any has an empty list."""
    jurisdiction = chosen_jurisdiction(sent_values())
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    return respond(format, "service_definition", ServiceDefinitionSchema().dump(service))
