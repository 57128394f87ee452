"""Forms of retention rules and legal holds."""

from schemas.base import ParametersSchema
from schemas.fields import Choice, Text
from schemas.requests.staff_work import SeenSchema
from schemas.routing.explanation import Day
from schemas.search.fields import WholeNumber
from schemas.vocabulary.retention import AUTHORITY_LIMIT, HOLD_REASON_LIMIT, RETENTION_ACTIONS


class RuleSchema(ParametersSchema):
    """The rule for a record series; the address names the series."""

    months = WholeNumber(1, required=True, error_messages={"required": "retention.months"})
    action = Choice(RETENTION_ACTIONS, required=True)
    authority = Text(AUTHORITY_LIMIT, load_default="")


class LegalHoldSchema(SeenSchema):
    """A legal hold: its reason, and its last day if it has one."""

    reason = Text(HOLD_REASON_LIMIT, load_default="")
    until = Day(load_default=None)
