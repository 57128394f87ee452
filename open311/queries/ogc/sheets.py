"""Service requests for spreadsheets, with the answers to their questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func

from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.catalog.services import list_attributes
from open311.queries.ogc.exports import read_batches
from open311.queries.ogc.features import Wanted, matching_rows
from open311.queries.ogc.property import Property
from open311.queries.ogc.sources import FeatureSource


@dataclass(frozen=True)
class SheetRows:
    """Rows for a spreadsheet, in batches: id, WKB, the properties asked for, and if asked for,
    the id of the service and the answers by code.

    questions are those of each service that has answers, as in the standard, by its id. answered
    are the codes of the questions that have answers, by the id of the service.
    """

    batches: Iterator[Sequence[Any]]
    questions: Mapping[int, Sequence[Mapping[str, Any]]]
    answered: Mapping[int, set[str]]


def read_sheet(
    source: FeatureSource, wanted: Wanted, names: Sequence[str], *, with_answers: bool
) -> SheetRows:
    """Return the rows of a selection with some properties, all of one state of the database.

    No transaction may have begun before; the iterator raises as that of read_batches.
    """
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    if not with_answers:
        _names, batches = read_batches(source, replace(wanted, names=names))
        return SheetRows(batches, {}, {})
    answered = _answered(source, wanted)
    extended = replace(source, properties={**source.properties, **_ANSWERS})
    asked = replace(wanted, names=[*names, *_ANSWERS])
    _names, batches = read_batches(extended, asked)
    return SheetRows(batches, list_attributes(list(answered)), answered)


_ANSWERS = {
    "service_id": Property("number", "Id of the service.", Service.id),
    "answers": Property("text", "Answers by code.", ServiceRequest.answers),
}


def _answered(source: FeatureSource, wanted: Wanted) -> Mapping[int, set[str]]:
    codes = func.jsonb_object_keys(ServiceRequest.answers)
    rows = matching_rows(source, wanted).with_only_columns(
        Service.id, codes, maintain_column_froms=True
    )
    found: dict[int, set[str]] = {}
    for service_id, code in db.session.execute(rows.distinct()):
        found.setdefault(service_id, set()).add(code)
    return found
