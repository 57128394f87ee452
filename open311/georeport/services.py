"""GET /services and GET /services/{service_code}: the catalog (spec 2.1 and 2.2).

Texts are in the language that the client asks for, as far as the city has translated them.
"""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response

from geo.coordinates import Point
from open311.queries.catalog.services import get_service, list_services
from open311.queries.insights.usual import usual_days
from open311.queries.requests.due_dates import with_promises
from open311.queries.routing.decide import is_refused
from open311.web.accuracy import tolerance_of
from open311.web.catalog_words import CatalogWords, asked_words
from open311.web.formats import respond
from open311.web.parameters import chosen_city, chosen_jurisdiction, parse, sent_values
from schemas.catalog.forms import LocaleSchema, ServiceFiltersSchema
from schemas.requests.documents import ServiceDefinitionSchema, ServiceSchema
from schemas.requests.extension_documents import ServiceAtPlaceSchema

blueprint = Blueprint("services", __name__)


@blueprint.get("/services.<format:format>")
def index(format: str) -> Response:
    """List the services; with lat and long, those available at that location.

    With extensions, also the responsible department, the expected time, and the usual days.
    """
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    place = parse(ServiceFiltersSchema(), values)
    point = None if place["lat"] is None else Point(lat=place["lat"], long=place["long"])
    tolerance = tolerance_of(None)
    outside = point is not None and is_refused(jurisdiction.jurisdiction_id, point, tolerance)
    here, schema = jurisdiction.jurisdiction_id, ServiceSchema
    services = [] if outside else list_services(here, for_apps=True)
    if place["extensions"] and point is not None:
        schema, now = ServiceAtPlaceSchema, datetime.now(UTC)
        usual = usual_days(chosen_city(values), now)
        services = with_promises(jurisdiction, services, point, now, tolerance)
        for one in services:
            one["extended_attributes"]["usual_days"] = usual.get(one["service_code"])
    words = asked_words(chosen_city(values), place["locale"])
    document = schema(many=True).dump([words.service(one) for one in services])
    return _in_words(respond(format, "services", document), words, place["locale"])


@blueprint.get("/services/<opaque:service_code>.<format:format>")
@blueprint.get("/service/<opaque:service_code>.<format:format>")
def show(service_code: str, format: str) -> Response:
    """Return the questions of a service; some clients use the singular path."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    locale = parse(LocaleSchema(), values)["locale"]
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    words = asked_words(chosen_city(values), locale)
    questions = [words.question(service_code, one) for one in service.attributes]
    document = ServiceDefinitionSchema().dump(replace(service, attributes=questions))
    return _in_words(respond(format, "service_definition", document), words, locale)


def _in_words(response: Response, words: CatalogWords, locale: str | None) -> Response:
    """Add the language of a response, and that caches must keep languages apart."""
    response.content_language.add(words.language)
    if locale is None:
        response.vary.add("Accept-Language")
    return response
