"""Sentences of problems for API clients and the command line, in English."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from open311.messages.problem import Problem

FLAGS = {
    "file": "FILE",
    "first": "--from",
    "lat": "LAT",
    "long": "LONG",
    "reason": "REASON",
    "service_code": "SERVICE_CODE",
    "status_notes": "STATUS_NOTES",
    "text": "TEXT",
}
"""Options and arguments of commands that are not named like the field."""


def api_sentence(problem: Problem) -> str:
    """Return the sentence for API clients."""
    return problem.message.for_api % _values(problem, problem.field)


def api_sentences(problems: Iterable[Problem]) -> str:
    """Return all problems as one text for API clients."""
    return " ".join(map(api_sentence, problems))


def command_sentence(problem: Problem) -> str:
    """Return the sentence for the command line."""
    return problem.message.for_command % _values(problem, _flag(problem.field))


def _flag(field: str) -> str:
    return FLAGS.get(field) or f"--{field.replace('_', '-')}"


def _values(problem: Problem, field: str) -> dict[str, str]:
    return {"field": field, **{name: _in_words(one) for name, one in problem.values.items()}}


def _in_words(value: Any) -> str:
    if isinstance(value, Problem):
        return api_sentence(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple | list):
        return ", ".join(map(_in_words, value))
    return str(value)
