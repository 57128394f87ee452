"""Filters of lists by which figures lead to the requests behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import CommaSeparated, Flag, LocalDateTime, Repeated, says
from schemas.vocabulary.promises import PROMISE_RESULTS

WORK = "true leaves out duplicates and canceled requests; false lists only those."


def known_results(words: Sequence[str]) -> list[str]:
    """Return codes of PROMISE_RESULTS; raise ValidationError if one is unknown."""
    if set(words) - PROMISE_RESULTS.keys():
        raise Invalid("field.choice", choices=tuple(PROMISE_RESULTS))
    return list(words)


class Results(CommaSeparated):
    """Codes of PROMISE_RESULTS, separated by commas."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[str]:
        return known_results(super()._deserialize(value, attr, data, **options))


class RepeatedResults(Repeated):
    """Codes of PROMISE_RESULTS, each its own parameter."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[str]:
        return known_results(super()._deserialize(value, attr, data, **options))


class ResultFiltersSchema(ParametersSchema):
    """How due dates ended, and whether duplicates and canceled requests are left out."""

    promise = Results(
        load_default=[],
        **says(
            "Only requests whose due date ended in one of these ways: closed by then, closed "
            "later, or open since.",
            items={"type": "string", "enum": list(PROMISE_RESULTS)},
        ),
    )
    work = Flag(load_default=None, **says(WORK))


class FigureFiltersSchema(ResultFiltersSchema):
    """Closings, due dates, and how they ended; None or [] if not set."""

    closed_after = LocalDateTime(
        load_default=None,
        **says("Only requests closed at this time or later, even if they were reopened since."),
    )
    closed_before = LocalDateTime(
        load_default=None,
        last_moment=True,
        **says("Only requests closed at this time or earlier, even if they were reopened since."),
    )
    due_after = LocalDateTime(
        load_default=None, **says("Only requests whose due date is this time or later.")
    )
    due_before = LocalDateTime(
        load_default=None,
        last_moment=True,
        **says("Only requests whose due date is this time or earlier."),
    )


OF_FIGURES = ("closed_after", "closed_before", "due_after", "due_before")
"""Filters by which a list covers all dates of submission."""
