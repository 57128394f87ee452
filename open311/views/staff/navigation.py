"""Where the workspace leads: the entries at the top of each page, by role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext

from open311.queries.users import UserInfo


@dataclass(frozen=True)
class Entry:
    """An entry: the endpoint it leads to, its label, who sees it (everyone without roles)."""

    endpoint: str
    text: object
    parameters: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint, **self.parameters)

    @property
    def label(self) -> str:
        """What it says, in the language of who reads it."""
        return str(self.text)

    @property
    def here(self) -> bool:
        """Whether the page at hand is the one that it leads to."""
        return request.endpoint == self.endpoint


ENTRIES = (
    Entry("staff_day.show", lazy_gettext("Work queue")),
    Entry("staff_finding.index", lazy_gettext("Requests"), {"status": "open"}),
    Entry("staff_saving.index", lazy_gettext("Saved views")),
    Entry("staff_city.index", lazy_gettext("Administration"), roles=("administrator",)),
)


def navigation(user: UserInfo) -> list[Entry]:
    """List what someone may go to."""
    return [entry for entry in ENTRIES if not entry.roles or user.role in entry.roles]
