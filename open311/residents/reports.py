"""Weekly reports for the public: a page for each, their list, and a feed (Atom, RFC 4287)."""

from datetime import date, datetime
from typing import Any

from flask import Response, request
from lxml import etree

from open311.queries.insights.reports import find_report, list_reports
from open311.residents.atom import ATOM, add, new_feed
from open311.residents.insights import keep, list_url
from open311.residents.pages import site_pages
from open311.web.insights.files import figure_file
from open311.web.insights.frozen import from_document
from open311.web.insights.links import Links
from open311.web.insights.report import report_page
from open311.web.insights.weeks import report_of, week_code, week_title
from open311.web.languages import say
from open311.web.site import link, site, site_address, site_city, site_page
from schemas.fields import w3c

blueprint = site_pages("site_reports", "/insights")
blueprint.after_request(keep)

LISTED = 520
"""Reports on the list: ten years."""

ENTRIES = 13
"""Reports in the feed."""


@blueprint.get("/reports")
def index() -> tuple[str, int]:
    """List the reports, the newest first."""
    return site_page(
        "reports.html",
        here="insights",
        reports=[
            (week_title(row.week), link("site_reports.show", week=week_code(row.week)))
            for row in list_reports(site_city().scope, LISTED)
        ],
        insights_url=link("site_insights.show"),
        feed_url=link("site_reports.feed"),
    )


@blueprint.get("/<week>")
def show(week: str) -> tuple[str, int]:
    """Show the report of a week as it was published."""
    found = report_of(site_city(), week)
    return site_page(
        "report.html",
        here="insights",
        heading=week_title(found.week),
        shown=report_page(from_document(found.document), _links(found.week)),
        made_at=found.made_at,
        how_url=link("site_insights.how"),
        reports_url=link("site_reports.index"),
    )


@blueprint.get("/<week>/<key>.csv")
def table(week: str, key: str) -> Response:
    """Return the table of a figure of a report as CSV."""
    found = report_of(site_city(), week)
    return figure_file(report_page(from_document(found.document), _links(found.week)), key)


def _links(week: date) -> Links:
    code = week_code(week)
    return Links(
        requests=lambda **more: list_url(more),
        csv=lambda key: link("site_reports.table", week=code, key=key),
    )


@blueprint.get("/reports.atom")
def feed() -> Response:
    """Return the newest reports as a feed, each with its sentences."""
    city = site_city()
    links = [("self", _address(request.path)), ("alternate", _address(link("site_reports.index")))]
    rows = list_reports(city.scope, ENTRIES)
    updated = rows[0].made_at if rows else city.scope.changed_at
    title = say("Weekly reports of %(city)s", city=city.scope.name)
    made = new_feed(city, title, updated, links)
    for row in rows:
        stored = find_report(city.scope.jurisdiction_id, row.week)
        if stored is not None:
            _add_entry(made, row.week, row.made_at, stored.document)
    body = etree.tostring(made, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _add_entry(made: etree._Element, week: date, made_at: datetime, document: Any) -> None:
    code = week_code(week)
    entry = etree.SubElement(made, f"{{{ATOM}}}entry")
    add(entry, "title", week_title(week))
    # The same for readers of each language: it names the report, not the page.
    add(entry, "id", _address(f"/insights/{code}"))
    page = _address(link("site_reports.show", week=code))
    add(entry, "link", rel="alternate", href=page, type="text/html")
    for name in ("published", "updated"):
        add(entry, name, w3c(made_at))
    sentences = report_page(from_document(document), _links(week)).sentences
    add(entry, "summary", " ".join(sentences))


def _address(path: str) -> str:
    return f"{site_address(site())}{path}"
