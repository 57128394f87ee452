"""Exceptions, each with its messages. web/error_handlers.py has the HTTP status of each."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentences


class Open311Error(Exception):
    """Base of all expected errors, with one or more problems.

    field is the invalid parameter or form field; values fill in the text of the message.
    """

    def __init__(self, message: Message, *, field: str = "", **values: Any) -> None:
        super().__init__(message.key, values)
        self.problems: Sequence[Problem] = (Problem(message, values, field),)

    def __str__(self) -> str:
        return api_sentences(self.problems)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """Return an error with several problems, the most important first."""
        first, *others = problems
        error = cls(first.message, field=first.field, **first.values)
        error.problems = (first, *others)
        return error


class ApiKeyRejected(Open311Error):
    """The api_key is missing, unknown, or revoked, or belongs to another jurisdiction."""


class DoneBefore(Exception):
    """An action was sent again that is done.

    change_number is that of the request after it, if it was made on top of what its author saw.
    """

    def __init__(self, change_number: int | None) -> None:
        super().__init__(change_number)
        self.change_number = change_number


class SignInRefused(Open311Error):
    """A username, password, or code is wrong."""


class SignInDelayed(Open311Error):
    """There were too many failed sign-ins; minutes is the time to wait."""

    def __init__(self, message: Message, *, minutes: int) -> None:
        super().__init__(message, minutes=minutes)
        self.minutes = minutes


class NotFound(Open311Error):
    """A resource does not exist, or the reader has no access to it."""


class Gone(Open311Error):
    """A service request was withdrawn, or a draft, a photo, or a position in a list is gone."""


class InvalidParameters(Open311Error):
    """Parameters are invalid, with a problem for each of them."""


class OutsideServiceArea(Open311Error):
    """The location is outside the service area of a jurisdiction that rejects such requests."""


class Conflict(Open311Error):
    """A change conflicts with the stored state."""


class Objected(Conflict):
    """Routing tests or rules fail after a change, and nobody approved the exceptions.

    objections lists the failures as (name, problem). units are those of areas in their sentences.
    """

    objections: Sequence[tuple[str, Problem]] = ()
    units: str = "metric"


class Doubted(Conflict):
    """A map is doubtful, and nobody gave a reason to publish it; nothing was stored."""


class NotAllowed(Open311Error):
    """The user is known but lacks the permission."""


class ChangedMeanwhile(Open311Error):
    """Someone else changed the record since the form was loaded; nothing was stored."""


class Busy(Open311Error):
    """A change waited too long for another transaction; nothing was stored, so try again."""


class StoreUnavailable(Open311Error):
    """The store of photos does not respond, or refuses this server."""


class ProofRefused(Open311Error):
    """The proof of work of a form was used before, or is not valid (any more)."""


class TooManyReports(Open311Error):
    """An address has sent more than twice its allowance; seconds is the time to wait."""

    def __init__(self, message: Message, *, seconds: int, **values: Any) -> None:
        super().__init__(message, **values)
        self.seconds = seconds


class IdempotencyKeyReused(Open311Error):
    """An Idempotency-Key was used again with different content."""


class SourceFailed(Open311Error):
    """Another server cannot be reached, or its response cannot be read; for commands only."""


class SettingError(Exception):
    """A setting in the environment is invalid; the server does not start."""
