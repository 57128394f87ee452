"""The confirmation of a report, which can be loaded again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from open311.errors import Gone, NotFound
from open311.messages.residents import LINK_UNKNOWN, REPORT_WITHDRAWN
from open311.queries.residents.drafts import find_sent_report
from open311.residents.pages import site_pages
from open311.residents.report_pages import Page
from open311.secret_links import hash_of_token
from open311.web.catalog_words import page_words
from open311.web.dates import weekday_words
from open311.web.languages import language, say
from open311.web.site import link, site, site_address, site_city, site_page


def _expected(due: datetime, zone: ZoneInfo) -> str:
    return say("Expected by %(day)s.", day=weekday_words(due, zone, language()))


blueprint = site_pages("site_sent", "/report/sent")


@blueprint.get("/<secret>")
def show(secret: str) -> Page:
    """Show the number, who takes it until when, and the secret link."""
    city = site_city()
    found = find_sent_report(city.scope, hash_of_token(secret))
    if found is None:
        raise NotFound(LINK_UNKNOWN)
    if found.withdrawn_at is not None:
        raise Gone(REPORT_WITHDRAWN)
    due = found.expected_datetime
    words = page_words(city)
    department = words.department_name(found.department_code, found.department)
    return site_page(
        "sent.html",
        number=found.service_request_id or "",
        service_name=words.service_name(found.service_code, found.service_name),
        track_url=f"{site_address(site())}{link('site_track.show', secret=secret)}",
        takes=say("%(department)s has it.", department=department),
        due="" if due is None else _expected(due, city.scope.zone),
        service_notice=words.text(
            "service", found.service_code, "service_notice", found.service_notice
        ),
        held=not found.public and found.service_type != "blackbox",
    )
