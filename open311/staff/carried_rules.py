"""The rules that continue with a new version of a layer, in the words of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from open311.messages.problem import Problem
from open311.queries.routing.carrying import RulePlan, changes_of
from open311.web.page_problems import page_sentence


@dataclass(frozen=True)
class MergeChoice:
    """A merge that needs a choice: the codes, and each rule with the name of its department."""

    codes: str
    rules: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PlanWords:
    """Sentences about codes and about rules that change, and the choices to make."""

    successions: Sequence[str]
    changes: Sequence[str]
    choices: Sequence[MergeChoice]


def plan_words(plan: RulePlan, departments: Mapping[int, str]) -> PlanWords:
    """Return a plan in the language of the page. departments are names by id."""
    return PlanWords(
        successions=[page_sentence(Problem.of(one.notice)) for one in plan.successions],
        changes=[page_sentence(one) for one in changes_of(plan, departments)],
        choices=[
            MergeChoice(
                ", ".join(one.codes),
                [(rule.code, departments[rule.department_id]) for rule in one.rules],
            )
            for one in plan.open_choices
        ],
    )
