"""Parameters of signing in, of the user's own account, and of every staff page."""

from schemas.base import ParametersSchema
from schemas.fields import Choice, Text
from schemas.vocabulary.languages import LANGUAGES


class SignInSchema(ParametersSchema):
    """A user name and a password, and the page to open next."""

    name = Text(200, load_default="")
    password = Text(1000, load_default="")
    next = Text(2000, load_default="")


class CodeSchema(ParametersSchema):
    """A code of an authenticator app, or a recovery code."""

    code = Text(100, load_default="")


class TwoStepSchema(CodeSchema):
    """The first code of a new authenticator app, and the current password."""

    current_password = Text(1000, load_default="")


class PasswordSchema(ParametersSchema):
    """The current password, and a new one."""

    current_password = Text(1000, load_default="")
    password = Text(1000, load_default="")


class LanguageSchema(ParametersSchema):
    """A language for pages, and the page to return to."""

    language = Choice(list(LANGUAGES), required=True)
    next = Text(2000, load_default="")


class SaveSchema(ParametersSchema):
    """The name of a saved view or area, and the code of the department to share it with."""

    name = Text(100, load_default="")
    department = Text(100, load_default=None)
    query = Text(7_000, load_default="")
