"""A response template as it is stored, and what may be wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from open311.mail.checks import find_form_problems
from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.messages.requests import (
    RESPONSE_ASKS_ALONE,
    RESPONSE_INTERNAL_ONLY,
    RESPONSE_NEEDS_INTERNAL,
    RESPONSE_NEEDS_PUBLIC,
    RESPONSE_NEEDS_QUESTION,
)
from schemas.vocabulary.responses import INTERNAL_LIMIT, NOTE_LIMIT, RESPONSE_PLACEHOLDERS
from schemas.vocabulary.statuses import CLOSED_STATUSES


@dataclass(frozen=True, kw_only=True)
class ResponseValues:
    """A template: its status, if any, notes by language, and service codes, none for all.

    asks is true for one with a question for the requester, which has public notes alone.
    """

    name: str
    detailed_status: str | None
    internal_note: str
    notes: Mapping[str, str]
    services: Sequence[str]
    asks: bool = False


def find_response_problems(values: ResponseValues) -> list[Problem]:
    """List what is wrong with the texts of a template, by field."""
    problems = [
        Problem(message, found, field)
        for field, text, limit in (
            *((f"note_{language}", note, NOTE_LIMIT) for language, note in values.notes.items()),
            *(
                [("internal_note", values.internal_note, INTERNAL_LIMIT)]
                * bool(values.internal_note)
            ),
        )
        if text
        for message, found in find_form_problems(text, limit, RESPONSE_PLACEHOLDERS)
    ]
    missing = _find_missing(values)
    return [*problems, *([] if missing is None else [Problem(missing[0], {}, missing[1])])]


def _find_missing(values: ResponseValues) -> tuple[Message, str] | None:
    """Return what a template lacks, or has too much of, and its field."""
    if values.asks:
        if values.internal_note:
            return RESPONSE_ASKS_ALONE, "internal_note"
        return None if values.notes else (RESPONSE_NEEDS_QUESTION, "note_en")
    if values.detailed_status is None:
        if values.notes:
            return RESPONSE_INTERNAL_ONLY, f"note_{next(iter(values.notes))}"
        return None if values.internal_note else (RESPONSE_NEEDS_INTERNAL, "internal_note")
    if values.detailed_status in CLOSED_STATUSES and not values.notes:
        return RESPONSE_NEEDS_PUBLIC, "detailed_status"
    return None
