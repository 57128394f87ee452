"""The form of a read-only link to a search, and the filters that one may have."""

from collections.abc import Mapping
from typing import Any

from schemas.base import ParametersSchema
from schemas.fields import Text, W3CDateTime

PUBLIC_FILTERS = frozenset(
    {
        *("q", "status", "detailed_status", "service_code", "group", "agency_responsible"),
        *("boundary", "service_request_id", "since", "until", "older_than", "newer_than"),
        *("updated_since", "updated_until", "overdue", "due_today", "due_this_week"),
        *("closed_since", "closed_until", "due_since", "due_until", "promise", "work"),
        *(
            "near_border",
            "in_overlap",
            "bbox",
            "polygon",
            "circle",
            "along",
            "within",
            "units",
            "area",
        ),
    }
)
"""Filters of FindSchema by what everyone can read. Others would tell what staff do."""

LOOK = frozenset({"sort", "columns", "density"})
"""Parameters of FindSchema for the look of the list."""

_INTERNAL_SORTS = ("priority",)

_OF_THE_PAGE = frozenset({"color", "after"})


def has_internal_filters(asked: Mapping[str, Any]) -> bool:
    """Return whether a search that FindSchema loaded has filters that are not public."""
    if asked["sort"] in _INTERNAL_SORTS:
        return True
    others = asked.keys() - PUBLIC_FILTERS - LOOK - _OF_THE_PAGE
    return any(asked[name] not in (None, False, []) for name in others)


class ViewLinkSchema(ParametersSchema):
    """A name, the query of a list, and the last day, in the zone of the city."""

    name = Text(100, load_default="")
    query = Text(7_000, load_default="")
    expires = W3CDateTime(required=True, last_moment=True)

    def __init__(self, zone: Any) -> None:
        super().__init__()
        for field in self.fields.values():
            if isinstance(field, W3CDateTime):
                field.zone = zone
