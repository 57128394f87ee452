"""Why a service at a place goes where it goes: the maps, what was hit, and every rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from geo.borders import Neighbour
from geo.explaining import why_outranked
from geo.routing import Decision, judge_rules
from geo.rules import Hit, Rule, Verdict
from open311.database import db
from open311.models import BoundaryLayer
from open311.queries.boundary_sets import StoredSet, list_sets_of
from open311.queries.departments import get_department_name, list_department_names
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.neighbours import find_neighbours
from open311.queries.routing import Question, calendar_for, case_of, maps_of, route
from open311.queries.rules import list_rules


@dataclass(frozen=True)
class LayerView:
    """A layer at a place: its set, what covers the place, what of it counts, what is next.

    stored is None where no set of the layer is in force.
    """

    layer: str
    stored: StoredSet | None
    covering: tuple[Hit, ...]
    hit: Hit | None
    neighbour: Neighbour | None

    @property
    def tie_break(self) -> str | None:
        """Why one counts where several cover the place."""
        if len(self.covering) < 2 or self.hit is None:
            return None
        several = ", ".join(hit.code for hit in self.covering)
        return f"{several} overlap here; {self.hit.code} comes first in natural order"


@dataclass(frozen=True)
class RuleView:
    """A rule with the name of its department, whether it decides, and why or why not.

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
        """Whether the rule applies, if another has not a higher priority."""
        return self.obstacle is None


@dataclass(frozen=True)
class Explanation:
    """Where a question leads, and all that was considered, rules in their precedence."""

    question: Question
    department: str
    decision: Decision
    layers: tuple[LayerView, ...]
    rules: tuple[RuleView, ...]


def explain(jurisdiction: JurisdictionInfo, question: Question) -> Explanation:
    """Explain where a question leads; raises OutsideServiceArea as route does."""
    decision = route(jurisdiction, question)
    rules = list_rules(jurisdiction.jurisdiction_id)
    calendar = calendar_for(jurisdiction.jurisdiction_id, rules)
    verdicts = judge_rules(rules, case_of(jurisdiction, question, calendar), decision.covering)
    names = list_department_names(jurisdiction.jurisdiction_id)
    return Explanation(
        question=question,
        department=get_department_name(decision.department_id),
        decision=decision,
        layers=tuple(_layers(jurisdiction, question, decision)),
        rules=tuple(_view(verdict, decision, names) for verdict in verdicts),
    )


def _view(verdict: Verdict, decision: Decision, names: dict[int, str]) -> RuleView:
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
    jurisdiction: JurisdictionInfo, question: Question, decision: Decision
) -> Sequence[LayerView]:
    hits = {hit.layer: hit for hit in decision.hits}
    neighbours = {one.layer: one for one in find_neighbours(jurisdiction, question, decision)}
    sets = list_sets_of(jurisdiction.jurisdiction_id, maps_of(jurisdiction, question))
    codes = db.session.scalars(
        select(BoundaryLayer.code)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction.jurisdiction_id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return [
        LayerView(
            layer=layer,
            stored=next((stored for stored in sets if stored.layer == layer), None),
            covering=tuple(hit for hit in decision.covering if hit.layer == layer),
            hit=hits.get(layer),
            neighbour=neighbours.get(layer),
        )
        for layer in codes
    ]
