"""Fields of the small forms of the website: comments, following, answers, and flags."""

from typing import Any

from marshmallow import validate

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, Text
from schemas.vocabulary.feedback import FEEDBACK_ANSWERS, FLAG_REASONS
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

_EMAIL = validate.Email(error="site.email_invalid")


class EmailAddress(Text):
    """An email address in ASCII, in lower case; empty if it may be."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, *args, **options).strip().lower()
        if text and not text.isascii():
            raise Invalid("site.email_invalid")
        return _EMAIL(text) if text else ""


class CommentSchema(ParametersSchema):
    """What someone adds to a request: a text, beside photos. sending is unique for each form."""

    description = Text(DESCRIPTION_LIMIT, load_default="")
    sending = Text(100, load_default="")


class FollowSchema(ParametersSchema):
    """The address that messages go to."""

    email = EmailAddress(320, required=True, error_messages={"required": "site.email_invalid"})


class UpdatesSchema(ParametersSchema):
    """The address that the reporter gets messages at, or an empty text for none."""

    email = EmailAddress(320, load_default="")


class FlagSchema(ParametersSchema):
    """What is wrong with a page, one of FLAG_REASONS, and more words."""

    reason = Choice(
        FLAG_REASONS, required=True, error_messages={"required": "site.answer_required"}
    )
    text = Text(1000, load_default="")


class FixedSchema(CommentSchema):
    """The answer to "Is it fixed?", one of FEEDBACK_ANSWERS."""

    fixed = Choice(
        FEEDBACK_ANSWERS, required=True, error_messages={"required": "site.answer_required"}
    )


class HideSchema(ParametersSchema):
    """What is hidden: the photo with this name, or else the text."""

    photo = Text(100, load_default="")


class FollowingSchema(ParametersSchema):
    """Whether a follower confirms or ends following."""

    act = Choice(
        ("confirm", "end"), required=True, error_messages={"required": "site.answer_required"}
    )
