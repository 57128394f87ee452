"""The routing decision for a service request, as a pure function.

The precedence, strongest first (docs/adr/0005-routing-precedence.md):

1. A rule that names an exception layer beats all that name none.
2. A rule that names the service beats one that names its group, which beats one for any service.
3. Among these, one that names an answer beats one that does not.
4. Among these, a rule that names a boundary beats one that names a layer, which beats one for
   any place.
5. Among these, one for some times beats one for all times.
6. Among these, the layer that comes first in the jurisdiction's list of layers.
7. Among these, in an overlapping layer, the boundary whose code comes first in natural order.
8. Finally the code of the rule in natural order, so that the order is total.

Any rule that applies beats the jurisdiction's default department.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from geo.natural_order import natural_key
from geo.routing.rules import Case, Hit, Places, Rule, Verdict, applies, judge

NO_RULE = "No rule matches, so the request goes to the default department."
SET_MANUALLY = "The department was set manually."
OUTSIDE = "The location is outside the service area. This department receives such requests."


@dataclass(frozen=True)
class Decision:
    """The department of a service request, and the reason.

    covering holds all boundaries that cover the point; hits holds the deciding one of each layer.
    In an overlapping layer, rules can name each of them.
    """

    department_id: int
    rule: Rule | None
    reason: str
    covering: tuple[Hit, ...]

    def __str__(self) -> str:
        return self.reason

    @property
    def hits(self) -> tuple[Hit, ...]:
        return settle_borders(self.covering)


def settle_borders(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Keep one hit of each layer, in the order of layers.

    A point on a shared edge, or in an overlap, belongs to the boundary whose code comes first in
    natural order.
    """
    return first_of_each_layer(hits, key=lambda hit: natural_key(hit.code))


