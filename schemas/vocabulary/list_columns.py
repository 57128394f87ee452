"""Columns of the staff list, and how dense its rows are."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

LIST_COLUMNS: Mapping[str, str] = {
    "location": N_("Location"),
    "department": N_("Department"),
    "assignee": N_("Assigned to"),
    "submitted": N_("Submitted"),
    "due": N_("Due date"),
    "updated": N_("Updated"),
    "age": N_("Age in days"),
    "status": N_("Status"),
    "group": N_("Service group"),
    "description": N_("Description"),
    "note": N_("Public note"),
    "channel": N_("Received by"),
    "zipcode": N_("Postal code"),
}
"""All columns besides that of the request itself, with the names on pages."""

IN_LAYER = "in:"
"""Start of a column with the code of the boundary of a layer: in:ward."""

USUAL_COLUMNS = ("location", "department", "submitted", "due")

MOST_COLUMNS = 8

COMFORTABLE, COMPACT = "comfortable", "compact"

DENSITIES: Mapping[str, str] = {COMFORTABLE: N_("Comfortable"), COMPACT: N_("Compact")}
"""How dense rows are, with the names on pages."""

FOR_EVERYONE = frozenset(
    {
        *("location", "department", "submitted", "due", "updated", "status", "group"),
        *("description", "note", "zipcode"),
    }
)
"""Columns with public data; those of layers are public as well."""
