"""Problems of a form with questions: each once, with the question in place of its code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from open311.messages.problem import Problem
from open311.messages.residents import QUESTION_UNANSWERED


def with_questions(
    problems: Iterable[Problem], questions: Sequence[Mapping[str, Any]]
) -> list[Problem]:
    """Return the problems, one for each field and message; questions are as in the standard."""
    labels = {f"attribute[{one['code']}]": one["description"] for one in questions}
    named: dict[tuple[str, str], Problem] = {}
    for one in problems:
        named.setdefault((one.field, one.message.key), _labeled(one, labels.get(one.field)))
    return list(named.values())


def _labeled(problem: Problem, label: str | None) -> Problem:
    if label is None:
        return problem
    message = QUESTION_UNANSWERED if problem.message.key == "answer.required" else problem.message
    return replace(problem, message=message, label=label)