def list_others(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """List the boundaries that contain a point besides the deciding one of each layer.

    In a layer that is not overlapping, the point is in an overlap. On an edge that two of its
    boundaries share, the other one does not contain the point, but is next to it.
    """
    hits = tuple(hits)
    if len({hit.layer for hit in hits}) == len(hits):
        return ()
    settled = {hit.layer: hit for hit in settle_borders(hits)}
    return tuple(
        hit
        for hit in hits
        if hit != settled[hit.layer]
        and (hit.overlapping or not (hit.on_edge or settled[hit.layer].on_edge))
    )


def places_for_rules(hits: Iterable[Hit]) -> Places:
    """Return the boundaries that rules can name: all of an overlapping layer, else one."""
    hits = tuple(hits)
    return {
        one.layer: tuple(hit for hit in hits if hit.layer == one.layer)
        if one.overlapping
        else (one,)
        for one in settle_borders(hits)
    }


class _OfALayer(Protocol):
    @property
    def layer(self) -> str: ...

    @property
    def layer_position(self) -> int: ...


_Place = TypeVar("_Place", bound=_OfALayer)


def first_of_each_layer(
    places: Iterable[_Place], key: Callable[[_Place], Any]
) -> tuple[_Place, ...]:
    """Keep the hit or neighbor of each layer with the lowest key, in the order of layers."""
    by_layer: dict[str, list[_Place]] = {}
    for place in places:
        by_layer.setdefault(place.layer, []).append(place)
    kept = (same[0] if len(same) == 1 else min(same, key=key) for same in by_layer.values())
    return tuple(sorted(kept, key=lambda place: (place.layer_position, place.layer)))


def choose_department(
    rules: Sequence[Rule], case: Case, hits: Iterable[Hit], default_department_id: int
) -> Decision:
    """Choose the department for a case at a point with these hits.

    rules are the result of in_precedence. Always decides, and independently of the order of hits.
    """
    covering = tuple(hits)
    places = places_for_rules(covering)
    winner = next((rule for rule in rules if applies(rule, case, places)), None)
    if winner is None:
        return Decision(default_department_id, None, NO_RULE, covering)
    return Decision(winner.department_id, winner, reason_of(winner), covering)


def reason_of(rule: Rule) -> str:
    """Return the reason to store with a request that a rule routed, with codes."""
    return f"Rule {rule.code} applies: {rule}."


def judge_rules(rules: Sequence[Rule], case: Case, hits: Iterable[Hit]) -> list[Verdict]:
    """Return the verdict on each rule, in the order of the rules."""
    places = places_for_rules(hits)
    return [judge(rule, case, places) for rule in rules]


def send_outside(department_id: int, hits: Iterable[Hit]) -> Decision:
    """Return the decision for a point outside, in a jurisdiction that accepts such requests."""
    return Decision(department_id, None, OUTSIDE, tuple(hits))


# Conditions of a rule in the order of a rank, up to the layer, the strongest first.
KINDS = (
    ("an exception layer", "none"),
    ("the service", "its group", "any service"),
    ("an answer", "any answers"),
    ("a boundary", "a layer", "any place"),
    ("some times", "all times"),
)


def criterion(winner: Rule, loser: Rule) -> tuple[str, str]:
    """Return the conditions of winner and loser, from KINDS, or layer, boundary, or code twice."""
    for kinds, won, lost in zip(KINDS, winner.rank, loser.rank, strict=False):
        if won != lost:
            return kinds[won], kinds[lost]
    if winner.rank != loser.rank:
        return "layer", "layer"
    differ = winner.overlapping and winner.boundary != loser.boundary
    return ("boundary", "boundary") if differ else ("code", "code")


def why_outranked(winner: Rule, loser: Rule) -> str:
    """Return as text the criterion by which one of two matching rules outranks the other."""
    won, lost = criterion(winner, loser)
    if won == "layer":
        return f"layer {winner.layer} comes before {loser.layer}"
    if won == "boundary":
        return f"{winner.layer} {winner.boundary} comes before {loser.boundary}"
    if won == "code":
        return f"the code {winner.code} comes first"
    return f"a rule for {won} comes before a rule for {lost}"


@dataclass(frozen=True)
class RoutingOutcome:
    """The result of routing a service request, stored or recomputed.

    rule is the code of the matching rule, None without one. places holds the codes of boundaries by
    layer. by_person is whether a person chose the department.
    """

    department_id: int
    department: str
    rule: str | None
    reason: str
    places: Mapping[str, str]
    by_person: bool = False

    @property
    def decider(self) -> str:
        """The decider: a person, no rule, or a rule by its code."""
        if self.by_person:
            return "a person"
        return "no rule" if self.rule is None else f"rule {self.rule}"


@dataclass(frozen=True)
class Difference:
    """A difference between a stored and a recomputed result.

    kind is boundary (codes, None for none), inactive (the code of a rule), decider, reason, or
    department (names).
    """

    kind: str
    stored: str | None
    found: str | None = None
    layer: str = ""

    def __str__(self) -> str:
        """Return a sentence in English, with codes."""
        match self.kind:
            case "boundary":
                was, now = self.stored or "none", self.found or "none"
                return f"Boundary of {self.layer}: {now} instead of {was}."
            case "inactive":
                return f"Rule {self.stored}, which routed the request, is inactive."
            case "decider":
                return f"Decided by {self.found} instead of {self.stored}."
            case "reason":
                return f"The stored reason is different: {self.stored}"
            case _:
                return f"Department: {self.found} instead of {self.stored}."


def list_differences(
    stored: RoutingOutcome, found: RoutingOutcome, in_use: Collection[str]
) -> tuple[Difference, ...]:
    """List the differences between a stored and a recomputed result; none if they agree.

    in_use holds the codes of all active rules.
    """
    return tuple(_differences(stored, found, in_use))


def _differences(
    stored: RoutingOutcome, found: RoutingOutcome, in_use: Collection[str]
) -> Iterator[Difference]:
    for layer in {**stored.places, **found.places}:
        was, now = stored.places.get(layer), found.places.get(layer)
        if was != now:
            yield Difference("boundary", was, now, layer)
    if stored.rule is not None and stored.rule not in in_use:
        yield Difference("inactive", stored.rule)
    if stored.decider != found.decider:
        yield Difference("decider", stored.decider, found.decider)
    elif stored.reason != found.reason:
        yield Difference("reason", stored.reason, found.reason)
    if stored.department_id != found.department_id:
        yield Difference("department", stored.department, found.department)
