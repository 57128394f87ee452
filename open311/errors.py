"""Exceptions only: each says what went wrong; error_handlers says which HTTP status that is."""

from collections.abc import Sequence


class Open311Error(Exception):
    """Base of all errors whose sentences are meant for the person who made the request."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


class ApiKeyRejected(Open311Error):
    """The api_key is missing, unknown, revoked or belongs to another jurisdiction."""


class SignInRefused(Open311Error):
    """A name or a password is wrong, or was tried too often."""


class NotFound(Open311Error):
    """Something that was addressed does not exist, or may not be seen."""


class Gone(Open311Error):
    """A service request that is addressed has been withdrawn: its content is no longer here."""


class InvalidParameters(Open311Error):
    """One sentence for each parameter that cannot be used, the most important first."""


class OutsideServiceArea(Open311Error):
    """The place lies outside the service area of a jurisdiction that refuses such requests."""


class Conflict(Open311Error):
    """What was asked for contradicts what is stored."""


class Objected(Conflict):
    """Something speaks against a change, and has not been overridden by its name.

    standing holds what does, as (name, sentence).
    """

    def __init__(self, *sentences: str, standing: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(*sentences)
        self.standing = tuple(standing)


class NotAllowed(Open311Error):
    """Someone who is known may not do this."""


class ChangedMeanwhile(Open311Error):
    """Someone else has changed what a form was made from; nothing was done."""


class IdempotencyKeyReused(Open311Error):
    """An Idempotency-Key came a second time, with other content."""


class SourceFailed(Open311Error):
    """Another server cannot be reached, or what it answers cannot be read; for commands only."""


class SettingError(Exception):
    """A setting in the environment cannot be used; the server does not start."""
