"""Files of the requests in the list."""

from flask import Response

from open311.errors import InvalidParameters
from open311.messages.search import FORMAT_UNKNOWN
from open311.queries.maps.layers import REQUESTS
from open311.staff.asked import Search
from open311.staff.pages import city_snapshot
from open311.staff.wording import channel_name, priority_name, triage_names
from open311.web.exports import file_of, maps_of, notes_of
from open311.web.request_sheets import STATUS, WHAT, WORK, SheetColumn, sheet_file, yes_or_no
from schemas.base import Values
from schemas.vocabulary.file_formats import SPREADSHEETS, STAFF_FORMAT_OF, FileFormat
from schemas.vocabulary.marking import N_


def _reasons(reasons: str | None) -> str:
    return ", ".join(triage_names(reasons))


STAFF_COLUMNS = (
    SheetColumn("submitted_datetime", N_("Submitted")),
    *STATUS,
    *WHAT,
    *WORK,
    SheetColumn("assigned_to", N_("Assigned to")),
    SheetColumn("accepted_datetime", N_("Acknowledged")),
    SheetColumn("waits", N_("Waiting for requester"), yes_or_no),
    SheetColumn("waits_for", N_("Needs review"), _reasons),
    SheetColumn("channel", N_("Received by"), channel_name),
    SheetColumn("priority", N_("Priority"), priority_name),
    SheetColumn("tags", N_("Tags")),
    SheetColumn("duplicate_of", N_("Duplicate of")),
    SheetColumn("published", N_("Public"), yes_or_no),
    SheetColumn("routing_rule", N_("Routing rule")),
)


def get_format(values: Values) -> FileFormat:
    """Get the format that f names; raises InvalidParameters."""
    name = next(iter(values.get("f", [])), SPREADSHEETS[0].code)
    if name not in STAFF_FORMAT_OF:
        raise InvalidParameters(FORMAT_UNKNOWN, field="f", choices=list(STAFF_FORMAT_OF))
    return STAFF_FORMAT_OF[name]


def search_file(search: Search, format: FileFormat, values: dict[str, list[str]]) -> Response:
    """Return a response with a file of what a search finds; values are those of its notes."""
    scope = search.jurisdiction
    if format in SPREADSHEETS:
        place = scope, city_snapshot().layers
        return sheet_file(
            search.source, search.wanted, format, STAFF_COLUMNS, place, with_answers=True
        )
    notes = notes_of(values, maps_of(scope, scope.today()))
    return file_of(REQUESTS, search.source, search.wanted, format.code, notes)
