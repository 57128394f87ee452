"""Answers to a service's questions: attribute[CODE] of POST /requests (spec 2.3)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from schemas.base import Values, filled_in
from schemas.errors import KeyedSchema, Problem
from schemas.fields import Choice, Choices, LocalDateTime, Number, Text, printable, w3c
from schemas.vocabulary.datatypes import WITH_SEVERAL

ANSWER_LIMIT = 4000
"""Characters in one answer."""

# attribute[CODE], attribute[CODE][], and attribute[CODE][0]; a code may contain brackets.
_PARAMETER = re.compile(r"attribute\[(?P<code>.+?)\](?:\[\d*\])?", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """The properties of a service's attribute that an answer depends on; keys are its options."""

    code: str
    datatype: str
    description: str = ""
    required: bool = False
    keys: tuple[str, ...] = ()


FIELD_OF: Mapping[str, Callable[..., fields.Field[Any]]] = {
    "string": lambda _question, _zone, **options: Text(ANSWER_LIMIT, **options),
    "text": lambda _question, _zone, **options: Text(ANSWER_LIMIT, **options),
    "number": lambda _question, _zone, **options: Number(**options),
    "datetime": lambda _question, zone, **options: LocalDateTime(zone, **options),
    "singlevaluelist": lambda question, _zone, **options: Choice(question.keys, **options),
    "multivaluelist": lambda question, _zone, **options: Choices(question.keys, **options),
}


@lru_cache(maxsize=256)
def answers_schema(questions: tuple[Question, ...], zone: tzinfo) -> Schema:
    """Return the schema for answers to these questions, each sent as attribute[CODE].

    The fields are numbered, since a code may contain characters that a field name cannot. Leave out
    questions with variable=False, which are never asked. zone applies to times without one.
    """
    declared = {
        _field_name(number): _field(question, zone) for number, question in enumerate(questions)
    }
    return KeyedSchema.from_dict(declared, name="AnswersSchema")(unknown=EXCLUDE)


def _field(question: Question, zone: tzinfo) -> fields.Field[Any]:
    missing = [Problem("answer.required", {"code": question.code})]
    return FIELD_OF[question.datatype](
        question,
        zone,
        data_key=parameter(question.code),
        required=question.required,
        error_messages={"required": missing},
    )


def _field_name(number: int) -> str:
    return f"answer_{number}"


def parameter(code: str) -> str:
    return f"attribute[{code}]"


def gather_answers(values: Values, questions: Sequence[Question]) -> dict[str, Any]:
    """Collect the answers from every spelling: one value, or a list for a multivalued question."""
    several = {question.code for question in questions if question.datatype in WITH_SEVERAL}
    answers: dict[str, list[str]] = {}
    for name, sent in filled_in(values).items():
        match = _PARAMETER.fullmatch(name)
        if match:
            answers.setdefault(printable(match["code"]), []).extend(sent)
    return {parameter(code): sent if code in several else sent[0] for code, sent in answers.items()}


def by_code(answers: Mapping[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    """Return valid answers by the code of their question, ready for JSON."""
    return {
        question.code: w3c(answer) if isinstance(answer, datetime) else answer
        for number, question in enumerate(questions)
        if (answer := answers.get(_field_name(number))) is not None
    }
