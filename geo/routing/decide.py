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

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geo.natural_order import natural_key
from geo.routing.rules import Case, Hit, Rule, Verdict, applies, judge


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
        reason = "No rule applies, so it goes to the jurisdiction's default department."
        return Decision(default_department_id, None, reason, covering)
    reason = f"Rule {winner.code} applies: {winner}."
    return Decision(winner.department_id, winner, reason, covering)


def judge_rules(rules: Sequence[Rule], case: Case, hits: Iterable[Hit]) -> list[Verdict]:
    """Say of every rule whether it applies and why or why not, in the order of the rules."""
    places = {hit.layer: hit for hit in settle_borders(hits)}
    return [judge(rule, case, places) for rule in rules]


def send_outside(department_id: int, hits: Iterable[Hit]) -> Decision:
    """Decide for a place outside the service area in a jurisdiction that takes such requests."""
    reason = "The place lies outside the service area, for which this department is named."
    return Decision(department_id, None, reason, tuple(hits))


# What rules may be for, by the entries of a rank up to that of the layer, the strongest first.
KINDS = (
    ("an exception layer", "none"),
    ("the service", "its group", "any service"),
    ("an answer", "any answers"),
    ("a boundary", "a layer", "any place"),
    ("some times", "all times"),
)


def why_outranked(winner: Rule, loser: Rule) -> str:
    """Say by which criterion one of two rules that apply outranks the other."""
    for kinds, won, lost in zip(KINDS, winner.rank, loser.rank, strict=False):
        if won != lost:
            return f"a rule for {kinds[won]} beats one for {kinds[lost]}"
    if winner.rank != loser.rank:
        return f"layer {winner.layer} stands before {loser.layer}"
    return f"the code {winner.code} comes first"


@dataclass(frozen=True)
class Outcome:
    """Where a service request went, or would go.

    rule is the code of the one that decides, None without one; places are the codes of
    boundaries by their layers; by_person is whether someone chose the department.
    """

    department_id: int
    department: str
    rule: str | None
    reason: str
    places: Mapping[str, str]
    by_person: bool = False

    @property
    def decider(self) -> str:
        """Who or what decides, in words."""
        if self.by_person:
            return "a person"
        return "no rule" if self.rule is None else f"rule {self.rule}"


def list_differences(stored: Outcome, found: Outcome, in_use: Collection[str]) -> tuple[str, ...]:
    """Say in sentences what comes out otherwise than it was stored; none where nothing does.

    in_use are the codes of all rules that are in use.
    """
    return tuple(_differences(stored, found, in_use))


def _differences(stored: Outcome, found: Outcome, in_use: Collection[str]) -> Iterator[str]:
    for layer in {**stored.places, **found.places}:
        was, now = stored.places.get(layer, "none"), found.places.get(layer, "none")
        if was != now:
            yield f"Of {layer} it lies in {now}, not in {was}."
    if stored.rule is not None and stored.rule not in in_use:
        yield f"Rule {stored.rule}, which decided, is not in use any more."
    if stored.decider != found.decider:
        yield f"It is decided by {found.decider}, not by {stored.decider}."
    elif stored.reason != found.reason:
        yield f"The stored reason is another: {stored.reason}"
    if stored.department_id != found.department_id:
        yield f"It goes to {found.department}, not to {stored.department}."
