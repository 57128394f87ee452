"""Sentences of problems for API clients and the command line, in English."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from geo.distances import Area, area
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


def api_sentence(problem: Problem, units: str = "metric") -> str:
    """Return the sentence for API clients; units are those of areas."""
    return problem.message.for_api % _values(problem, problem.field, units)


def api_sentences(problems: Iterable[Problem]) -> str:
    """Return all problems as one text for API clients."""
    return " ".join(map(api_sentence, problems))


def command_sentence(problem: Problem, units: str = "metric") -> str:
    """Return the sentence for the command line; units are those of areas."""
    return problem.message.for_command % _values(problem, _flag(problem.field), units)


def _flag(field: str) -> str:
    return FLAGS.get(field) or f"--{field.replace('_', '-')}"


def _values(problem: Problem, field: str, units: str) -> dict[str, str]:
    words = {name: _in_words(one, units) for name, one in problem.values.items()}
    return {"field": field, **words}


def _in_words(value: Any, units: str) -> str:
    if isinstance(value, Problem):
        return api_sentence(value, units)
    if isinstance(value, Area):
        return area(value.square_meters, units)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple | list):
        return ", ".join(_in_words(one, units) for one in value)
    return str(value)
