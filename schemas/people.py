"""What signing in, and what every page of staff, takes."""

from schemas.base import ParametersSchema
from schemas.fields import Choice, Text
from schemas.vocabulary.languages import LANGUAGES


class SignInSchema(ParametersSchema):
    """A name and a password, and where to go on."""

    name = Text(200, load_default="")
    password = Text(1000, load_default="")
    next = Text(2000, load_default="")


class LanguageSchema(ParametersSchema):
    """A language to speak, and the page to go back to."""

    language = Choice(list(LANGUAGES), required=True)
    next = Text(2000, load_default="")


class SaveSchema(ParametersSchema):
    """What to call a view or an area, and the department to share it with, by its code."""

    name = Text(100, load_default="")
    department = Text(100, load_default=None)
    query = Text(7_000, load_default="")
