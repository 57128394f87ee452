"""Messages about the records schedule of a city, and about legal holds."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

ON_LEGAL_HOLD = Message(
    "legal_hold.in_effect",
    everywhere=N_(
        "This request has a legal hold, so nothing can be erased from it. Lift the hold first."
    ),
)
REPORT_IS_KEPT = Message(
    "legal_hold.report_is_kept",
    page=N_("The city must keep this report for now, so you cannot withdraw it."),
)
HOLD_REASON_REQUIRED = Message(
    "legal_hold.reason_required",
    everywhere=N_("Enter a reason for the legal hold."),
)
HOLD_IN_THE_PAST = Message(
    "legal_hold.in_the_past",
    everywhere=N_("The last day of a legal hold must not be in the past."),
)
HOLD_UNKNOWN = Message(
    "legal_hold.unknown",
    everywhere=N_("There is no such legal hold, or it was lifted."),
)
HOLD_IN_SANDBOX = Message(
    "legal_hold.in_sandbox",
    everywhere=N_("Requests of the test endpoint are deleted every night and cannot be held."),
)
ADMINISTRATORS_HOLD = Message(
    "role.administrators_hold",
    page=N_("You need the Administrator role to change legal holds. Contact an administrator."),
)
NO_RULE_FOR_SERIES = Message(
    "retention.rule_unknown",
    everywhere=N_("There is no rule for this record series."),
)
ACTION_DOES_NOT_FIT = Message(
    "retention.action_does_not_fit",
    everywhere=N_("This action is not possible for this record series."),
)
AUTHORITY_REQUIRED = Message(
    "retention.authority_required",
    everywhere=N_("Enter the authority for this rule, such as the adopted records schedule."),
)
TOO_MANY_MONTHS = Message(
    "retention.too_many_months",
    everywhere=N_("Enter %(limit)s months or fewer."),
)
CITY_HAS_HOLDS = Message(
    "city.has_holds",
    api="%(jurisdiction_id)s has requests with legal holds: %(ids)s. Lift these holds first.",
)
