"""POST and GET /requests, GET /requests/{service_request_id} (spec 2.3, 2.5 and 2.6)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, Response, request

from open311.queries.requests.public import get_service_request, list_service_requests
from open311.web.auth import check_key_is_for, check_key_may, sender
from open311.web.bodies import sent
from open311.web.caching import tell_last_change
from open311.web.formats import respond
from open311.web.freshness import check_current, fresh
from open311.web.intake import take_in
from open311.web.links import page_headers, window_headers
from open311.web.parameters import chosen_city, parse, seen_here, sent_values
from open311.web.repeats import sending_at_hand
from open311.web.replica import from_replica
from open311.web.request_lists import criteria_of, paging_of, read_filters
from schemas.requests.documents import ReceiptSchema
from schemas.search.request_filters import ExtensionsSchema
from schemas.vocabulary.intake import API

blueprint = Blueprint("service_requests", __name__)


@blueprint.post("/requests.<format:format>")
@fresh
def submit(format: str) -> Response:
    """Accept and route a submission; return an id, a token, or neither, by type of service."""
    values = sent_values()
    owner = sender(values)
    city = chosen_city(values)
    jurisdiction = seen_here(city)
    check_key_is_for(jurisdiction, owner)
    check_key_may(owner, "report")
    sending = sending_at_hand(values, jurisdiction, owner)
    answer = take_in(values, city, jurisdiction, sending, API)
    if answer.repeated:
        check_current()  # only what is stored is compared with the version: the key may be revoked
    response = respond(format, "service_requests", [_receipt(answer.receipt)])
    if answer.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@blueprint.get("/requests.<map_format:format>")
@fresh
@from_replica
def index(format: str) -> Response:
    """List service requests, newest first."""
    values, now = sent_values(), datetime.now(UTC)
    city = chosen_city(values)
    jurisdiction = seen_here(city)
    filters = read_filters(city, values)
    asked = paging_of(filters)
    found = list_service_requests(
        city,
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
@from_replica
def show(service_request_id: str, format: str) -> Response:
    """Return one service request of any age; some clients use the singular path (spec 1.1)."""
    values, now = sent_values(), datetime.now(UTC)
    city = chosen_city(values)
    extensions = "extensions" in values and parse(_EXTENSIONS, values)["extensions"]
    row, changes = get_service_request(
        city, seen_here(city), service_request_id, extensions=extensions
    )
    response = respond(format, "service_requests", row if format == "geojson" else [row])
    tell_last_change(response, changes, now)
    return response


# Schemas are kept: making one takes longer than using it.
_EXTENSIONS = ExtensionsSchema()
_OF_RECEIPTS = tuple(ReceiptSchema().fields)


def _receipt(receipt: Mapping[str, str]) -> dict[str, str]:
    """Return a receipt in the order of ReceiptSchema; it has only texts that are there."""
    return {name: receipt[name] for name in _OF_RECEIPTS if name in receipt}
