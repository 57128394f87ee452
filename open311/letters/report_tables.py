"""The report of a week in an email: its sentences, and its figures as tables.

Charts are on the page of the report. Emails have no images of them (ADR 76).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from flask_babel import force_locale

from open311.queries.insights.reports import StoredReport
from open311.web.insights.figure import Cell, Column, Figure, Number
from open311.web.insights.report import NO_LINKS, report_page, staff_report
from open311.web.insights.weeks import week_code, week_title
from open311.web.languages import say as _

TABLES = ("compared", "changes", "received-and-closed", "revision")
"""Figures that the email has, in this order."""

MOST_ROWS = 9
"""Of a table: the reported week and the eight before it."""


@dataclass(frozen=True)
class ToldReport:
    """A report in the language of its reader; code is that of the week in addresses."""

    code: str
    title: str
    made_at: datetime
    sentences: Sequence[str]
    figures: Sequence[Figure]


def tell_report(stored: StoredReport, department: str, language: str) -> ToldReport | None:
    """Return a report of staff for an email, of a department by its code, or of the city for "".

    Returns None if there is nothing to report about the department.
    """
    report = staff_report(stored.document, department)
    if report is None:
        return None
    with force_locale(language):
        shown = report_page(report, NO_LINKS)
        by_key = {one.key: one for one in shown.figures}
        tables = [_short(by_key[key]) for key in TABLES if key in by_key and by_key[key].rows]
        return ToldReport(
            week_code(stored.week),
            week_title(stored.week),
            stored.made_at,
            shown.sentences,
            [_numbers(shown.numbers), *tables],
        )


def _numbers(numbers: Sequence[Number]) -> Figure:
    """Return the numbers at the top of the page as a table."""
    columns = (Column(_("Number"), "number"), Column(_("What it is"), "label"))
    rows = [(Cell(one.text), Cell(one.label)) for one in numbers]
    return Figure("numbers", "flow", _("The week in numbers"), "", columns, rows)


def _short(figure: Figure) -> Figure:
    return replace(figure, rows=figure.rows[-MOST_ROWS:])


def html_table(figure: Figure) -> str:
    """Return a figure as HTML: its title, what it shows, and its table."""
    head = "".join(f'<th scope="col">{escape(one.heading)}</th>' for one in figure.columns)
    rows = "".join(f"<tr>{_html_row(row)}</tr>" for row in figure.rows)
    finding = f"<p>{escape(figure.finding)}</p>" if figure.finding else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<h2>{escape(figure.title)}</h2>\n{finding}\n{table}\n"


def _html_row(row: Sequence[Cell]) -> str:
    first, *others = (escape(one.text) for one in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{one}</td>" for one in others)


def plain_table(figure: Figure) -> str:
    """Return the same as plain text, with a line for each row."""
    names = [one.heading for one in figure.columns[1:]]
    lines = [figure.title, figure.finding]
    for row in figure.rows:
        first, *others = (one.text for one in row)
        values = (f"{name}: {one}" for name, one in zip(names, others, strict=True))
        lines.append(f"- {first}: {'; '.join(values)}")
    return "\n".join(filter(None, lines)) + "\n"
