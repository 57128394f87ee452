"""What happens after a report is sent, in sentences: who takes it, why, and until when."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import ngettext

from geo.coordinates import Point
from geo.routing.decide import Decision
from geo.routing.public_reason import public_reason_of
from open311.errors import OutsideServiceArea
from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.due_dates import due_by
from open311.queries.requests.record import records_of_city
from open311.queries.routing.decide import RoutingCase
from open311.queries.routing.snapshot import route_in
from open311.web.accuracy import tolerance_of
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.dates import weekday_words
from open311.web.languages import language, say


@dataclass(frozen=True)
class Outlook:
    """Sentences about a report before it is sent; empty where nothing is known.

    contact_reason says why the service needs an address or a phone number.
    """

    takes: str = ""
    due: str = ""
    record: str = ""
    notice: str = ""
    urgent_text: str = ""
    urgent_phone: str = ""
    contact_reason: str = ""


def outlook_of(
    city: City,
    jurisdiction: Scope,
    service: ServiceInfo,
    point: Point | None,
    now: datetime,
    *,
    is_screened: bool = True,
) -> Outlook:
    """Return the outlook for a service at a place, if that is known. now is aware.

    Reports of residents are screened; what staff enter is not held.
    """
    words = page_words(city)
    code = service.service_code
    return Outlook(
        takes="" if point is None else _takes(words, jurisdiction, service, point, now),
        due=_due(city, jurisdiction, service, now),
        record=_record(city, code, now),
        notice=notice_of(service, is_screened=is_screened),
        urgent_text=words.text("service", code, "urgent_text", service.urgent_text),
        urgent_phone=service.urgent_phone,
        contact_reason=say("This service needs your email address or phone number to answer you.")
        if service.needs_contact
        else "",
    )


def _takes(
    words: CatalogWords, jurisdiction: Scope, service: ServiceInfo, point: Point, now: datetime
) -> str:
    """Return which department takes it and why; empty outside the service area."""
    case = RoutingCase(
        service_code=service.service_code,
        group=service.group,
        point=point,
        at=now,
        tolerance=tolerance_of(None),
    )
    try:
        decision = route_in(words.city, jurisdiction, case).decision
    except OutsideServiceArea:
        return ""
    department = words.department_of(decision.department_id)
    reason = _reason(words, decision)
    if not reason:
        return say("%(department)s will take this.", department=department)
    return say(
        "%(department)s will take this, because %(reason)s.", department=department, reason=reason
    )


def _reason(words: CatalogWords, decision: Decision) -> str:
    """Return the part of a sentence that follows "because"; empty without a reason."""
    reason = public_reason_of(decision)
    if reason.text:
        return words.public_reason(reason.code, reason.text)
    names = ", ".join(hit.name or hit.code for hit in reason.boundaries)
    return say("the place is in %(boundary)s", boundary=names) if names else ""


def _due(city: City, jurisdiction: Scope, service: ServiceInfo, now: datetime) -> str:
    if service.expected_days is None:
        return ""
    due = due_by(jurisdiction, now, service.expected_days, city.guide.calendar)
    return say("Expected by %(day)s.", day=weekday_words(due, jurisdiction.zone, language()))


def _record(city: City, service_code: str, now: datetime) -> str:
    record = records_of_city(city, now).get(service_code)
    if record is None or record.nine_in_ten_days is None:
        return ""
    return str(
        ngettext(
            "In the past year 9 of 10 such requests were closed within %(num)s day "
            "(%(requests)s requests).",
            "In the past year 9 of 10 such requests were closed within %(num)s days "
            "(%(requests)s requests).",
            record.nine_in_ten_days,
            requests=record.requests,
        )
    )


def notice_of(service: ServiceInfo, *, is_screened: bool = True) -> str:
    """Return who sees requests for a service; empty if everyone does at once."""
    if service.type == "blackbox":
        return say("The public does not see requests for this service.")
    if service.type == "batch" or (is_screened and service.looked_at_first):
        return say("Staff look at this before the public can see it.")
    return ""
