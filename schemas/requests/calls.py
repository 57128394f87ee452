"""Fields of a request that staff enter, beside those of GeoReport."""

from schemas.base import ParametersSchema
from schemas.fields import Choice, Text
from schemas.requests.residents import EmailAddress
from schemas.vocabulary.intake import ENTERED_BY_STAFF
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.limits import DESCRIPTION_LIMIT


class EnteredSchema(ParametersSchema):
    """How a request came in, and the language and the address of the requester."""

    channel = Choice(ENTERED_BY_STAFF, required=True)
    language = Choice(tuple(LANGUAGES), required=True)
    email = EmailAddress(320, load_default="")


class CallerSchema(EnteredSchema):
    """A caller who is added to a request: also what they say, and their other contact data."""

    description = Text(DESCRIPTION_LIMIT, load_default="")
    first_name = Text(200, load_default="")
    last_name = Text(200, load_default="")
    phone = Text(100, load_default="")
    sending = Text(100, required=True)
