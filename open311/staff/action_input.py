"""What an action on a service request gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from open311.queries.jurisdictions import Scope


@dataclass(frozen=True)
class ActionInput:
    """The context of an action: jurisdiction, request id, user, and form values."""

    jurisdiction: Scope
    id: str
    by: str
    sent: Mapping[str, Any]

    @property
    def seen(self) -> int | None:
        """The change number when the form was loaded; None if the action does not check it."""
        seen = self.sent.get("seen")
        return None if seen is None else int(seen)
