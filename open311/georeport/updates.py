"""GET and POST /servicerequestupdates, GET /update_tokens/{token} (spec 5.6)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from open311.operations.requests.updates import SentUpdate, UpdateResult, receive_update
from open311.queries.jurisdictions import Scope
from open311.queries.requests.receipts import UpdateSending, find_first_answer
from open311.queries.requests.updates import get_update_token, list_updates
from open311.steps.values.submissions import Medium
from open311.web.auth import Sender, check_key_is_for, check_key_may, sender
from open311.web.formats import respond
from open311.web.links import window_headers
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from open311.web.replica import from_replica
from open311.web.sent_media import stored_media
from schemas.requests.extension_documents import UpdateReceiptSchema
from schemas.requests.updates import (
    UPDATE_REPORTER_FIELDS,
    UpdateFiltersSchema,
    UpdateSubmissionSchema,
)

blueprint = Blueprint("updates", __name__)

ROOT = "service_request_updates"


@blueprint.get("/servicerequestupdates.<format:format>")
@from_replica
def index(format: str) -> Response:
    """List updates of service requests, oldest first."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    schema = UpdateFiltersSchema(zone=jurisdiction.zone)
    filters = parse(schema, values)
    rows = list_updates(jurisdiction, filters, detailed=filters["extensions"])
    response = respond(format, ROOT, rows)
    response.headers.update(window_headers(filters))
    return response


@blueprint.post("/servicerequestupdates.<format:format>")
def submit(format: str) -> Response:
    """Accept a comment or a status; return its id, or a token if it needs approval.

    An update that was sent before gets its first response, even if the request was withdrawn
    since.
    """
    values = sent_values()
    owner = sender(values)
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    check_key_may(owner, "comment")
    loaded = parse(UpdateSubmissionSchema(zone=jurisdiction.zone), values)
    identity = {name: loaded[name] for name in _KEPT}
    sending = UpdateSending(api_key_id=owner.api_key_id, **identity)
    first = find_first_answer(jurisdiction, sending)
    result = _receive(loaded, jurisdiction, owner) if first is None else UpdateResult(first, True)
    response = respond(format, ROOT, [UpdateReceiptSchema().dump(result.receipt)])
    if result.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _receive(loaded: Mapping[str, Any], jurisdiction: Scope, owner: Sender) -> UpdateResult:
    with stored_media(jurisdiction, loaded["media_url"]) as written:
        result = receive_update(_update(loaded, jurisdiction, owner, written.media))
    if result.repeated or not written.notice:
        return result
    return UpdateResult({**result.receipt, "service_notice": written.notice})


def _update(
    loaded: Mapping[str, Any], jurisdiction: Scope, owner: Sender, media: list[Medium]
) -> SentUpdate:
    return SentUpdate(
        jurisdiction=jurisdiction,
        api_key_id=owner.api_key_id,
        rights=owner.rights,
        sent_at=loaded["updated_datetime"],
        media=media,
        reporter={name: loaded[name] for name in UPDATE_REPORTER_FIELDS if loaded[name]},
        **{name: loaded[name] for name in _KEPT},
    )


@blueprint.get("/update_tokens/<opaque:token>.<format:format>")
def show(token: str, format: str) -> Response:
    """Return the update_id of a token; before approval, the token alone."""
    jurisdiction = chosen_jurisdiction(sent_values())
    receipt = get_update_token(jurisdiction, token)
    return respond(format, ROOT, [UpdateReceiptSchema().dump(receipt)])


_KEPT = ("service_request_id", "update_id", "status", "description")
