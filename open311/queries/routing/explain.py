"""Explanations of routing decisions, for a case or a stored service request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from geo.routing.borders import Neighbor
from geo.routing.decide import (
    Decision,
    Difference,
    RoutingOutcome,
    judge_rules,
    list_differences,
    why_outranked,
)
from geo.routing.rules import Hit, Rule, Verdict
from open311.errors import OutsideServiceArea
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence
from open311.queries.catalog.departments import list_department_names
from open311.queries.forwarding.targets import read_targets
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_layer_codes
from open311.queries.maps.sets import Maps, StoredSet, list_sets_of
from open311.queries.routing.decide import (
    Routing,
    RoutingCase,
    maps_of,
    read_ground,
    read_routing,
    routing_by,
    with_maps,
)
from open311.queries.routing.neighbors import find_neighbors
from open311.queries.routing.stored import Routed
from open311.queries.routing.stored_places import StoredPlace


@dataclass(frozen=True)
class LayerView:
    """A layer at a location: its set, the covering boundaries, the hit, and the nearest other one.

    stored is None if no set of the layer is current.
    """

    layer: str
    stored: StoredSet | None
    covering: tuple[Hit, ...]
    hit: Hit | None
    neighbor: Neighbor | None

    @property
    def counting(self) -> tuple[Hit, ...]:
        """The boundaries that rules can name."""
        if self.hit is None:
            return ()
        return self.covering if self.hit.overlapping else (self.hit,)

    @property
    def tie_break(self) -> str | None:
        """Why this boundary counts if several cover the location, unless all of them count."""
        if len(self.covering) < 2 or self.hit is None or self.hit.overlapping:
            return None
        several = ", ".join(hit.code for hit in self.covering)
        return f"{several} overlap here; {self.hit.code} comes first in natural order"


@dataclass(frozen=True)
class RuleView:
    """A rule with the name of its department, whether it decides, and the reason.

    obstacle is that of its Verdict.
    """

    rule: Rule
    department: str
    decides: bool
    obstacle: str | None
    reason: str

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.rule.code

    @property
    def applies(self) -> bool:
        """Whether the rule matches. A rule with a higher priority can still decide."""
        return self.obstacle is None


@dataclass(frozen=True)
class Explanation:
    """A decision for a case with all layers and rules, highest priority first.

    forwarded_to is the other server that gets it from the department, or empty.
    """

    question: RoutingCase
    department: str
    decision: Decision
    layers: tuple[LayerView, ...]
    rules: tuple[RuleView, ...]
    forwarded_to: str = ""


@dataclass(frozen=True)
class _City:
    """Names of departments and codes of layers of a jurisdiction."""

    departments: Mapping[int, str]
    layers: Sequence[str]


def explain(jurisdiction: Scope, question: RoutingCase) -> Explanation:
    """Return the explanation of a case; raises OutsideServiceArea as route does."""
    routing = read_routing(jurisdiction, question)
    here = jurisdiction.jurisdiction_id
    sets = list_sets_of(here, maps_of(jurisdiction, question))
    explanation = _explain(jurisdiction, routing, _read_city(here), sets)
    target = read_targets(here).by_department.get(routing.decision.department_id)
    return explanation if target is None else replace(explanation, forwarded_to=target.name)


def _read_city(jurisdiction_id: str) -> _City:
    return _City(list_department_names(jurisdiction_id), list_layer_codes(jurisdiction_id))


def _explain(
    jurisdiction: Scope, routing: Routing, city: _City, sets: Sequence[StoredSet]
) -> Explanation:
    decision = routing.decision
    verdicts = judge_rules(routing.ground.rules, routing.case, decision.covering)
    return Explanation(
        question=routing.question,
        department=city.departments[decision.department_id],
        decision=decision,
        layers=tuple(_layers(jurisdiction, routing, city.layers, sets)),
        rules=tuple(_view(verdict, decision, city.departments) for verdict in verdicts),
    )


def _view(verdict: Verdict, decision: Decision, names: Mapping[int, str]) -> RuleView:
    rule, winner = verdict.rule, decision.rule
    decides = winner is not None and rule.rule_id == winner.rule_id
    reason = verdict.reason
    if verdict.applies and not decides:
        reason = (
            f"{winner.code} has a higher priority: {why_outranked(winner, rule)}"
            if winner
            else "the location is outside the service area"
        )
    return RuleView(rule, names[rule.department_id], decides, verdict.obstacle, reason)


def _layers(
    jurisdiction: Scope, routing: Routing, codes: Sequence[str], sets: Sequence[StoredSet]
) -> Sequence[LayerView]:
    decision = routing.decision
    hits = {hit.layer: hit for hit in decision.hits}
    neighbors = {one.layer: one for one in find_neighbors(jurisdiction, routing)}
    return [
        LayerView(
            layer=layer,
            stored=next((stored for stored in sets if stored.layer == layer), None),
            covering=tuple(hit for hit in decision.covering if hit.layer == layer),
            hit=hits.get(layer),
            neighbor=neighbors.get(layer),
        )
        for layer in codes
    ]


@dataclass(frozen=True)
class Retrospect:
    """A service request with the boundaries of a day; found is None where it is refused.

    differences are from what was stored, or the problems of a location that is refused.
    """

    question: RoutingCase
    found: Explanation | None
    differences: tuple[Difference | Problem, ...]

    @property
    def sentences(self) -> list[str]:
        """The differences in English, with codes."""
        return [
            api_sentence(one) if isinstance(one, Problem) else str(one) for one in self.differences
        ]


def look_back(
    jurisdiction: Scope,
    routed: Routed,
    places: Sequence[StoredPlace],
    maps: Maps | None,
    now: datetime,
) -> tuple[Retrospect, Retrospect]:
    """Explain a service request by the boundary sets of its day, and by maps or those of today.

    Both explanations use the rules in effect on the day of their sets, as the rules are now:
    earlier states of a rule are not stored. Schedules apply to the time of submission. now is
    aware.
    """
    today = maps or Maps(now.astimezone(jurisdiction.zone).date())
    stored = stored_outcome(routed, places)
    here = jurisdiction.jurisdiction_id
    city = _read_city(here)
    question = routed.question
    then = Maps(question.at.astimezone(jurisdiction.zone).date())
    try:
        ground = read_ground(jurisdiction, question.point, then, tolerance=question.tolerance)
    except OutsideServiceArea as error:
        refused = Retrospect(question, None, tuple(error.problems))
        return refused, replace(refused, question=replace(question, maps=today))
    sets_then, sets_today = (list_sets_of(here, maps) for maps in (then, today))
    routing = routing_by(jurisdiction, question, ground)
    found = _explain(jurisdiction, routing, city, sets_then)
    question_today = replace(question, maps=today)
    same_sets = [one.id for one in sets_then] == [one.id for one in sets_today]
    if same_sets and not any(rule.is_dated for rule in ground.rules):
        found_today = replace(found, question=question_today)
    else:
        ground_today = with_maps(jurisdiction, ground, question.point, today)
        routing_today = routing_by(jurisdiction, question_today, ground_today)
        found_today = _explain(jurisdiction, routing_today, city, sets_today)
    return _compare(stored, found), _compare(stored, found_today)


def stored_outcome(routed: Routed, places: Sequence[StoredPlace]) -> RoutingOutcome:
    """Return how a service request was routed, to compare with a decision."""
    inside = {one.layer: one.boundary for one in places if one.boundary is not None}
    return RoutingOutcome(
        routed.department_id,
        routed.department,
        routed.rule,
        routed.reason,
        inside,
        routed.is_by_person,
    )


def found_outcome(decision: Decision, department: str) -> RoutingOutcome:
    """Return a decision with the name of its department, to compare with what is stored."""
    return RoutingOutcome(
        decision.department_id,
        department,
        None if decision.rule is None else decision.rule.code,
        decision.reason,
        {hit.layer: hit.code for hit in decision.hits},
    )


def _compare(stored: RoutingOutcome, found: Explanation) -> Retrospect:
    outcome = found_outcome(found.decision, found.department)
    in_use = {view.code for view in found.rules}
    return Retrospect(found.question, found, list_differences(stored, outcome, in_use))
