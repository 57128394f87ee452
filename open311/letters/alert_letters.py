"""Emails of alerts: the question whether they are wanted, and lists of requests.

They contain what everyone can read on the public pages of the requests.
"""

from collections.abc import Mapping

from babel.numbers import format_decimal

from open311.letters.texts import built_in_text, foot_of
from open311.letters.values import ALERT_PAGE, PUBLIC_PAGE, STOP_PAGE, page_of
from open311.mail.envelope import Letter
from open311.mail.frame import frame
from open311.mail.markup import Block, fill_line, fill_markdown, to_html, to_plain
from open311.operations.telling.send_alerts import AlertOutgoing
from open311.queries.city import City
from open311.queries.telling.alerts import ToldRequest
from open311.web.alert_words import AlertWords, list_path
from open311.web.catalog_words import CatalogWords
from open311.web.languages import read_messages
from open311.web.site import site_address
from schemas.vocabulary.progress import PROGRESS
from schemas.vocabulary.telling import ALERT

_ITEM = "- [((id))((service??: ((service))))((place??, ((place))))](((link)))"
_STATE = "((status))((department??, ((department))))"
"""A request in a list; nothing in it needs a translation."""


def write_alert_letter(outgoing: AlertOutgoing, city: City) -> Letter:
    """Return what an email of an alert says."""
    language, values = outgoing.alert.language, _values(outgoing, city)
    own = outgoing.own_text or built_in_text(outgoing.kind, language)
    subject = fill_line(own.subject, values)
    body = fill_markdown(own.body, values)
    foot = fill_markdown(foot_of(outgoing.kind, language), values)
    html = frame(
        to_html(body), to_html(foot), subject=subject, city=city.scope.name, language=language
    )
    return Letter(
        subject=subject,
        plain=f"{to_plain(body)}\n-- \n{to_plain(foot)}",
        html=html,
        stop_url=_one_click(outgoing, city),
        list_id=f"alerts.{city.scope.jurisdiction_id}",
    )


def _one_click(outgoing: AlertOutgoing, city: City) -> str:
    """Return the URL that ends an alert when a mail program posts to it."""
    if outgoing.kind != ALERT or city.site is None:
        return ""
    return f"{site_address(city.site)}/{STOP_PAGE}/{outgoing.token}"


def _values(outgoing: AlertOutgoing, city: City) -> Mapping[str, str]:
    """Return the values of all placeholders of alerts."""
    alert, items = outgoing.alert, outgoing.items
    language = alert.language
    own = page_of(city, language, ALERT_PAGE, outgoing.token)
    more = items.number - len(items.requests)
    return {
        "city": city.scope.name,
        **AlertWords(city, language, alert).values(),
        "news": _news(outgoing),
        "list": Block("\n".join(_line(one, city, language) for one in items.requests)),
        "more": format_decimal(more, locale=language) if more else "",
        "link": page_of(city, path=list_path(alert, language)),
        "confirm_link": own,
        "manage_link": own,
        "stop_link": page_of(city, language, STOP_PAGE, outgoing.token),
    }


def _news(outgoing: AlertOutgoing) -> str:
    """Return the numbers of what has happened in words: 3 new requests, 1 closed request."""
    messages, items = read_messages(outgoing.alert.language), outgoing.items
    new = messages.ngettext("%(count)s new request", "%(count)s new requests", items.new)
    closed = messages.ngettext(
        "%(count)s closed request", "%(count)s closed requests", items.closed
    )
    language = outgoing.alert.language
    counted = ((new, items.new), (closed, items.closed))
    return ", ".join(
        text % {"count": format_decimal(count, locale=language)} for text, count in counted if count
    )


def _line(one: ToldRequest, city: City, language: str) -> str:
    words = CatalogWords(city, language)
    values = {
        "id": one.service_request_id,
        "service": words.service_name(one.service_code, one.service_name),
        "place": one.address,
        "link": page_of(city, language, PUBLIC_PAGE, one.service_request_id),
        "status": read_messages(language).gettext(PROGRESS[one.detailed_status].word),
        "department": words.department_name(one.department_code, one.department),
    }
    # A line of a list must stay one, whatever a value contains.
    filled = (fill_markdown(text, values).replace("\n", " ") for text in (_ITEM, _STATE))
    return "\\\n  ".join(filled)
