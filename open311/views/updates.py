"""GET and POST /servicerequestupdates, GET /update_tokens/{token} (spec 5.6)."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from open311.auth import check_key_is_for, sender
from open311.formats import respond
from open311.operations.receive_update import SentUpdate, receive_update
from open311.parameters import chosen_jurisdiction, parse, sent_values
from open311.queries.updates import get_update_token, list_updates
from schemas.documents import UpdateReceiptSchema
from schemas.updates import (
    UPDATE_REPORTER_FIELDS,
    UpdateFiltersSchema,
    UpdateSubmissionSchema,
)

blueprint = Blueprint("updates", __name__)

ROOT = "service_request_updates"


@blueprint.get("/servicerequestupdates.<format:format>")
def index(format: str) -> Response:
    """List updates of service requests, oldest first."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    schema = UpdateFiltersSchema(now=datetime.now(UTC), zone=jurisdiction.zone)
    filters = parse(schema, values)
    rows = list_updates(jurisdiction, filters, detailed=filters["extensions"])
    return respond(format, ROOT, rows)


@blueprint.post("/servicerequestupdates.<format:format>")
def submit(format: str) -> Response:
    """Take an update, and answer with its id, or a token where staff have to accept it."""
    values = sent_values()
    owner = sender(values)
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    loaded = parse(UpdateSubmissionSchema(zone=jurisdiction.zone), values)
    sent = SentUpdate(
        jurisdiction=jurisdiction,
        api_key_id=owner.api_key_id,
        sent_at=loaded["updated_datetime"],
        media_urls=loaded["media_url"],
        reporter={name: loaded[name] for name in UPDATE_REPORTER_FIELDS if loaded[name]},
        **{name: loaded[name] for name in _KEPT},
    )
    return respond(format, ROOT, [UpdateReceiptSchema().dump(receive_update(sent))])


@blueprint.get("/update_tokens/<opaque:token>.<format:format>")
def show(token: str, format: str) -> Response:
    """Give the update_id; until the update is accepted, the token alone."""
    jurisdiction = chosen_jurisdiction(sent_values())
    receipt = get_update_token(jurisdiction, token)
    return respond(format, ROOT, [UpdateReceiptSchema().dump(receipt)])


_KEPT = ("service_request_id", "update_id", "status", "description")
