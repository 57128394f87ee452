"""What entries of a history replaced, where that is what an earlier entry led to."""

from collections.abc import Iterable
from dataclasses import replace

from open311.models.routing import ROUTING_STEPS
from open311.queries.requests.happening import Happening

_OF_WORK = {"assigned": "assignee", "released": "assignee", "prioritized": "priority"}
"""Kinds of work steps, and the value that they set to their text."""

_UNKNOWN_AFTER = ("bulk_undone",)
"""Kinds of steps that may set any of these values without telling which."""


def with_former_values(happenings: Iterable[Happening]) -> list[Happening]:
    """Return entries, oldest first, with their former values.

    A new department ends the assignment (steps/routing/store.py).
    """
    values: dict[str, str] = {}
    found = []
    for one in happenings:
        shown = one
        if one.kind in _OF_WORK:
            name = _OF_WORK[one.kind]
            shown = replace(one, former=values.get(name, ""))
            values[name] = one.what
        elif one.kind in ROUTING_STEPS and one.what:
            shown = replace(one, former=values.pop("assignee", ""))
        elif one.kind in _UNKNOWN_AFTER:
            values.clear()
        found.append(shown)
    return found
