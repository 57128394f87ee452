"""Documents of the API about webhooks."""

from marshmallow import fields

from schemas.fields import W3CDateTime, says
from schemas.requests.documents import DocumentSchema
from schemas.vocabulary.webhooks import ENDPOINT_STATES, EVENTS, FAILURES, PING, REASONS


class WebhookSchema(DocumentSchema):
    """An endpoint, and how far it is behind."""

    left_out = ("secret",)

    webhook = fields.Integer(**says("Number of the webhook."))
    url = fields.String()
    services = fields.List(fields.String())
    department = fields.String(**says("Can be empty."))
    boundary = fields.String(**says("layer:code; can be empty."))
    events = fields.List(fields.String(metadata={"enum": list(EVENTS)}))
    state = fields.String(metadata={"enum": list(ENDPOINT_STATES)})
    reason = fields.String(
        allow_none=True,
        metadata={"description": "Why it is not on.", "enum": [*REASONS, None]},
    )
    cursor = fields.Integer(**says("Number of the last change that was read for it."))
    changes_behind = fields.Integer(**says("Changes that were not sent to it yet."))
    minutes_behind = fields.Integer(**says("Age of the oldest of these."))
    dead = fields.Integer(**says("Messages that were tried for the last time."))
    failing_since = W3CDateTime(allow_none=True)
    previous_secret_until = W3CDateTime(allow_none=True)
    created_at = W3CDateTime()
    secret = fields.String(**says("Verifies messages. Only when it is new."))


class DeliverySchema(DocumentSchema):
    """A message that was sent, or should have been."""

    message_id = fields.String()
    event = fields.String(metadata={"enum": [*EVENTS, PING]})
    service_request_id = fields.String(allow_none=True)
    change_number = fields.Integer(allow_none=True)
    sent_at = W3CDateTime()
    status = fields.Integer(allow_none=True, **says("HTTP status of the response."))
    milliseconds = fields.Integer(allow_none=True)
    failure = fields.String(
        allow_none=True, metadata={"description": "What failed.", "enum": [*FAILURES, None]}
    )
    description = fields.String(allow_none=True, **says("What failed, as a sentence."))


class WebhookWithDeliveriesSchema(WebhookSchema):
    """An endpoint with its last messages, the newest first."""

    deliveries = fields.List(fields.Nested(DeliverySchema))


class OutcomeSchema(DocumentSchema):
    """The outcome of an action on a webhook."""

    left_out = ("secret", "after", "messages", "status", "failure", "description")

    webhook = fields.Integer()
    secret = fields.String(**says("The new secret."))
    after = fields.Integer(**says("Number of the last change that is not sent again."))
    messages = fields.Integer(**says("Number of dead messages that are sent again."))
    status = fields.Integer(allow_none=True, **says("HTTP status of the response to a ping."))
    failure = fields.String(allow_none=True, metadata={"enum": [*FAILURES, None]})
    description = fields.String(allow_none=True, **says("What failed, as a sentence."))
