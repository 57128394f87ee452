"""Weekly reports for staff: of the city, and of each department."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, url_for
from flask_login import login_required

from open311.queries.insights.reports import StoredReport, list_reports
from open311.staff.pages import city_snapshot, page, staff_pages
from open311.web.insights.figure import Page
from open311.web.insights.files import figure_file
from open311.web.insights.links import Links
from open311.web.insights.report import report_page, staff_report
from open311.web.insights.weeks import report_of, week_code, week_title
from open311.web.parameters import first, sent_values

blueprint = staff_pages("staff_reports", "/staff/insights/reports")

LISTED = 520
"""Reports on the list: ten years."""


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """List the reports, the newest first."""
    scope = city_snapshot().scope
    weeks = [row.week for row in list_reports(scope, LISTED)]
    links = [(week_title(week), url_for(".show", week=week_code(week))) for week in weeks]
    return page("reports.html", scope, reports=links)


@blueprint.get("/<week>")
@login_required  # type: ignore[untyped-decorator]
def show(week: str) -> str:
    """Show the report of a week as it was published, of the city or a department."""
    city = city_snapshot()
    found = report_of(city, week, for_staff=True)
    reported = found.document["departments"]
    return page(
        "report.html",
        city.scope,
        heading=week_title(found.week),
        shown=_page(found),
        made_at=found.made_at,
        departments=[one for one in city.departments if one[0] in reported],
        department=_department(),
        how_url=url_for("staff_insights.how"),
    )


@blueprint.get("/<week>/<key>.csv")
@login_required  # type: ignore[untyped-decorator]
def table(week: str, key: str) -> Response:
    """Return the table of a figure of a report as CSV."""
    return figure_file(_page(report_of(city_snapshot(), week, for_staff=True)) or Page(), key)


def _department() -> str:
    return first(sent_values(), "department") or ""


def _page(found: StoredReport) -> Page | None:
    report = staff_report(found.document, _department())
    return None if report is None else report_page(report, _links(found.week))


def _links(week: date) -> Links:
    """Return where the figures of a report lead: to the same requests as they are now."""
    department = _department()
    # Of a department that is gone, the list says so; it never shows those of the whole city.
    name = dict(city_snapshot().departments).get(department, department)
    kept = {"agency_responsible": name} if name else {}
    chosen: dict[str, Any] = {"department": department} if department else {}
    lists = url_for("staff_finding.index")
    return Links(
        requests=lambda **more: f"{lists}?{urlencode({**kept, **more}, doseq=True)}",
        csv=lambda key: url_for(".table", week=week_code(week), key=key, **chosen),
    )
