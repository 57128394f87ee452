"""Fields of the forms with which staff work on service requests."""

from marshmallow import validate, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, Degrees, Flag, Text
from schemas.vocabulary.statuses import CLOSED_STATUSES, DETAILED_STATUSES

_SEEN = r"\d{1,18}\Z"
_LOAD_AGAIN = "form.incomplete"


class SeenSchema(ParametersSchema):
    """The field of every service request form: the change number that the page showed."""

    seen = Text(
        30,
        required=True,
        validate=validate.Regexp(_SEEN, error=_LOAD_AGAIN),
        error_messages={"required": _LOAD_AGAIN},
    )


class HandOverSchema(SeenSchema):
    """Another department, by its code, and the reason for the transfer."""

    department = Text(100, load_default="")
    reason = Text(2000, load_default="")


class StatusSchema(SeenSchema):
    """A status, a public note, and an internal note."""

    status = Choice(DETAILED_STATUSES, required=True)
    status_notes = Text(2000, load_default="")
    internal_note = Text(4000, load_default="")

    @validates_schema
    def check_reason(self, sent: dict[str, str], **_: object) -> None:
        """Require a public note that explains why a request is closed."""
        if sent["status"] in CLOSED_STATUSES and not sent["status_notes"].strip():
            raise Invalid("status_notes.required_to_close", "status_notes")


class ReopenSchema(SeenSchema):
    """A public note that explains why a service request is open again."""

    status_notes = Text(
        2000,
        required=True,
        error_messages={"required": "status_notes.required_to_reopen"},
    )
    with_duplicates = Flag(load_default=False)


class WaitSchema(SeenSchema):
    """The public question to the requester."""

    status_notes = Text(
        2000,
        required=True,
        error_messages={"required": "status_notes.required_to_ask"},
    )


class AssignSchema(SeenSchema):
    """The name of the assignee; empty for nobody."""

    name = Text(200, load_default=None)


class NoteSchema(ParametersSchema):
    """An internal note."""

    text = Text(4000, load_default="")


class AcceptCommentSchema(ParametersSchema):
    """A comment that is held for approval, by the primary key of its received update."""

    update = Text(
        30,
        required=True,
        validate=validate.Regexp(_SEEN, error=_LOAD_AGAIN),
        error_messages={"required": _LOAD_AGAIN},
    )


class MoveSchema(SeenSchema):
    """A location in degrees on WGS 84."""

    lat = Degrees(90, required=True)
    long = Degrees(180, required=True)


class ChangeServiceSchema(SeenSchema):
    """Another service, by its code."""

    service_code = Text(200, required=True, error_messages={"required": "service_code.required"})


class LinkSchema(SeenSchema):
    """The original of a duplicate, by its service_request_id."""

    main = Text(
        200,
        required=True,
        error_messages={"required": "duplicate.main_required"},
    )


class _ConfirmedSchema(SeenSchema):
    """A confirmation of what cannot be undone, and a reason that only staff can read."""

    reason = Text(2000, load_default="")
    confirm = Flag(load_default=False)

    @validates_schema
    def check_confirmed(self, sent: dict[str, object], **_: object) -> None:
        if not sent["confirm"]:
            raise Invalid("erasure.not_confirmed", "confirm")


class WithdrawSchema(_ConfirmedSchema):
    """A withdrawal, which needs a reason."""

    @validates_schema
    def check_reason(self, sent: dict[str, str], **_: object) -> None:
        if not sent["reason"].strip():
            raise Invalid("withdraw.reason_required", "reason")


class EraseSchema(_ConfirmedSchema):
    """An erasure of personal data; texts means whole texts, too."""

    texts = Flag(load_default=False)


MOST_CHOSEN = 200


def read_chosen(texts: list[str]) -> list[tuple[str, int]]:
    """Parse selected list rows to (id, change_number); raise ValidationError."""
    chosen = []
    for text in dict.fromkeys(texts):
        id_, _, seen = text.rpartition(":")
        if not id_ or not seen.isascii() or not seen.isdigit() or len(seen) > 18:
            raise Invalid("chosen.outdated", "chosen")
        chosen.append((id_, int(seen)))
    if not chosen:
        raise Invalid("chosen.missing", "chosen")
    if len(chosen) > MOST_CHOSEN:
        raise Invalid("chosen.too_many", "chosen", limit=MOST_CHOSEN)
    return chosen
