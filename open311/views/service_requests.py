"""POST and GET /requests, GET /requests/{service_request_id} (spec 2.3, 2.5 and 2.6)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response
from marshmallow import ValidationError

from geo.coordinates import Point
from open311.auth import check_key_is_for, sender
from open311.formats import respond
from open311.operations.add_service_request import Submission
from open311.operations.submit_service_request import submit_service_request
from open311.operations.write_photos import written_photos
from open311.parameters import chosen_jurisdiction, first, invalid, parse, sent_values
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.service_requests import get_service_request, list_service_requests
from open311.queries.services import ServiceInfo, get_service
from open311.sent_media import media_store, sent_media
from schemas.answers import Question
from schemas.base import Values, sentences
from schemas.documents import ReceiptSchema
from schemas.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema
from schemas.submission import REPORTER_FIELDS, load_submission

blueprint = Blueprint("service_requests", __name__)


@blueprint.post("/requests.<format:format>")
def submit(format: str) -> Response:
    """Take a report, route it, and answer with its id, a token or neither, as its service says."""
    values = sent_values()
    owner = sender(values)
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    service_code = first(values, "service_code")
    service = get_service(jurisdiction.jurisdiction_id, service_code) if service_code else None
    submission, links = _parse_submission(values, jurisdiction, service)
    with written_photos(media_store(), sent_media(links)) as media:
        receipt = submit_service_request(replace(submission, media=media))
    return respond(format, "service_requests", [ReceiptSchema().dump(receipt)])


@blueprint.get("/requests.<format:format>")
def index(format: str) -> Response:
    """List service requests, newest first."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    schema = ServiceRequestFiltersSchema(now=datetime.now(UTC), zone=jurisdiction.zone)
    filters = parse(schema, values)
    rows = list_service_requests(jurisdiction, filters, extensions=filters["extensions"])
    return respond(format, "service_requests", rows)


@blueprint.get("/requests/<opaque:service_request_id>.<format:format>")
def show(service_request_id: str, format: str) -> Response:
    """Give one service request, whatever its age."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    extensions = parse(ExtensionsSchema(), values)["extensions"]
    row = get_service_request(jurisdiction, service_request_id, extensions=extensions)
    return respond(format, "service_requests", [row])


def _parse_submission(
    values: Values, jurisdiction: JurisdictionInfo, service: ServiceInfo | None
) -> tuple[Submission, list[str]]:
    """Check all that was sent at once; without a service its absence is among the problems.

    Gives the report still without media, and the links that came with it.
    """
    questions = [_question(attribute) for attribute in service.attributes] if service else []
    asked = [question for question in questions if question is not None]
    try:
        loaded = load_submission(values, asked, jurisdiction.zone)
    except ValidationError as error:
        raise invalid(sentences(error)) from None
    if service is None:
        raise invalid(["service_code is missing: say which service is asked for."])
    has_place = "lat" in loaded
    submission = Submission(
        jurisdiction=jurisdiction,
        service=service,
        point=Point(lat=loaded["lat"], long=loaded["long"]) if has_place else None,
        reporter={name: loaded[name] for name in REPORTER_FIELDS if loaded[name]},
        **{name: loaded[name] for name in _KEPT},
    )
    return submission, loaded["media_url"]


_KEPT = ("address_string", "address_id", "zipcode", "description", "answers")


def _question(attribute: dict[str, Any]) -> Question | None:
    """Give the question that an attribute asks; none for one that only shows a text."""
    if not attribute["variable"]:
        return None
    return Question(
        code=attribute["code"],
        datatype=attribute["datatype"],
        description=attribute["description"],
        required=attribute["required"],
        keys=[value["key"] for value in attribute.get("values", ())],
    )
