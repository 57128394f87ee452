"""How many features have which value of a property, as far as they are counted."""

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from open311.database import db
from open311.queries.ogc.features import Wanted, matching_rows
from open311.queries.ogc.sources import Source
from open311.queries.search.pages import MOST_COUNTED

Counts = dict[str, list[tuple[str | None, int]]]


def count_by(source: Source, wanted: Wanted, names: Sequence[str]) -> Counts:
    """Count what is wanted by each of some properties: [(value, number), …], most frequent first.

    All are counted in one go, of the first MOST_COUNTED alone, so that no area is too large to
    ask about.
    """
    columns = [source.properties[name].column.label(name) for name in names]
    some = (
        matching_rows(source, wanted)
        .with_only_columns(*columns, maintain_column_froms=True)
        .limit(MOST_COUNTED)
        .subquery()
    )
    found = [some.c[name] for name in names]
    which = func.grouping(*found).label("which")  # a bit for each that is left out of the group
    number = func.count().label("number")
    statement = (
        select(*found, which, number)
        .group_by(func.grouping_sets(*(tuple_(column) for column in found)))
        .order_by(which.desc(), number.desc(), *found)
    )
    counts: Counts = {name: [] for name in names}
    everything = (1 << len(names)) - 1
    place_of = {everything & ~(1 << (len(names) - 1 - place)): place for place in range(len(names))}
    for row in db.session.connection().execute(statement):
        place = place_of[row.which]
        counts[names[place]].append((row[place], row.number))
    return counts
