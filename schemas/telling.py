"""Forms with which a city decides about its messages."""

from marshmallow import fields, validate

from schemas.base import ParametersSchema
from schemas.fields import Choice, Repeated, Text
from schemas.requests.residents import EmailAddress
from schemas.vocabulary.message_texts import DELAY_LIMIT

LONGEST_SENT = 100_000
"""Characters of a text that a form takes; what is too long for an email is said by its checks."""


class MessageSettingsForm(ParametersSchema):
    """Which kinds of messages are sent, and for how many minutes statuses are collected."""

    on = Repeated(20, load_default=list)
    delay_minutes = fields.Integer(
        required=True,
        validate=validate.Range(min=0, max=DELAY_LIMIT, error="text.delay"),
        error_messages={"invalid": "text.delay", "required": "text.delay"},
    )


class TextForm(ParametersSchema):
    """A text of a city, the version that its writer saw, and a request to show it with."""

    subject = Text(LONGEST_SENT, load_default="")
    body = Text(LONGEST_SENT, load_default="")
    seen = fields.Integer(load_default=0, validate=validate.Range(min=0))
    service_request_id = Text(200, load_default="")
    recipient = Choice(("confirmed", "unconfirmed"), load_default="confirmed")


class TrialForm(TextForm):
    """The same, and the address that gets a test."""

    email = EmailAddress(320, required=True, error_messages={"required": "site.email_invalid"})
