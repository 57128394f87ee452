"""What residents can report: each service, who does it, what is promised, and how that was kept."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import format_decimal, format_percent, ngettext

from open311.queries.catalog.services import ServiceInfo, service_unknown
from open311.queries.requests.record import Record, records_of_city
from open311.queries.search.criteria import Criteria
from open311.residents.cards import latest_cards
from open311.residents.pages import mark_unlisted, site_pages
from open311.residents.who_does_it import who_does_it
from open311.web.caching import revalidate
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.freshness import fresh
from open311.web.outlook import notice_of
from open311.web.service_cards import card_of, in_groups, offered, questions_of
from open311.web.site import link, site_city, site_page

blueprint = site_pages("site_services", "/services")
blueprint.after_request(revalidate)
blueprint.after_request(mark_unlisted)

LATEST = 5
"""Requests on the page of a service."""


@blueprint.get("")
def index() -> tuple[str, int]:
    """Show all services of the website, by group."""
    city = site_city()
    words, records = page_words(city), records_of_city(city, datetime.now(UTC))
    shown = [_shown(words, one, records) for one in offered(city)]
    return site_page("services.html", here="services", groups=in_groups(shown))


@blueprint.get("/<opaque:service_code>")
@fresh
def show(service_code: str) -> tuple[str, int]:
    """Show one service, also one that only other channels offer."""
    city = site_city()
    service = city.services.get(service_code)
    if service is None:
        raise service_unknown(service_code)
    words, records = page_words(city), records_of_city(city, datetime.now(UTC))
    return site_page(
        "service.html",
        here="services",
        service={**_shown(words, service, records), **_details(words, service)},
        departments=who_does_it(words, service),
        questions=questions_of(words, service),
        latest=latest_cards(city, Criteria(services=(service_code,)), LATEST),
        list_url=link("site_lists.index", service_code=service_code),
        is_confidential=service.type == "blackbox",
    )


def _shown(
    words: CatalogWords, service: ServiceInfo, records: Mapping[str, Record]
) -> dict[str, Any]:
    """Return a service as services.html shows it."""
    code = service.service_code
    record = records.get(code)
    return {
        **card_of(words, service),
        "description": words.text("service", code, "description", service.description),
        "description_lang": words.lang("service", code, "description"),
        "url": link("site_services.show", service_code=code),
        "promise": promise_words(service.expected_days),
        "record": None if record is None else _recorded(record),
        "is_on_site": service.is_on_site,
    }


def promise_words(days: float | None) -> str:
    """Return the promised time in words; empty for None."""
    if days is None:
        return ""
    number = format_decimal(days)
    return str(
        ngettext("%(days)s working day", "%(days)s working days", _plural(days), days=number)
    )


def _plural(days: float) -> int:
    """Return a whole number with the same plural form."""
    return 1 if days == 1 else 2


def _recorded(record: Record) -> dict[str, Any]:
    days = record.nine_in_ten_days
    return {
        "requests": record.requests,
        "closed": record.closed,
        "nine_in_ten": ""
        if days is None
        else str(ngettext("%(days)s day", "%(days)s days", days, days=format_decimal(days))),
        "kept": "" if record.kept_share is None else format_percent(record.kept_share),
    }


_TEXTS = ("service_notice", "urgent_text")


def _details(words: CatalogWords, service: ServiceInfo) -> dict[str, Any]:
    texts = {
        field: words.text("service", service.service_code, field, getattr(service, field))
        for field in _TEXTS
    }
    return {**texts, "urgent_phone": service.urgent_phone, "visibility": notice_of(service)}
