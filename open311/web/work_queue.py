"""The sections of the work queue, on its page and in the emails of a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Part:
    """A section of the work queue: its title and its filters."""

    title: str
    filters: Mapping[str, str]
    of_mine: bool = False

    def filters_of(self, department: str | None) -> dict[str, str]:
        """Return the filters for a member of a department, by its name, or for others with None."""
        if department is None or self.of_mine:
            return dict(self.filters)
        return {**self.filters, "agency_responsible": department}


PARTS = (
    Part(N_("Assigned to me"), {"status": "open", "mine": "true", "sort": "due"}, True),
    Part(N_("Transferred to us"), {"status": "open", "handed_over": "true"}),
    Part(N_("Overdue"), {"overdue": "true", "sort": "due"}),
    Part(N_("Due today"), {"due_today": "true", "sort": "due"}),
    Part(N_("New"), {"new": "true", "sort": "requested_datetime"}),
    Part(N_("Needs review"), {"waiting": "true"}),
    Part(N_("Needs approval"), {"status": "open", "unpublished": "true"}),
    Part(N_("Held reports"), {"held": "true", "sort": "requested_datetime"}),
    Part(
        N_("Held for more than one working day"),
        {"held_overdue": "true", "sort": "requested_datetime"},
    ),
    Part(N_("Waiting for requester"), {"status": "open", "waits": "true"}),
)
