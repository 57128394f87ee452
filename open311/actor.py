"""Who acts, for the audit: edges say it, and transactions tell the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple

from sqlalchemy import func, select

from open311.database import db


class Actor(NamedTuple):
    """A kind of ACTOR_KINDS, and a name: of a user, an API key, or a user of this computer."""

    kind: Literal["user", "key", "command"]
    name: str


_acting: ContextVar[Actor | None] = ContextVar("actor", default=None)


def act_as(actor: Actor | None) -> None:
    """Let the operations of this thread leave a name in the audit; with None, the system acts."""
    _acting.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let the operations of a block leave a name in the audit."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def name_actor() -> None:
    """Name who acts for the triggers of this transaction. For the system, nothing is sent."""
    actor = _acting.get()
    if actor is not None:
        settings = {"open311.actor_kind": actor.kind, "open311.actor": actor.name}
        named = (func.set_config(name, value, True) for name, value in settings.items())
        db.session.execute(select(*named))
