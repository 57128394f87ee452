"""Parameters of signing in, of the user's own account, and of every staff page."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, Flag, Text, W3CDateTime
from schemas.requests.residents import EmailAddress
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.notices import USUAL_OF_DEPARTMENTS, USUAL_OF_USERS, choices_of
from schemas.vocabulary.preferences import AFTER_ACTION


class Digest(fields.Field[bytes]):
    """Bytes in hexadecimal digits."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> bytes:
        try:
            return bytes.fromhex(str(value))
        except ValueError:
            raise Invalid("field.invalid") from None


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


class NewPasswordSchema(ParametersSchema):
    """A new password, by a secret link."""

    password = Text(1000, load_default="")


class EmailSchema(ParametersSchema):
    """An email address, or an empty text for none."""

    email = EmailAddress(320, load_default="")


class OwnEmailSchema(EmailSchema):
    """The user's own address; a user with a password needs it to change the address."""

    current_password = Text(1000, load_default="")


class EmailLanguageSchema(ParametersSchema):
    """The language of emails to a user."""

    language = Choice(list(LANGUAGES), required=True)


class PreferencesSchema(ParametersSchema):
    """Where an action leads, and whether single keys are shortcuts."""

    after_action = Choice(list(AFTER_ACTION), required=True)
    shortcuts = Flag(load_default=False)


class QueueSchema(ParametersSchema):
    """Whether the work queue shows the whole city."""

    whole_city = Flag(load_default=False)


class QueueSeenSchema(ParametersSchema):
    """The moment up to which a user has seen the changes in the work queue."""

    until = W3CDateTime(required=True)


def _choices(usual: Mapping[str, str]) -> dict[str, fields.Field[Any]]:
    """Return a field for each event; what is not sent is as usual."""
    return {
        event: Choice(list(choices_of(event)), load_default=choice)
        for event, choice in usual.items()
    }


UserNoticesSchema = ParametersSchema.from_dict(_choices(USUAL_OF_USERS), name="UserNotices")
"""When a user wants an email about each of USUAL_OF_USERS."""

MailboxSchema = EmailSchema.from_dict(_choices(USUAL_OF_DEPARTMENTS), name="Mailbox")
"""The mailbox of a department, and when it gets an email about each of USUAL_OF_DEPARTMENTS."""


class LanguageSchema(ParametersSchema):
    """A language for pages, and the page to return to."""

    language = Choice(list(LANGUAGES), required=True)
    next = Text(2000, load_default="")


class FullNameSchema(ParametersSchema):
    """The name of a person, or an empty text for none."""

    full_name = Text(200, load_default="")


class SessionSchema(ParametersSchema):
    """A session by the SHA-256 of its token in hexadecimal digits; None for all."""

    session = Digest(load_default=None)


class SaveSchema(ParametersSchema):
    """The name of a saved view or area, and the code of the department to share it with.

    look says whether a view keeps the columns and the density of its list.
    """

    name = Text(100, load_default="")
    department = Text(100, load_default=None)
    query = Text(7_000, load_default="")
    look = Flag(load_default=False)
