"""POST and GET /requests, GET /requests/{service_request_id} (spec 2.3, 2.5 and 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from marshmallow import ValidationError

from geo.coordinates import Box, Point
from open311.errors import InvalidParameters
from open311.georeport.caching import tell_last_change
from open311.georeport.links import page_headers, window_headers
from open311.georeport.repeats import sending_at_hand
from open311.georeport.sent_place import sent_place
from open311.messages.problem import problems_in
from open311.messages.search import BOUNDARY_LAYER_UNKNOWN
from open311.messages.submissions import SERVICE_CODE_REQUIRED
from open311.operations.requests.submit import SubmissionResult, submit_service_request
from open311.queries.catalog.services import ServiceInfo, service_unknown
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.public import get_service_request, list_service_requests
from open311.queries.requests.receipts import Sending, find_receipt
from open311.queries.search.criteria import BoundaryCode, Circle, Criteria, Period
from open311.queries.search.pages import Paging
from open311.steps.values.submissions import Submission
from open311.web.auth import Sender, check_key_is_for, check_key_may, sender
from open311.web.bodies import sent
from open311.web.formats import respond
from open311.web.freshness import check_current, fresh
from open311.web.parameters import chosen_city, chosen_jurisdiction, first, parse, sent_values
from open311.web.sent_media import stored_media
from schemas.base import Values
from schemas.requests.answers import Question
from schemas.requests.documents import ReceiptSchema
from schemas.requests.submission import REPORTER_FIELDS, load_submission
from schemas.search.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema

blueprint = Blueprint("service_requests", __name__)


@blueprint.post("/requests.<format:format>")
@fresh
def submit(format: str) -> Response:
    """Accept and route a submission; return an id, a token, or neither, by type of service."""
    values = sent_values()
    owner = sender(values)
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    check_key_may(owner, "report")
    sending = sending_at_hand(values, jurisdiction, owner)
    answer = _answered_before(sending) or _submit(values, jurisdiction, owner, sending)
    if answer.repeated:
        check_current()  # only what is stored is compared with the version: the key may be revoked
    response = respond(format, "service_requests", [_RECEIPT.dump(answer.receipt)])
    if answer.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@blueprint.get("/requests.<map_format:format>")
@fresh
def index(format: str) -> Response:
    """List service requests, newest first."""
    values, now = sent_values(), datetime.now(UTC)
    jurisdiction = chosen_jurisdiction(values)
    filters = parse(_filters_schema(jurisdiction.zone), values)
    _check_layers(chosen_city(values), filters["boundary"])
    asked = _paging(filters)
    found = list_service_requests(
        chosen_city(values),
        jurisdiction,
        criteria_of(filters),
        asked,
        extensions=filters["extensions"],
        tombstones=filters["tombstones"],
        window_moves=filters["window_moves"],
    )
    response = respond(format, "service_requests", found.page.rows)
    address = f"{jurisdiction.public_url}{quote(request.path)}"
    response.headers.update(page_headers(address, sent().values, asked, found.page))
    response.headers.update(window_headers(filters))
    tell_last_change(response, found.changes, now)
    return response


@blueprint.get("/requests/<opaque:service_request_id>.<map_format:format>")
@blueprint.get("/request/<opaque:service_request_id>.<map_format:format>")
@fresh
def show(service_request_id: str, format: str) -> Response:
    """Return one service request of any age; some clients use the singular path (spec 1.1)."""
    values, now = sent_values(), datetime.now(UTC)
    jurisdiction = chosen_jurisdiction(values)
    extensions = parse(_EXTENSIONS, values)["extensions"]
    row, changes = get_service_request(
        chosen_city(values), jurisdiction, service_request_id, extensions=extensions
    )
    response = respond(format, "service_requests", row if format == "geojson" else [row])
    tell_last_change(response, changes, now)
    return response


# Schemas are kept: making one takes longer than using it.
_filters_schema = cache(lambda zone: ServiceRequestFiltersSchema(zone=zone))
_EXTENSIONS = ExtensionsSchema()
_RECEIPT = ReceiptSchema()


def criteria_of(filters: Mapping[str, Any]) -> Criteria:
    """Return the criteria of a list, from values that ServiceRequestFiltersSchema loaded."""
    box, lat, long, radius = (filters[name] for name in ("bbox", "lat", "long", "radius"))
    return Criteria(
        ids=tuple(filters["service_request_id"]),
        text=filters["q"] or "",
        statuses=tuple(filters["status"]),
        services=tuple(filters["service_code"]),
        groups=tuple(filters["group"]),
        departments=tuple(filters["agency_responsible"]),
        boundaries=tuple(BoundaryCode(layer, code) for layer, code in filters["boundary"]),
        box=None if box is None else Box(**box),
        circle=None if radius is None else Circle(Point(lat=lat, long=long), radius),
        requested=Period(filters["start_date"], filters["end_date"]),
        updated=Period(filters["updated_after"], filters["updated_before"]),
    )


def _check_layers(city: City, boundaries: Sequence[tuple[str, str]]) -> None:
    """Raise InvalidParameters listing the layers if one does not exist."""
    known = [layer.code for layer in city.layers]
    for layer, _code in boundaries:
        if layer not in known:
            raise InvalidParameters(
                BOUNDARY_LAYER_UNKNOWN, field="boundary", layer=layer[:100], known=known
            )


def _paging(filters: dict[str, Any]) -> Paging:
    after = filters["after"]
    return Paging(
        sort=filters["sort"],
        page_size=filters["page_size"],
        page=filters["page"],
        after=(after.key, after.pk) if after else None,
    )


def _answered_before(sending: Sending) -> SubmissionResult | None:
    """Return the first response, before any check; it never changes for an Idempotency-Key."""
    if sending.idempotency_key is None:
        return None
    receipt = find_receipt(sending, datetime.now(UTC))
    return None if receipt is None else SubmissionResult(receipt, repeated=True)


def _submit(
    values: Values, jurisdiction: Scope, owner: Sender, sending: Sending
) -> SubmissionResult:
    submission, links = _parse_submission(values, jurisdiction)
    with stored_media(jurisdiction, links) as written:
        complete = replace(
            submission,
            api_key_id=owner.api_key_id,
            media=written.media,
            notice=written.notice,
        )
        return submit_service_request(chosen_city(values), complete, sending)


def _parse_submission(values: Values, jurisdiction: Scope) -> tuple[Submission, list[str]]:
    """Check all parameters at once; a missing service is one of the problems.

    Returns the submission without media, and the links sent with it.
    """
    service_code = first(values, "service_code")
    service = _service(values, service_code) if service_code else None
    questions = [_question(attribute) for attribute in service.attributes] if service else []
    asked = [question for question in questions if question is not None]
    try:
        loaded = load_submission(values, asked, jurisdiction.zone)
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None
    if service is None:
        raise InvalidParameters(SERVICE_CODE_REQUIRED, field="service_code")
    place = sent_place(chosen_city(values), jurisdiction, loaded)
    submission = Submission(
        jurisdiction=jurisdiction,
        service=service,
        point=place.point,
        location_from=place.location_from,
        doubts=place.doubts,
        address_string=place.address_string,
        accuracy_meters=loaded["accuracy"],
        assumed_accuracy=current_app.config["OPEN311_LOCATION_ACCURACY"],
        reporter={name: loaded[name] for name in REPORTER_FIELDS if loaded[name]},
        **{name: loaded[name] for name in _KEPT},
    )
    return submission, loaded["media_url"]


def _service(values: Values, service_code: str) -> ServiceInfo:
    """Return an active service from the snapshot; raises NotFound."""
    found = chosen_city(values).services.get(service_code)
    if found is None:
        raise service_unknown(service_code)
    return found


_KEPT = ("address_id", "zipcode", "description", "answers")


def _question(attribute: dict[str, Any]) -> Question | None:
    """Return the question of an attribute; None for one that only shows a text."""
    if not attribute["variable"] and "automated" not in attribute:
        return None
    return Question(
        code=attribute["code"],
        datatype=attribute["datatype"],
        description=attribute["description"],
        required=attribute["required"] and attribute["variable"],
        keys=tuple(value["key"] for value in attribute.get("values", ())),
    )
