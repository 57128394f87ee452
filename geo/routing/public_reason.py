"""The public reason for a department: the words of the rule, or the boundaries that decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.routing.decide import Decision, places_for_rules
from geo.routing.rules import Hit


@dataclass(frozen=True)
class PublicReason:
    """Why a department takes a request: text, or else that the place is in boundaries.

    Both are empty where the place does not matter, or nobody has said why. code is that of the rule
    whose text it is, for translations.
    """

    code: str | None = None
    text: str = ""
    boundaries: Sequence[Hit] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.boundaries)


def public_reason_of(decision: Decision) -> PublicReason:
    """Return the reason of a decision, without anything that is for staff.

    boundaries are those of the conditions of the rule. For a location outside the service area, and
    without a rule, there is no reason.
    """
    rule = decision.rule
    if rule is None:
        return PublicReason()
    if rule.public_reason:
        return PublicReason(rule.code, rule.public_reason)
    places = places_for_rules(decision.covering).get(rule.layer or "", ())
    named = tuple(hit for hit in places if rule.boundary in (None, hit.code))
    return PublicReason(rule.code, boundaries=named)
