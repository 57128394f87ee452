"""The report of a week: made once from the figures of then, and shown from its document."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import pgettext

from open311.figures.survival import Quartiles
from open311.queries.city import City
from open311.queries.insights.days import count_hidden
from open311.queries.insights.flow import no_flow
from open311.queries.insights.flow import weeks as weeks_between
from open311.queries.insights.promises import NO_PROMISES
from open311.queries.insights.reports import StoredReport, find_report
from open311.queries.search.visibility import Audience
from open311.web.insights.asked import WEEK, WEEKS, Period, first_moment, period_of, read_filters
from open311.web.insights.figure import Cell, Column, Figure, Number, Page, Row
from open311.web.insights.frozen import (
    Document,
    Report,
    ReportedService,
    Revised,
    from_document,
    to_document,
)
from open311.web.insights.gathered import BY_SERVICE, gather_week
from open311.web.insights.links import Links
from open311.web.insights.promises import promises_by
from open311.web.insights.time import times_by
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.week import WeekFigures, week_page
from open311.web.insights.wording import count_words, share_words
from open311.web.languages import say as _

NO_LINKS = Links(requests=lambda **_filters: "", csv=lambda _key: "")
"""Of figures that are kept, not shown."""


def make_documents(city: City, week: date, now: datetime) -> tuple[Document, Document] | None:
    """Return the documents of the public and of staff about a week that is over.

    week is its Monday; now is aware. None if there is nothing to report. That of staff has one
    report of the city, and one of each department by its code. If no request is public, the public
    report has zeros, and says how many are not included. Raises Busy while facts are missing.
    """
    former = [
        find_report(city.scope.jurisdiction_id, week - WEEK, for_staff=for_staff)
        for for_staff in (False, True)
    ]
    of_everybody = _view(city, Audience.PUBLIC, now)
    public = _make(of_everybody, week, former[0], ())
    whole = _make(_view(city, Audience.STAFF, now), week, former[1], ("city",))
    if whole is None:
        return None
    departments = {}
    for code, name in city.departments:
        view = _view(city, Audience.STAFF, now, name)
        made = _make(view, week, former[1], ("departments", code))
        if made is not None:
            departments[code] = to_document(made)
    of_public = to_document(public or _without_public(of_everybody, week))
    return of_public, {"city": to_document(whole), "departments": departments}


def _view(city: City, audience: Audience, now: datetime, department: str = "") -> View:
    values = {"agency_responsible": [department]} if department else {}
    filters = read_filters(city, values)
    return View(city, audience, filters, period_of(city, filters.asked), now, NO_LINKS)


def _make(
    view: View, week: date, former: StoredReport | None, place: Sequence[str]
) -> Report | None:
    """Return a report; place is where the one of the week before is in the former document."""
    end = week + WEEK
    found = gather_week(view, end)
    if found is None:
        return None
    curves = view.curves(end - FOUR_WEEKS, end, BY_SERVICE)
    promises = view.promises(end - FOUR_WEEKS, end, BY_SERVICE)
    known = {*curves, *promises, *found.services}
    services = [
        ReportedService(
            code,
            row.name,
            Quartiles.of(curves[code]) if code in curves else None,
            promises.get(code),
        )
        for code, row in view.services.items()
        if code in known
    ]
    begin, after = (first_moment(day, view.city) for day in (end - WEEKS * WEEK, end))
    is_public = view.audience is not Audience.STAFF
    hidden = count_hidden(view.population, begin, after) if is_public else 0
    return Report(found, services, hidden, _revised(former, place))


def _without_public(view: View, week: date) -> Report:
    """Return the report of a week for a public that may see no request of the city."""
    end = week + WEEK
    begin = end - WEEKS * WEEK
    flows = [no_flow(span) for span in weeks_between(begin, end)]
    hidden = count_hidden(
        view.population, first_moment(begin, view.city), first_moment(end, view.city)
    )
    found = WeekFigures(flows, NO_CURVE, NO_PROMISES, None, {})
    return Report(found, [], hidden, None)


def _revised(former: StoredReport | None, place: Sequence[str]) -> Revised | None:
    document: Document | None = None if former is None else former.document
    for key in place:
        document = None if document is None else document.get(key)
    if former is None or document is None:
        return None
    told = from_document(document)
    return Revised(former.made_at, told.flow, told.week.promises)


def staff_report(document: Document, department: str = "") -> Report | None:
    """Return the report of the city, or of a department by its code, of a document of staff."""
    found = document["departments"].get(department) if department else document["city"]
    return None if found is None else from_document(found)


def report_page(report: Report, links: Links) -> Page:
    """Return what the page of a report shows."""
    rows = service_rows_of(report.services)
    week = report.week
    told = WeekFigures(week.weeks, week.curve, week.promises, None, week.services, week.last_year)
    shown = week_page(told, rows, links)
    numbers = [*shown.numbers, *_overdue_number(week.overdue, links)]
    figures = [*shown.figures, *_of_services(report, rows, links)]
    if report.revised is not None:
        figures.append(revision_figure(report, report.revised, links))
    return Page(shown.sentences, numbers, _notes(report), figures)


def service_rows_of(services: Sequence[ReportedService]) -> Mapping[str, Row]:
    """Return the services of a report by code, with their names of then."""
    return {one.code: Row(one.name, one.code, {"service_code": one.code}) for one in services}


def _overdue_number(overdue: int | None, links: Links) -> Sequence[Number]:
    if overdue is None:
        return ()
    url, label = links.requests(overdue="true"), _("overdue when the report was made")
    return (Number(count_words(overdue), label, url, "overdue", _("Requests overdue now")),)


def _of_services(report: Report, rows: Mapping[str, Row], links: Links) -> Sequence[Figure]:
    services, end = report.services, report.flow.span.end
    period = Period(end - FOUR_WEEKS, end)
    timed = [(rows[one.code], one.times) for one in services if one.times is not None]
    promised = [(rows[one.code], one.promises) for one in services if one.promises is not None]
    times = times_by("time-by-service", _("Time to close by service"), _("Service"), timed, links)
    kept = promises_by(
        "promises-by-service", _("Closed on time by service"), _("Service"), promised, links, period
    )
    return [*([times] if timed else ()), *([kept] if promised else ())]


def _notes(report: Report) -> Sequence[str]:
    if not report.hidden:
        return ()
    return (
        _(
            "Requests not included, as they are not public: %(number)s in %(weeks)s weeks.",
            number=count_words(report.hidden),
            weeks=count_words(len(report.week.weeks)),
        ),
    )


def revision_figure(report: Report, revised: Revised, links: Links) -> Figure:
    """Return the figures of the week before as they were published, and as they were now."""
    week = revised.flow.span.begin
    now = next((one for one in report.week.weeks if one.span.begin == week), revised.flow)
    pairs = [
        (pgettext("figures", "Received"), revised.flow.received, now.received),
        (_("Closed"), revised.flow.closed, now.closed),
        (_("Reopened"), revised.flow.reopened, now.reopened),
        (_("Open at the end"), revised.flow.open_at_end, now.open_at_end),
    ]
    changed = sum(then != later for _name, then, later in pairs)
    return Figure(
        "revision",
        "revision",
        _("The week before, as published and as revised"),
        _revision_finding(changed, len(pairs)),
        (
            Column(_("Requests"), "requests"),
            Column(_("As published"), "published"),
            Column(_("Now"), "revised"),
        ),
        [
            (Cell(name), Cell(count_words(then), then), Cell(count_words(later), later))
            for name, then, later in pairs
        ],
        notes=[
            _(
                "Closed on time in the four weeks before, as published: %(share)s.",
                share=share_words(revised.promises.share),
            )
        ],
        csv_url=links.csv("revision"),
    )


def _revision_finding(changed: int, all_: int) -> str:
    if not changed:
        return _("None of the figures of the week before has changed since they were published.")
    return _(
        "Of %(all)s figures of the week before, %(changed)s changed since they were published.",
        all=count_words(all_),
        changed=count_words(changed),
    )
