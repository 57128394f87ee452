"""How requests were closed, beside each time to close."""

from collections.abc import Mapping, Sequence

from open311.figures.measures import FEWEST
from open311.queries.insights.counts import Parts
from open311.web.insights.cuts import Cut
from open311.web.insights.figure import Cell, Figure, Row
from open311.web.insights.links import Links
from open311.web.insights.shares import ShareTable, share_figure
from open311.web.insights.wording import count_words, few_words, percent_words
from open311.web.languages import say as _


def outcome_names() -> Mapping[str, str]:
    """Return what pages call the outcomes of OUTCOMES."""
    return {
        "done": _("Fixed or closed"),
        "no_further_action": _("No further action"),
        "not_ours": _("Not the city's responsibility"),
        "referred": _("Referred"),
    }


def outcome_cell(parts: Parts | None) -> Cell:
    """Return the shares of outcomes in one cell, the most frequent first."""
    if parts is None or parts.n < FEWEST:
        return Cell(few_words(0 if parts is None else parts.n), "", is_soft=True)
    names = outcome_names()
    ordered = sorted(names, key=lambda name: -parts.parts[name])
    told = [
        _("%(outcome)s: %(share)s", outcome=names[name], share=percent_words(share))
        for name in ordered
        if (share := parts.share(name).value)
    ]
    return Cell(", ".join(told), round(parts.share("done").value or 0, 6))


def outcome_figure(cut: Cut, rows: Sequence[tuple[Row, Parts]], links: Links) -> Figure:
    """Return the table of how requests were closed."""
    closings = sum(one.n for _row, one in rows)
    table = ShareTable(
        f"outcomes-by-{cut.key}",
        "outcome",
        cut.title(_("How requests were closed")),
        _("Requests closed in these weeks: %(number)s.", number=count_words(closings)),
        cut.heading,
        _("Closed"),
        outcome_names(),
        cut.notes,
    )
    return share_figure(table, rows, links)
