"""GET /tokens/{token}: the id of a batch submission, or of its update (spec 2.4)."""

from flask import Blueprint, Response

from open311.queries.requests.receipts import get_token
from open311.web.formats import respond
from open311.web.parameters import chosen_jurisdiction, sent_values
from schemas.requests.documents import ReceiptSchema

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/tokens/<opaque:token>.<format:format>")
def show(token: str, format: str) -> Response:
    """Return the id of a token; before approval, the token alone."""
    jurisdiction = chosen_jurisdiction(sent_values())
    receipt = get_token(jurisdiction, token)
    return respond(format, "service_requests", [ReceiptSchema().dump(receipt)])
