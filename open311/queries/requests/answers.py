"""Answers to the questions of a service, as text."""

from collections.abc import Iterable, Mapping
from typing import Any


def in_words(
    attributes: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """List (question, answer) in the order of the questions; answers are by code, as stored.

    attributes are those of the service, as in the standard. Options are given by their names. An
    answer whose question is gone comes last, by its code.
    """
    questions: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for one in attributes:
        questions[one["code"]] = one["description"] or one["code"]
        names |= {(one["code"], value["key"]): value["name"] for value in one.get("values", ())}
    in_order = [code for code in questions if code in answers]
    gone = sorted(set(answers) - set(questions))
    return [
        (questions.get(code, code), _answer_in_words(code, answers[code], names))
        for code in (*in_order, *gone)
    ]


def _answer_in_words(code: str, answer: Any, names: Mapping[tuple[str, str], str]) -> str:
    chosen = answer if isinstance(answer, list) else [answer]
    return ", ".join(names.get((code, str(one)), str(one)) for one in chosen)
