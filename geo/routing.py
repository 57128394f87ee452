"""Which department a service request goes to: decided from values alone, with nothing touched.

The precedence, strongest first (docs/adr/0005-routing-precedence.md):

1. A rule that names an exception layer beats all that name none.
2. A rule that names the service beats one that names its group, which beats one for any service.
3. Among these, one that names an answer beats one that does not.
4. Among these, a rule that names a boundary beats one that names a layer, which beats one for
   any place.
5. Among these, one for some times beats one for all times.
6. Among these, the layer that stands first in the jurisdiction's list of layers.
7. At last the code of the rule in natural order, so that the order is total.

Any rule that applies beats the jurisdiction's default department.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.natural_order import natural_key
from geo.rules import Case, Hit, Rule, Verdict, applies, judge

NO_RULE = "No rule matches, so the request goes to the default department."
SET_MANUALLY = "The department was set manually."
OUTSIDE = "The location is outside the service area. This department receives such requests."


@dataclass(frozen=True)
class Decision:
    """Where the service request goes and why.

    covering holds all boundaries that cover the place, hits the one of each layer that counts.
    """

    department_id: int
    rule: Rule | None
    reason: str
    covering: tuple[Hit, ...]

    @property
    def hits(self) -> tuple[Hit, ...]:
        return settle_borders(self.covering)


def settle_borders(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Keep one hit of each layer, in the order of layers.

    A point on a shared edge (or in an overlap) belongs to the boundary whose code comes first in
    natural order.
    """
    by_layer: dict[str, list[Hit]] = {}
    for hit in hits:
        by_layer.setdefault(hit.layer, []).append(hit)
    settled = (
        same[0] if len(same) == 1 else min(same, key=lambda hit: natural_key(hit.code))
        for same in by_layer.values()
    )
    return tuple(sorted(settled, key=lambda hit: (hit.layer_position, hit.layer)))


def choose_department(
    rules: Sequence[Rule], case: Case, hits: Iterable[Hit], default_department_id: int
) -> Decision:
    """Choose the department for a case at a place that the hits describe.

    rules are those of in_precedence. Total and pure: it always decides, the same way whatever the
    order of hits.
    """
    covering = tuple(hits)
    places = {hit.layer: hit for hit in settle_borders(covering)}
    winner = next((rule for rule in rules if applies(rule, case, places)), None)
    if winner is None:
        return Decision(default_department_id, None, NO_RULE, covering)
    return Decision(winner.department_id, winner, reason_of(winner), covering)


def reason_of(rule: Rule) -> str:
    """Return the reason that is stored with what a rule routes, with codes."""
    return f"Rule {rule.code} applies: {rule}."


def judge_rules(rules: Sequence[Rule], case: Case, hits: Iterable[Hit]) -> list[Verdict]:
    """Return for each rule whether and why it applies, in the order of the rules."""
    places = {hit.layer: hit for hit in settle_borders(hits)}
    return [judge(rule, case, places) for rule in rules]


def send_outside(department_id: int, hits: Iterable[Hit]) -> Decision:
    """Decide for a place outside the service area in a jurisdiction that takes such requests."""
    return Decision(department_id, None, OUTSIDE, tuple(hits))
