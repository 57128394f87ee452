"""How requests are handled: transfers, reopening, duplicates, and how they come in."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import pgettext

from open311.queries.insights.counts import (
    Parts,
    list_at_entry,
    list_duplicates,
    list_reopened,
    list_transfers,
)
from open311.queries.insights.population import By
from open311.web.insights.cuts import Cut, cuts_of
from open311.web.insights.figure import Figure, Page, Row
from open311.web.insights.rows import rows_with
from open311.web.insights.shares import Counted, ShareTable, share_figure, total
from open311.web.insights.view import View
from open311.web.insights.wording import count_words, share_words
from open311.web.languages import say as _
from schemas.vocabulary.intake import INTAKE_CHANNELS, INTAKE_NAMES

NOTHING = Parts(0, {})


def handling(view: View) -> Page | None:
    """Show how what was received or closed in the period was handled; None if there is nothing."""
    begin, end = view.period.moments(view.city)
    channels = list_duplicates(view.population, begin, end, By("channel"))
    if not channels:
        return None
    figures: list[Figure] = []
    for cut in cuts_of(view):
        figures += [
            _transfers(view, cut, begin, end),
            _reopened(view, cut, begin, end),
            _duplicates(view, cut, begin, end),
            _at_entry(view, cut, begin, end),
        ]
    return Page(figures=[_channels(view, channels), *(one for one in figures if one.rows)])


def _transfers(view: View, cut: Cut, begin: datetime, end: datetime) -> Figure:
    rows = rows_with(cut.rows, list_transfers(view.population, begin, end, cut.by))
    table = ShareTable(
        f"transferred-by-{cut.key}",
        "transferred",
        cut.title(pgettext("figures", "Transferred")),
        _all_in_all(_("Transferred at least once"), rows, "once_or_more"),
        cut.heading,
        pgettext("figures", "Received"),
        {
            "once_or_more": _("Once or more"),
            "twice_or_more": _("Twice or more"),
            "returned": _("Back and forth"),
        },
        cut.notes,
    )
    return share_figure(table, rows, view.links)


def _reopened(view: View, cut: Cut, begin: datetime, end: datetime) -> Figure:
    rows = rows_with(cut.rows, list_reopened(view.population, begin, end, cut.by))
    recent = sum(one.parts["too_recent"] for _row, one in rows)
    note = _(
        "Closings in the last 14 days, of which it is not known yet: %(number)s.",
        number=count_words(recent),
    )
    table = ShareTable(
        f"reopened-by-{cut.key}",
        "reopened",
        cut.title(_("Reopened")),
        _all_in_all(_("Reopened within 14 days"), rows, "reopened"),
        cut.heading,
        _("Closings"),
        {"reopened": _("Reopened within 14 days")},
        [note, *cut.notes],
    )
    return share_figure(table, rows, view.links)


def _duplicates(view: View, cut: Cut, begin: datetime, end: datetime) -> Figure:
    rows = rows_with(cut.rows, list_duplicates(view.population, begin, end, cut.by))
    table = ShareTable(
        f"duplicates-by-{cut.key}",
        "duplicates",
        cut.title(_("Duplicates")),
        _all_in_all(_("Duplicates"), rows, "duplicates"),
        cut.heading,
        _("Received, with duplicates"),
        {"duplicates": _("Duplicates")},
        cut.notes,
    )
    return share_figure(table, rows, view.links)


def _at_entry(view: View, cut: Cut, begin: datetime, end: datetime) -> Figure:
    rows = rows_with(cut.rows, list_at_entry(view.population, begin, end, cut.by))
    table = ShareTable(
        f"closed-at-entry-by-{cut.key}",
        "closed_at_entry",
        cut.title(_("Closed at entry")),
        _all_in_all(_("Closed within ten minutes"), rows, "at_entry"),
        cut.heading,
        pgettext("figures", "Received"),
        {"at_entry": _("Closed within ten minutes")},
        cut.notes,
    )
    return share_figure(table, [one for one in rows if one[1].parts["at_entry"]], view.links)


def _channels(view: View, found: dict[str, Parts]) -> Figure:
    everything = sum(one.n for one in found.values())
    known = [one for one in INTAKE_CHANNELS if one in found]
    rows = [
        (Row(_(INTAKE_NAMES[one]), one, {"channel": one}), _of_all(found[one], everything))
        for one in known
    ]
    table = ShareTable(
        "channels",
        "channel",
        _("How requests come in"),
        _("Requests received in the period: %(number)s.", number=count_words(everything)),
        _("Received by"),
        pgettext("figures", "Received"),
        {"share": _("Share of all")},
    )
    return share_figure(table, rows, view.links)


def _of_all(parts: Parts, everything: int) -> Parts:
    return Parts(everything, {"share": parts.n})


def _all_in_all(what: str, rows: Sequence[Counted], part: str) -> str:
    """Return in words the share of all rows."""
    found = total(rows)
    if not found.n:
        return _("There are no requests to count.")
    return _(
        "%(what)s: %(share)s of %(number)s.",
        what=what,
        share=share_words(found.share(part)),
        number=count_words(found.n),
    )
