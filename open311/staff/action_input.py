"""What an action on a service request gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from open311.queries.jurisdictions import Scope
from open311.steps.values.once import Once


@dataclass(frozen=True)
class ActionInput:
    """The context of an action: jurisdiction, request id, user, and form values.

    once is the key of an action that may be sent again: only those of phones have one.
    """

    jurisdiction: Scope
    id: str
    by: str
    sent: Mapping[str, Any]
    once: Once | None = None

    @property
    def seen(self) -> int | None:
        """The change number when the form was loaded; None if the action does not check it."""
        seen = self.sent.get("seen")
        return None if seen is None else int(seen)
