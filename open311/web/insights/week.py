"""The last whole week in sentences and numbers, and what changed more than chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import ngettext, pgettext

from open311.figures.changes import Change, compare, real_changes
from open311.figures.measures import FEWEST
from open311.figures.survival import Times
from open311.queries.insights.flow import Flow
from open311.queries.insights.promises import Promises
from open311.web.insights.compared import BEFORE, compared_figure, is_known
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure, Number, Page, Row
from open311.web.insights.flow import of_weeks
from open311.web.insights.links import WORK, Links, closed, due, received
from open311.web.insights.promises import kept_sentence
from open311.web.insights.time import half_sentence
from open311.web.insights.wording import (
    change_words,
    count_words,
    few_words,
    percent_words,
    time_words,
    week_words,
)
from open311.web.languages import say as _

FOUR_WEEKS = timedelta(weeks=4)

MOST_CHANGES = 5
"""Changes of a page: many looks make many false alarms."""


@dataclass(frozen=True)
class WeekFigures:
    """What the page says: whole weeks, the last one of them the week; the times and promises of
    four weeks; overdue now; the whole weeks of services, by their code; and those of last year."""

    weeks: Sequence[Flow]
    curve: Times
    promises: Promises
    overdue: int | None
    services: Mapping[str, Sequence[Flow]]
    last_year: Sequence[Flow] = ()


def week_page(found: WeekFigures, rows: Mapping[str, Row], links: Links) -> Page:
    """Return the page of the last whole week; rows are the services by code."""
    week, shown = found.weeks[-1], found.weeks[-26:]
    return Page(
        _sentences(found, week),
        _numbers(found, week, links),
        (),
        [
            *of_weeks(shown, links),
            compared_figure(found.weeks[-1:], _before(found.weeks), found.last_year, links),
            _changes_figure(found.services, rows, links),
        ],
    )


def _sentences(found: WeekFigures, week: Flow) -> Sequence[str]:
    day = week_words(week.span.begin)
    known = found.weeks if is_known(found.weeks[-BEFORE - 1 :]) else found.weeks[-1:]
    came, went = (_change(known, name) for name in ("received", "closed"))
    return (
        _with_change(
            ngettext(
                "In the week from %(day)s, %(number)s request was received",
                "In the week from %(day)s, %(number)s requests were received",
                week.received,
                day=day,
                number=count_words(week.received),
            ),
            came,
        ),
        _with_change(
            ngettext(
                "%(number)s request was closed",
                "%(number)s requests were closed",
                week.closed,
                number=count_words(week.closed),
            ),
            went,
        ),
        _open_sentence(week),
        half_sentence(found.curve),
        kept_sentence(found.promises),
    )


def _before(weeks: Sequence[Flow]) -> Sequence[Flow]:
    """Return the eight weeks before the last one, if the city's requests go back so far."""
    before = weeks[-BEFORE - 1 : -1]
    return before if is_known(before) else ()


def _with_change(sentence: str, change: Change | None) -> str:
    words = change_words(change)
    return f"{sentence}, {words}." if words else f"{sentence}."


def _open_sentence(week: Flow) -> str:
    grown = week.open_at_end - week.open_before
    values = {"number": count_words(abs(grown)), "open": count_words(week.open_at_end)}
    if grown > 0:
        return _("Open requests grew by %(number)s to %(open)s.", **values)
    if grown < 0:
        return _("Open requests fell by %(number)s to %(open)s.", **values)
    return _("Open requests stayed at %(open)s.", **values)


def _change(weeks: Sequence[Flow], name: str) -> Change | None:
    numbers = [getattr(one, name) for one in weeks[-BEFORE - 1 :]]
    return compare(numbers[-1:], numbers[:-1], FEWEST) if len(numbers) > 1 else None


def _numbers(found: WeekFigures, week: Flow, links: Links) -> Sequence[Number]:
    begin = week.span.begin
    return (
        Number(
            count_words(week.received),
            _("received"),
            links.requests(**received(begin)),
            "flow",
            _("Requests received in this week"),
        ),
        Number(
            count_words(week.closed),
            pgettext("figures", "closed"),
            links.requests(**closed(begin)),
            "flow",
            _("Requests closed in this week"),
        ),
        Number(
            count_words(week.open_at_end),
            _("open at the end"),
            links.requests(status="open", **WORK),
            "flow",
            _("Requests open now"),
        ),
        *_overdue(found.overdue, links),
        *_of_four_weeks(found, links, week.span.end - FOUR_WEEKS),
    )


def _of_four_weeks(found: WeekFigures, links: Links, begin: date) -> Sequence[Number]:
    """Return the numbers of the four weeks from begin on."""
    median, promises = found.curve.quantile(0.5), found.promises
    kept, fell_due = promises.share.value, promises.fell_due
    half = NO_VALUE.text if median.value is None else time_words(median.value)
    return (
        Number(
            half if found.curve.n >= FEWEST else few_words(found.curve.n),
            _("until half are closed"),
            links.requests(**received(begin, FOUR_WEEKS.days)),
            "time_to_close_of_period",
            _("Requests received in the last four weeks"),
        ),
        Number(
            few_words(fell_due) if kept is None or fell_due < FEWEST else percent_words(kept),
            _("closed on time"),
            links.requests(**due(begin, FOUR_WEEKS.days)),
            "promise_kept",
            _("Requests due in the last four weeks"),
        ),
    )


def _overdue(number: int | None, links: Links) -> Sequence[Number]:
    if number is None:
        return ()
    url = links.requests(overdue="true")
    return (
        Number(count_words(number), _("overdue now"), url, "overdue", _("Requests overdue now")),
    )


def _changes_figure(
    services: Mapping[str, Sequence[Flow]], rows: Mapping[str, Row], links: Links
) -> Figure:
    """Return what services changed in the last week by more than chance, at most MOST_CHANGES."""
    compared = {code: _change(flows, "received") for code, flows in services.items()}
    known = {code: one for code, one in compared.items() if one is not None}
    real = [code for code in real_changes(known) if code in rows][:MOST_CHANGES]
    return Figure(
        "changes",
        "change",
        _("Changed by more than chance"),
        _findings(len(real), len(known)),
        (
            Column(_("Service"), "service"),
            Column(pgettext("figures", "Received"), "received"),
            Column(_("Compared with before"), "ratio"),
        ),
        [_changed(rows[code], services[code][-1], known[code], links) for code in real],
        csv_url=links.csv("changes"),
    )


def _findings(real: int, compared: int) -> str:
    values = {"compared": count_words(compared)}
    if not compared:
        return _("No service has enough requests to compare this week with the eight before.")
    if not real:
        return _("Services compared: %(compared)s. None changed by more than chance.", **values)
    return _("Services compared: %(compared)s. These changed the most.", **values)


def _changed(row: Row, week: Flow, change: Change, links: Links) -> Sequence[Cell]:
    url = links.requests(**row.filters, **received(week.span.begin))
    return (
        Cell(row.name, row.code),
        Cell(count_words(week.received), week.received, url),
        Cell(change_words(change), round(change.ratio, 6)),
    )
