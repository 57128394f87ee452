"""What the pages of staff take: filters in addresses, and the fields of forms."""

from typing import Any

from marshmallow import validate

from schemas.base import ParametersSchema
from schemas.fields import Choice, Flag, Text, W3CDateTime
from schemas.ogc import Corners
from schemas.paging import After
from schemas.statuses import DETAILED_STATUSES

ACTIONS: dict[str, frozenset[str]] = {
    "viewer": frozenset(),
    "department": frozenset({"own"}),
    "dispatcher": frozenset({"own", "others"}),
    "administrator": frozenset({"own", "others"}),
}
"""Whose service requests each role may work on: those of its own department, and of others."""


def may_work(role: str, own_department_id: int | None, department_id: int) -> bool:
    """Tell whether someone may work on a service request that is with a department."""
    allowed = ACTIONS[role]
    return "others" in allowed or ("own" in allowed and own_department_id == department_id)


class FindSchema(ParametersSchema):
    """Filters of the list and the map; None where one is not set."""

    status = Choice(["open", "closed"], load_default=None)
    service_code = Text(200, load_default=None)
    agency_responsible = Text(200, load_default=None)
    boundary = Text(300, load_default=None, validate=validate.Regexp(r"[a-z][a-z0-9_]*:.+"))
    since = W3CDateTime(load_default=None)
    until = W3CDateTime(load_default=None, last_moment=True)
    overdue = Flag(load_default=False)
    near_border = Flag(load_default=False)
    waiting = Flag(load_default=False)
    q = Text(200, load_default=None)
    bbox = Corners(load_default=None)
    after = After(load_default=None)

    def __init__(self, zone: Any) -> None:
        super().__init__()
        for name in ("since", "until"):
            field = self.fields[name]
            if isinstance(field, W3CDateTime):
                field.zone = zone


class SignInSchema(ParametersSchema):
    """A name and a password, and where to go on."""

    name = Text(200, load_default="")
    password = Text(1000, load_default="")
    next = Text(2000, load_default="")


class LanguageSchema(ParametersSchema):
    """A language to speak, and the page to go back to."""

    language = Choice(["en", "es"], required=True)
    next = Text(2000, load_default="")


class SeenSchema(ParametersSchema):
    """What every form about a service request holds: the change that it was made from."""

    seen = Text(30, required=True, validate=validate.Regexp(r"\d{1,18}\Z"))


class HandOverSchema(SeenSchema):
    """Another department, by its code, and why."""

    department = Text(100, load_default="")
    reason = Text(2000, load_default="")


class StatusSchema(SeenSchema):
    """A status and a note that everyone may read."""

    status = Choice(DETAILED_STATUSES, required=True)
    status_notes = Text(2000, load_default="")
