"""How many features have which value of a property, as far as they are counted."""

from sqlalchemy import func, select

from open311.database import db
from open311.queries.ogc.features import Wanted, matching_rows
from open311.queries.ogc.sources import Source
from open311.queries.pages import MOST_COUNTED


def count_by(source: Source, wanted: Wanted, name: str) -> list[tuple[str | None, int]]:
    """Count what is wanted by a property: (value, number), the most frequent first.

    Of the first MOST_COUNTED alone, so that no area is too large to ask about.
    """
    value = source.properties[name].column.label("value")
    some = (
        matching_rows(source, wanted)
        .with_only_columns(value, maintain_column_froms=True)
        .limit(MOST_COUNTED)
        .subquery()
    )
    counted = func.count().label("number")
    statement = (
        select(some.c.value, counted).group_by(some.c.value).order_by(counted.desc(), some.c.value)
    )
    return [(row.value, row.number) for row in db.session.connection().execute(statement)]
