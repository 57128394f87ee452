"""Rows of a collection for file exports, streamed in batches."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Engine, Select, String, cast, func

from open311.database import allow_pauses, db
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.sources import FeatureSource
from open311.queries.search.pages import in_order

AT_ONCE = 2_000


def stream_batches(
    source: FeatureSource, wanted: Wanted
) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Return the names of the properties, and batches of rows: id, WKB, then the properties.

    Rows have the order of lists; limit and after do not apply. The first batch is read at once, so
    that InvalidFilter, InvalidParameters, and errors of the database are raised before the response
    starts. The rows have a connection of their own, because that of the HTTP request is closed when
    they are read.
    """
    names = shown_names(source, wanted)
    columns = [source.properties[name].column.label(name) for name in names]
    rows = matching_rows(source, wanted).with_only_columns(
        cast(source.id, String).label("id"),
        func.ST_AsBinary(source.geometry).label("geometry"),
        *columns,
        maintain_column_froms=True,
    )
    batches = _read(db.engine, in_order(rows, source.order))
    first = next(batches, ())
    return names, chain([first], batches)


def _read(engine: Engine, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    with engine.connect() as connection:
        allow_pauses(connection)
        reading = connection.execution_options(yield_per=AT_ONCE)
        yield from reading.execute(statement).partitions()
