"""The key of an action that a phone may send again."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Once:
    """A user's key for one action, and the SHA-256 of the action with its fields."""

    user_id: int
    key: UUID
    digest: bytes
