"""How routing rules continue with a boundary set that has other codes than the one before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geo.maps.boundaries import CleanBoundary
from geo.maps.successions import Succession, list_successions
from geo.routing.carrying import Continuation, carried, list_continuations
from geo.routing.rules import Rule
from open311.errors import Conflict
from open311.messages.problem import Problem
from open311.messages.routing import (
    CHOICE_UNKNOWN,
    MERGE_NEEDS_CHOICE,
    RULE_BEGINS,
    RULE_BEGINS_UNTIL,
    RULE_COVERS_UNTIL,
    RULE_ENDS,
)
from open311.queries.maps.layers import find_layer_id, list_boundaries
from open311.queries.maps.schedule import find_set_replaced
from open311.queries.maps.sets import StoredSet, find_set_in_force
from open311.queries.routing.carried import without
from open311.queries.routing.decide import Guide
from open311.queries.routing.rules import list_rules


@dataclass(frozen=True)
class RulePlan:
    """The codes and rules that change on the day on which a boundary set begins.

    rules are those before the change; None are the stored ones. gone are codes of stored rules that
    go with the set of the same day that this one replaces.
    """

    day: date
    successions: Sequence[Succession] = ()
    continuations: Sequence[Continuation] = ()
    rules: Sequence[Rule] | None = None
    gone: frozenset[str] = frozenset()

    @property
    def open_choices(self) -> list[Continuation]:
        """The merges for which somebody has to choose the rule that continues."""
        return [one for one in self.continuations if one.rule is None]

    @property
    def ended(self) -> set[str]:
        """The codes of the rules that end or are gone."""
        return {one.code for each in self.continuations for one in each.ended} | self.gone

    def applied_to(self, guide: Guide) -> Guide:
        """Return routing data with the rules as they would be."""
        rules = guide.rules if self.rules is None else self.rules
        return replace(guide, rules=carried(rules, self.continuations, self.day))


def plan_rules(
    jurisdiction_id: str, stored: StoredSet, day: date, chosen: Collection[str] = ()
) -> RulePlan:
    """Compare a set that begins on a day with the one in effect on the day before.

    chosen names the rules that continue where a merge needs a choice.
    """
    former = find_set_in_force(stored.layer_id, day - timedelta(days=1))
    if former is None or former.id == stored.id:
        return RulePlan(day)
    replaced = find_set_replaced(stored.layer_id, day, stored.id)
    new = list_boundaries(stored.id)
    return _plan(jurisdiction_id, new, former, replaced, day, chosen)


def plan_rules_with(
    jurisdiction_id: str,
    layer: str,
    boundaries: Sequence[CleanBoundary],
    day: date,
    chosen: Collection[str] = (),
) -> RulePlan:
    """Compare boundaries that are not stored yet, as plan_rules does."""
    layer_id = find_layer_id(jurisdiction_id, layer)
    former = None if layer_id is None else find_set_in_force(layer_id, day - timedelta(days=1))
    if former is None:
        return RulePlan(day)
    replaced = find_set_replaced(former.layer_id, day)
    return _plan(jurisdiction_id, boundaries, former, replaced, day, chosen)


def _plan(
    jurisdiction_id: str,
    boundaries: Sequence[CleanBoundary],
    former: StoredSet,
    replaced: StoredSet | None,
    day: date,
    chosen: Collection[str],
) -> RulePlan:
    successions = list_successions(list_boundaries(former.id), boundaries)
    codes = [(one.before, one.after) for one in successions]
    rules, gone = list_rules(jurisdiction_id), frozenset[str]()
    if replaced is not None:
        rules, gone = without(rules, replaced, former, day)
    found = list_continuations(rules, former.layer, codes, day, chosen)
    return RulePlan(day, successions, found, rules, gone)


def check_choices(plan: RulePlan, chosen: Collection[str]) -> None:
    """Raise Conflict for a merge without a choice, and as check_chosen does."""
    missing = [_choice_of(one) for one in plan.open_choices]
    if missing:
        raise Conflict.of(missing)
    check_chosen(plan, chosen)


def check_chosen(plan: RulePlan, chosen: Collection[str]) -> None:
    """Raise Conflict for a choice of a rule that has none."""
    merged = {one.code for each in plan.continuations for one in each.rules if len(each.rules) > 1}
    idle = sorted(set(chosen) - merged - _alone(plan))
    if idle:
        raise Conflict(CHOICE_UNKNOWN, field="keep_rule", rule=idle[0])


def _alone(plan: RulePlan) -> set[str]:
    """Return the codes of rules that are the only one of several boundaries that merge."""
    merges = {code for one in plan.successions if len(one.before) > 1 for code in one.before}
    return {one.rules[0].code for one in plan.continuations if one.rules[0].boundary in merges}


def _choice_of(one: Continuation) -> Problem:
    values = {"codes": list(one.codes), "rules": [rule.code for rule in one.rules]}
    return Problem(MERGE_NEEDS_CHOICE, values, "keep_rule")


def changes_of(plan: RulePlan, departments: Mapping[int, str]) -> Iterator[Problem]:
    """Yield a statement about each rule that ends, begins, or takes the place of one for a while.

    Merges without a choice have none. departments are names by id.
    """
    for one in plan.continuations:
        if one.rule is None:
            continue
        for rule in one.ended:
            yield Problem(RULE_ENDS, {"rule": rule.code, "code": rule.boundary})
        for rule in one.begun:
            department = departments[rule.department_id]
            values = {"rule": rule.code, "code": rule.boundary, "department": department}
            if rule.effective_until is None:
                yield Problem(RULE_BEGINS, values)
            else:
                yield Problem(RULE_BEGINS_UNTIL, {**values, "day": rule.effective_until})
        for rule in one.passing:
            until = {"rule": rule.code, "code": rule.boundary, "day": rule.effective_until}
            yield Problem(RULE_COVERS_UNTIL, until)
