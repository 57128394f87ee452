"""Which department a service request goes to: decided from values alone, with nothing touched.

The precedence, strongest first (docs/adr/0005-routing-precedence.md):

1. A rule that names the service beats one that names its group, which beats one for any service.
2. Among these, a rule that names a boundary beats one that names a layer, which beats one for
   any place.
3. Among these, the layer that stands first in the jurisdiction's list of layers.
4. At last the code of the rule in natural order, so that the order is total.

Any rule that applies beats the jurisdiction's default department.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.natural_order import NaturalKey, natural_key


@dataclass(frozen=True)
class Hit:
    """A boundary that covers the place. layer_position ranks the layers, lowest first."""

    layer: str
    layer_position: int
    boundary_id: int
    code: str
    name: str
    layer_id: int


@dataclass(frozen=True)
class Rule:
    """A routing rule; None means any. boundary is a code and comes only with a layer."""

    rule_id: int
    code: str
    department_id: int
    service_code: str | None = None
    group: str | None = None
    layer: str | None = None
    boundary: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of one rule: whether it applies to the case at hand, and why not."""

    rule: Rule
    applies: bool
    reason: str


@dataclass(frozen=True)
class Decision:
    """Where the service request goes and why; hits holds one boundary of each layer."""

    department_id: int
    rule: Rule | None
    reason: str
    hits: tuple[Hit, ...]
    verdicts: tuple[Verdict, ...]


def settle_borders(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Keep one hit of each layer, in the order of layers.

    A point on a shared edge (or in an overlap) belongs to the boundary whose code comes first in
    natural order.
    """
    settled: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (hit.layer_position, hit.layer, natural_key(hit.code))):
        settled.setdefault(hit.layer, hit)
    return tuple(settled.values())


def choose_department(
    rules: Sequence[Rule],
    *,
    service_code: str,
    group: str,
    hits: Iterable[Hit],
    default_department_id: int,
) -> Decision:
    """Choose the department for a service at a place that the hits describe.

    Total and pure: it always decides, the same way whatever the order of rules and hits.
    """
    places = {hit.layer: hit for hit in settle_borders(hits)}
    verdicts = [_judge(rule, service_code, group, places) for rule in rules]
    verdicts.sort(key=lambda verdict: _rank(verdict.rule, places))
    winner = next((verdict for verdict in verdicts if verdict.applies), None)
    if winner is None:
        reason = "No rule applies, so it goes to the jurisdiction's default department."
        return Decision(default_department_id, None, reason, (*places.values(),), (*verdicts,))
    reason = f"Rule {winner.rule.code} applies: {_in_words(winner.rule)}."
    department_id = winner.rule.department_id
    return Decision(department_id, winner.rule, reason, (*places.values(),), (*verdicts,))


def send_outside(department_id: int, hits: Iterable[Hit]) -> Decision:
    """Decide for a place outside the service area in a jurisdiction that takes such requests."""
    reason = "The place lies outside the service area, for which this department is named."
    return Decision(department_id, None, reason, settle_borders(hits), ())


def _judge(rule: Rule, service_code: str, group: str, places: dict[str, Hit]) -> Verdict:
    if rule.service_code is not None and rule.service_code != service_code:
        return Verdict(rule, False, f"it is for service {rule.service_code}")
    if rule.group is not None and rule.group != group:
        return Verdict(rule, False, f"it is for group {rule.group}")
    if rule.layer is None:
        return Verdict(rule, True, _in_words(rule))
    hit = places.get(rule.layer)
    if hit is None:
        return Verdict(rule, False, f"the place lies in no {rule.layer}")
    if rule.boundary is not None and rule.boundary != hit.code:
        return Verdict(rule, False, f"the place lies in {rule.layer} {hit.code}")
    return Verdict(rule, True, _in_words(rule))


def _rank(rule: Rule, places: dict[str, Hit]) -> tuple[int, int, int, NaturalKey]:
    by_service = 0 if rule.service_code is not None else 1 if rule.group is not None else 2
    by_place = 0 if rule.boundary is not None else 1 if rule.layer is not None else 2
    hit = places.get(rule.layer or "")
    return by_service, by_place, hit.layer_position if hit else 0, natural_key(rule.code)


def _in_words(rule: Rule) -> str:
    what = "any service"
    if rule.service_code is not None:
        what = f"service {rule.service_code}"
    elif rule.group is not None:
        what = f"group {rule.group}"
    if rule.layer is None:
        return f"{what} anywhere"
    return f"{what} in {rule.layer} {rule.boundary}" if rule.boundary else f"{what} in {rule.layer}"
