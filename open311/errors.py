"""Exceptions only: each carries messages; web/error_handlers.py has the HTTP status of each."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentences


class Open311Error(Exception):
    """Base of all errors that someone is told about: one problem or several.

    field is the parameter or form field that is wrong; values fill in the message's texts.
    """

    def __init__(self, message: Message, *, field: str = "", **values: Any) -> None:
        super().__init__(message.key, values)
        self.problems: Sequence[Problem] = (Problem(message, values, field),)

    def __str__(self) -> str:
        return api_sentences(self.problems)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """Return an error of several problems, the most important first."""
        first, *others = problems
        error = cls(first.message, field=first.field, **first.values)
        error.problems = (first, *others)
        return error


class ApiKeyRejected(Open311Error):
    """The api_key is missing, unknown, revoked or belongs to another jurisdiction."""


class SignInRefused(Open311Error):
    """A name or a password is wrong, or was tried too often."""


class NotFound(Open311Error):
    """Something does not exist, or may not be seen."""


class Gone(Open311Error):
    """A service request was withdrawn; its content is gone."""


class InvalidParameters(Open311Error):
    """A problem for each parameter that cannot be used."""


class OutsideServiceArea(Open311Error):
    """The place is outside the service area of a jurisdiction that refuses such requests."""


class Conflict(Open311Error):
    """A change contradicts what is stored."""


class Objected(Conflict):
    """Routing tests or rules fail after a change, and are not approved as exceptions by name.

    objections holds what fails, as (name, problem).
    """

    objections: Sequence[tuple[str, Problem]] = ()


class NotAllowed(Open311Error):
    """Someone who is known may not do this."""


class ChangedMeanwhile(Open311Error):
    """Someone else has changed what a form was made from; nothing was done."""


class IdempotencyKeyReused(Open311Error):
    """An Idempotency-Key came a second time, with other content."""


class SourceFailed(Open311Error):
    """Another server cannot be reached, or its answer cannot be read; for commands only."""


class SettingError(Exception):
    """A setting in the environment cannot be used; the server does not start."""
