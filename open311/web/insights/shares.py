"""Tables of shares, each with its number and its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from open311.figures.measures import FEWEST
from open311.queries.insights.counts import Parts
from open311.web.insights.charts import Axis
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.links import Links
from open311.web.insights.wording import count_words, few_words, share_words
from open311.web.languages import say as _

Counted = tuple[Row, Parts]


@dataclass(frozen=True)
class ShareTable:
    """What a table says of rows: its key, its definition, its words, and the parts that it shows.

    counted is the heading of the numbers that the parts are shares of; parts are headings by name.
    """

    key: str
    measure: str
    title: str
    finding: str
    heading: str
    counted: str
    parts: Mapping[str, str]
    notes: Sequence[str] = ()


def share_figure(table: ShareTable, rows: Sequence[Counted], links: Links) -> Figure:
    """Return a table of shares; of fewer than FEWEST, it says so."""
    few = any(parts.n < FEWEST for _row, parts in rows)
    below = _("Below %(fewest)s requests, no share is given.", fewest=FEWEST)
    return Figure(
        table.key,
        table.measure,
        table.title,
        table.finding,
        (
            Column(table.heading, "name"),
            Column(table.counted, "n"),
            *(Column(heading, name) for name, heading in table.parts.items()),
        ),
        [
            (
                Cell(row.name, row.code, links.requests(**row.filters) if row.filters else ""),
                Cell(count_words(parts.n), parts.n),
                *(_share(parts, name) for name in table.parts),
            )
            for row, parts in rows
        ],
        notes=[*table.notes, *([below] if few else ())],
        csv_url=links.csv(table.key),
    )


def _share(parts: Parts, name: str) -> Cell:
    one = parts.share(name)
    if one.value is None or parts.n < FEWEST:
        return Cell(few_words(parts.n), "", is_soft=True)
    bar = Axis(0, 1).bar(one.value, one.lower, one.upper)
    return Cell(share_words(one), round(one.value, 6), bar=bar)


def total(rows: Sequence[Counted]) -> Parts:
    """Return the sums of the numbers of rows."""
    names = rows[0][1].parts if rows else {}
    parts = {name: sum(one.parts[name] for _row, one in rows) for name in names}
    return Parts(sum(one.n for _row, one in rows), parts)
