"""Rows of a collection for file exports, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, String, cast, func

from open311.database import allow_pauses, db
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.sources import FeatureSource
from open311.queries.search.pages import in_order

AT_ONCE = 2_000


def read_batches(
    source: FeatureSource, wanted: Wanted
) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Return the names of the properties, and batches of rows: id, WKB, then the properties.

    Rows have the order of lists; limit and after do not apply. The iterator raises InvalidFilter,
    InvalidParameters, and errors of the database, and uses the connection of the HTTP request.
    """
    names = shown_names(source, wanted)
    columns = [source.properties[name].column.label(name) for name in names]
    rows = matching_rows(source, wanted).with_only_columns(
        cast(source.id, String).label("id"),
        func.ST_AsBinary(source.geometry).label("geometry"),
        *columns,
        maintain_column_froms=True,
    )
    return names, _read(in_order(rows, source.order))


def _read(statement: Select[Any]) -> Iterator[Sequence[Any]]:
    allow_pauses(db.session.connection())
    result = db.session.execute(statement, execution_options={"yield_per": AT_ONCE})
    yield from result.partitions()
