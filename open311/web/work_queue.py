"""The sections of the work queue, on its page and in the emails of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Part:
    """A section of the work queue: its title, also for the whole city, and its filters.

    is_late: its requests should have been dealt with by now. of_department is the filter by which
    it is that of a department.
    """

    title: str
    filters: Mapping[str, str]
    of_mine: bool = False
    title_of_all: str = ""
    is_late: bool = False
    of_department: str = "agency_responsible"

    def title_for(self, department: str | None) -> str:
        """Return the title for a department by its name, or for the whole city with None."""
        return self.title_of_all if self.title_of_all and department is None else self.title

    def filters_of(self, department: str | None) -> dict[str, str]:
        """Return the filters for a department by its name, or for the whole city with None."""
        if department is None or self.of_mine:
            return dict(self.filters)
        return {**self.filters, self.of_department: department}


PARTS = (
    Part(N_("Assigned to me"), {"status": "open", "mine": "true", "sort": "due"}, True),
    Part(
        N_("Transferred to us"),
        {"status": "open", "handed_over": "true"},
        title_of_all=N_("Transferred"),
    ),
    Part(N_("Overdue"), {"overdue": "true", "sort": "due"}, is_late=True),
    Part(N_("Due today"), {"due_today": "true", "sort": "due"}),
    Part(N_("Due this week"), {"due_this_week": "true", "sort": "due"}),
    Part(N_("New"), {"new": "true", "sort": "requested_datetime"}),
    Part(N_("Unassigned"), {"unassigned": "true", "sort": "due"}),
    Part(N_("Needs review"), {"waiting": "true"}),
    Part(N_("Needs approval"), {"status": "open", "unpublished": "true"}),
    Part(N_("Held reports"), {"held": "true", "sort": "requested_datetime"}),
    Part(
        N_("Held for more than one working day"),
        {"held_overdue": "true", "sort": "requested_datetime"},
        is_late=True,
    ),
    Part(N_("Waiting for requester"), {"status": "open", "waits": "true"}),
)

LONGEST_AWAY = timedelta(days=30)
"""Older changes are not listed in the work queue, however long a user was away."""


def news_since(seen_at: datetime | None) -> datetime:
    """Return since when changes are listed for a user who has marked earlier ones as seen (UTC)."""
    oldest = datetime.now(UTC).replace(microsecond=0) - LONGEST_AWAY
    return oldest if seen_at is None else max(seen_at, oldest)


def news_part(since: datetime) -> Part:
    """Return the section of what others changed since a moment."""
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    filters = {"news_since": moment, "sort": "-updated_datetime"}
    title = N_("Changed since you last marked changes as seen")
    return Part(title, filters, of_department="news_of")
