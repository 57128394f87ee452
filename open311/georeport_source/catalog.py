"""The catalog of another server: its services and their questions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from marshmallow import ValidationError

from open311.errors import SourceFailed
from open311.georeport_source.documents import Unreadable, list_entries, refuse_errors, text_of
from open311.georeport_source.fetch import RemoteServer
from open311.messages.imports import SOURCE_WITHOUT_SERVICES
from open311.messages.problem import problems_in
from open311.messages.sentences import api_sentences
from open311.steps.values.imports import ImportedAttribute, ImportedService, Skipped
from schemas.imports.foreign_catalog import ForeignAttributeSchema, ForeignServiceSchema
from schemas.vocabulary.datatypes import WITH_OPTIONS

Row = dict[str, Any]
Watch = Callable[[Sequence[Row]], Iterable[Row]]
"""Iterates over services while their questions are fetched, as a progress bar does."""


def read_services(
    source: RemoteServer, known: set[str], watch: Watch
) -> tuple[list[ImportedService], list[Skipped]]:
    """Return the services that are new here, with their questions, and the skipped rows.

    Skipped are services that cannot be used, and the questions of services whose definition is not
    available. Raises SourceFailed without a service list.
    """
    try:
        entries = source.read("services", list_services)
    except Unreadable as error:
        raise SourceFailed(SOURCE_WITHOUT_SERVICES, answer=str(error)) from None
    rows, skipped = _check(entries)
    services = []
    for row in watch([row for code, row in rows.items() if code not in known]):
        columns = {name: value for name, value in row.items() if name != "metadata"}
        try:
            services.append(ImportedService(columns, _read_questions(source, row)))
        except Unreadable as error:
            services.append(ImportedService(columns))
            skipped.append(Skipped(row["service_code"], "unreadable definition", f"{error}."))
    return services, skipped


def _check(entries: Iterable[Any]) -> tuple[dict[str, Row], list[Skipped]]:
    """Return services by code, the first of each code, and those that cannot be used."""
    schema = ForeignServiceSchema()
    rows: dict[str, Row] = {}
    skipped = []
    for entry in entries:
        try:
            row = schema.load(entry)
            rows.setdefault(row["service_code"], row)
        except ValidationError as error:
            code = text_of(entry, "service_code")
            skipped.append(Skipped(code, "unusable service", api_sentences(problems_in(error))))
    return rows, skipped


def _read_questions(source: RemoteServer, row: Row) -> list[ImportedAttribute]:
    if not row["metadata"]:
        return []
    return source.read(f"services/{quote(row['service_code'], safe='')}", list_questions)


def list_services(document: Any) -> list[Any]:
    """Return the entries of a service list; raises Unreadable."""
    return list_entries(document, "services", "service", mark="service_code")


def list_questions(document: Any) -> list[ImportedAttribute]:
    """Return the questions of a service definition, numbered from 1 in order.

    Also accepts the older form without attributes around them, and definitions in a list of one.
    Raises Unreadable.
    """
    refuse_errors(document)
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    wrappers = ("service_definition", "attributes", "attribute")
    rows = list(_questions(list_entries(document, *wrappers, mark="code")))
    by_code = {row["code"]: row for row in sorted(rows, key=lambda row: row["order"])}
    return [_question({**row, "order": place}) for place, row in enumerate(by_code.values(), 1)]


def _question(row: Row) -> ImportedAttribute:
    """Return a question; a list without options becomes one line of text."""
    values = row.pop("values")
    if row["datatype"] not in WITH_OPTIONS:
        return ImportedAttribute(row)
    return ImportedAttribute(row, values) if values else ImportedAttribute({**row, **_ONE_LINE})


_ONE_LINE = {"datatype": "string"}


def _questions(entries: Iterable[Any]) -> Iterator[Row]:
    """Check questions, and skip those without a code, which cannot be answered."""
    schema = ForeignAttributeSchema()
    for entry in entries:
        try:
            yield dict(schema.load(entry))
        except ValidationError:
            continue
