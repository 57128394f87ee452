"""The start page: what needs fixing?"""

from open311.queries.search.criteria import Criteria
from open311.residents.cards import latest_cards
from open311.residents.form_fields import SERVICE_FIELDS, among
from open311.residents.pages import site_pages
from open311.residents.report_form import ReportForm
from open311.residents.report_pages import Page, whole_form
from open311.web.freshness import fresh
from open311.web.parameters import sent_values
from open311.web.site import site, site_city, site_page

blueprint = site_pages("site_home")

LATEST = 5
"""Requests below the form."""


@blueprint.get("/")
@fresh
def show() -> Page:
    """Show the form for a report, for a service if a link named one; or that it is closed."""
    latest = latest_cards(site_city(), Criteria(), LATEST)
    if not site().takes_reports:
        return site_page("closed.html", latest=latest)
    form = ReportForm.of(among(sent_values(), SERVICE_FIELDS))
    return whole_form(form, {}, latest=latest)
