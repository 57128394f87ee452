"""Spreadsheets of service requests: their columns, in words and local times."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from flask import Response

from geo.coordinates import as_point
from open311.messages.names import STATUS_NAMES
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, LayerInfo
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sheets import SheetRows, read_sheet
from open311.queries.ogc.sources import FeatureSource
from open311.queries.requests.answers import in_words
from open311.web.exports import written_file
from open311.web.languages import say
from open311.web.sheets import SHEET_WRITERS, Cell, Sheet
from schemas.vocabulary.file_formats import FileFormat
from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class SheetColumn:
    """A column of a spreadsheet: a property of service requests, its heading, and its words."""

    name: str
    heading: str
    words: Callable[[Any], Cell] | None = None
    is_wide: bool = False


def yes_or_no(value: bool | None) -> str:
    """Return a truth value in words; unknown is empty."""
    return "" if value is None else say("yes") if value else say("no")


def _status(status: str) -> str:
    return say(STATUS_NAMES[status]) if status in STATUS_NAMES else status


STATUS = (
    SheetColumn("status", N_("Open or closed"), _status),
    SheetColumn("detailed_status", N_("Status"), _status),
)

WHAT = (
    SheetColumn("service_name", N_("Service")),
    SheetColumn("group", N_("Service group")),
    SheetColumn("description", N_("Description"), is_wide=True),
    SheetColumn("address", N_("Address"), is_wide=True),
    SheetColumn("zipcode", N_("Postal code")),
)

WORK = (
    SheetColumn("agency_responsible", N_("Department")),
    SheetColumn("expected_datetime", N_("Due date")),
    SheetColumn("overdue", N_("Overdue"), yes_or_no),
    SheetColumn("updated_datetime", N_("Updated")),
    SheetColumn("status_notes", N_("Public note"), is_wide=True),
    SheetColumn("media_url", N_("Photo")),
)

PUBLIC_COLUMNS = (SheetColumn("requested_datetime", N_("Submitted")), *STATUS, *WHAT, *WORK)
"""Columns of what everyone may read."""


def sheet_file(
    source: FeatureSource,
    wanted: Wanted,
    format: FileFormat,
    columns: Sequence[SheetColumn],
    place: tuple[Scope, Sequence[LayerInfo]],
    *,
    with_answers: bool = False,
) -> Response:
    """Return a response with a spreadsheet of the selected requests, in one of SPREADSHEETS.

    place is the city, in whose zone the times are, and its layers. The last columns are the codes
    of boundaries and, with_answers, the answers by the wording of their questions.
    """
    scope, layers = place
    whole = [*columns, *(SheetColumn(one.code, one.name) for one in layers)]

    def pieces() -> Iterable[bytes]:
        found = read_sheet(source, wanted, [one.name for one in whole], with_answers=with_answers)
        return SHEET_WRITERS[format.code](_sheet(found, whole, scope.zone))

    return written_file(pieces, REQUESTS, format)


def _sheet(found: SheetRows, columns: Sequence[SheetColumn], zone: ZoneInfo) -> Sheet:
    first = [say("Request number"), say("Latitude"), say("Longitude")]
    questions = _questions(found)
    return Sheet(
        name=say("Requests"),
        columns=[*first, *(say(one.heading) for one in columns), *questions],
        rows=_rows(found, columns, questions, zone),
        wide=[place for place, one in enumerate(columns, len(first)) if one.is_wide],
    )


def _questions(found: SheetRows) -> list[str]:
    """List the wordings of the questions that have answers, each once, by service and order."""
    pairs = (
        in_words(found.questions.get(service_id, ()), dict.fromkeys(codes, ""))
        for service_id, codes in sorted(found.answered.items())
    )
    return list(dict.fromkeys(question for some in pairs for question, _answer in some))


def _rows(
    found: SheetRows, columns: Sequence[SheetColumn], questions: Sequence[str], zone: ZoneInfo
) -> Iterator[Sequence[Cell]]:
    for batch in found.batches:
        for id_, shape, *values in batch:
            cells = (_cell(one, value, zone) for one, value in zip(columns, values, strict=False))
            row = [id_, *_place(shape), *cells]
            if questions:
                service_id, answers = values[len(columns) :]
                answered = _by_question(found.questions.get(service_id, ()), answers)
                row += [answered.get(question, "") for question in questions]
            yield row


def _cell(column: SheetColumn, value: Any, zone: ZoneInfo) -> Cell:
    if column.words is not None:
        return column.words(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    return value  # type: ignore[no-any-return]


def _place(shape: bytes | None) -> tuple[Cell, Cell]:
    point = None if shape is None else as_point(shapely.from_wkb(shape))
    return (None, None) if point is None else (point.lat, point.long)


def _by_question(
    attributes: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> Mapping[str, str]:
    """Return answers by the wording of their questions, two of which may have the same."""
    found: dict[str, str] = {}
    for question, answer in in_words(attributes, answers):
        found[question] = f"{found[question]}; {answer}" if question in found else answer
    return found
