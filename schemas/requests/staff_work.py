"""Fields of the forms with which staff work on service requests."""

import re
from typing import Any

from marshmallow import validate, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, Degrees, Flag, Text
from schemas.vocabulary.holds import HOLD_OUTCOMES, WITHDRAWN_AS_SPAM
from schemas.vocabulary.moderation import MODERATION_KINDS, MODERATION_REASONS, REDACTED
from schemas.vocabulary.priorities import PRIORITIES
from schemas.vocabulary.statuses import CLOSED_STATUSES, DETAILED_STATUSES

_SEEN = r"\d{1,18}\Z"
_LOAD_AGAIN = "form.incomplete"

MOST_BOXES = 20
"""Boxes on one photo."""


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


class HoldSchema(SeenSchema):
    """What happens to a held report, one of HOLD_OUTCOMES; a withdrawal is confirmed."""

    outcome = Choice(HOLD_OUTCOMES, required=True)
    confirm = Flag(load_default=False)

    @validates_schema
    def check_confirmed(self, sent: dict[str, object], **_: object) -> None:
        if sent["outcome"] == WITHDRAWN_AS_SPAM and not sent["confirm"]:
            raise Invalid("erasure.not_confirmed", "confirm")


class _ModerationSchema(SeenSchema):
    """A public reason, typed or else chosen, and whether all is hidden or a part."""

    kind = Choice(MODERATION_KINDS, required=True)
    chosen_reason = Choice(MODERATION_REASONS, load_default=None)
    reason = Text(500, load_default="")

    @validates_schema
    def check_reason(self, sent: dict[str, str | None], **_: object) -> None:
        if not (sent["chosen_reason"] or (sent["reason"] or "").strip()):
            raise Invalid("moderation.reason_required", "reason")


class ModerateTextSchema(_ModerationSchema):
    """The description, or the comment with the primary key of its received update.

    words are phrases to cover, one a line.
    """

    update = Text(30, load_default="", validate=validate.Regexp(rf"\Z|{_SEEN}", error=_LOAD_AGAIN))
    words = Text(4000, load_default="")

    @validates_schema
    def check_words(self, sent: dict[str, str], **_: object) -> None:
        if sent["kind"] == REDACTED and not sent["words"].strip():
            raise Invalid("moderation.words_required", "words")


class Boxes(Text):
    """Boxes on a photo, one a line, as left, top, width, and height in percent of the photo."""

    def _deserialize(self, *values: Any, **options: Any) -> Any:
        text = super()._deserialize(*values, **options)
        boxes = [_box(line) for line in text.splitlines() if line.strip()]
        if len(boxes) > MOST_BOXES:
            raise Invalid("moderation.boxes", limit=MOST_BOXES)
        return boxes


def _box(line: str) -> tuple[float, ...]:
    parts = [part for part in re.split(r"[\s,;]+", line.strip()) if part]
    is_box = len(parts) == 4 and all(re.fullmatch(r"\d{1,3}(\.\d{1,6})?", part) for part in parts)
    left, top, width, height = map(float, parts) if is_box else (0.0, 0.0, 0.0, 0.0)
    if not (width > 0 and height > 0 and left < 100 and top < 100):
        raise Invalid("moderation.boxes", limit=MOST_BOXES)
    return left, top, width, height


class ModeratePhotoSchema(_ModerationSchema):
    """A photo by the name of its file, and the boxes to black out."""

    photo = Text(100, required=True, error_messages={"required": _LOAD_AGAIN})
    boxes = Boxes(2000, load_default=())

    @validates_schema
    def check_boxes(self, sent: dict[str, object], **_: object) -> None:
        if sent["kind"] == REDACTED and not sent["boxes"]:
            raise Invalid("moderation.boxes", "boxes", limit=MOST_BOXES)


class RemovePhotoSchema(SeenSchema):
    """A photo of an internal note by the name of its file, and a confirmation."""

    photo = Text(100, required=True, error_messages={"required": _LOAD_AGAIN})
    confirm = Flag(load_default=False)

    @validates_schema
    def check_confirmed(self, sent: dict[str, object], **_: object) -> None:
        if not sent["confirm"]:
            raise Invalid("erasure.not_confirmed", "confirm")


class AcceptCommentSchema(ParametersSchema):
    """A comment that is held for approval, by the primary key of its received update."""

    update = Text(
        30,
        required=True,
        validate=validate.Regexp(_SEEN, error=_LOAD_AGAIN),
        error_messages={"required": _LOAD_AGAIN},
    )


class MoveSchema(SeenSchema):
    """A location in degrees on WGS 84, and the new address; None keeps the old one."""

    lat = Degrees(90, required=True)
    long = Degrees(180, required=True)
    address_string = Text(1000, load_default=None)


class ChangeServiceSchema(SeenSchema):
    """Another service, by its code, and whether its priority of new requests is taken over."""

    service_code = Text(200, required=True, error_messages={"required": "service_code.required"})
    takes_priority = Flag(load_default=False)


class LinkSchema(SeenSchema):
    """The original of a duplicate, by its service_request_id."""

    main = Text(
        200,
        required=True,
        error_messages={"required": "duplicate.main_required"},
    )


class PrioritySchema(SeenSchema):
    """A priority, one of PRIORITIES."""

    priority = Choice(PRIORITIES, required=True)


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
