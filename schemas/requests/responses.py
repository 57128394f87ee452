"""The form of a response template."""

from marshmallow import fields, validate

from schemas.base import ParametersSchema
from schemas.fields import Choice, Repeated, Text
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.responses import INTERNAL_LIMIT, NAME_LIMIT, NOTE_LIMIT, QUESTION
from schemas.vocabulary.statuses import DETAILED_STATUSES


class _ResponseForm(ParametersSchema):
    """What does not depend on the language; seen is the version that its writer saw.

    detailed_status is QUESTION for a question for the requester, and None for an internal note.
    """

    name = Text(NAME_LIMIT, required=True)
    detailed_status = Choice((*DETAILED_STATUSES, QUESTION), load_default=None)
    services = Repeated(200, load_default=[])
    internal_note = Text(INTERNAL_LIMIT, load_default="")
    seen = fields.Integer(load_default=0, validate=validate.Range(min=0))
    service_request_id = Text(200, load_default="")


ResponseForm = _ResponseForm.from_dict(
    {f"note_{language}": Text(NOTE_LIMIT, load_default="") for language in LANGUAGES},
    name="Response",
)
"""A response template with a public note for each language, and a request to try it with."""
