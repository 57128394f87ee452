"""A service request as the pages of the website show it, for the public or for its reporter."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno

from open311.media.store import thumbnail_of
from open311.personal_data import ERASED
from open311.queries.city import City
from open311.queries.media import MEDIA_PATH
from open311.queries.residents.reports import ReportRows
from open311.residents.timeline import Picture, Pictures, erased_text, list_entries, sentence_of
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.dates import dated_words, day_words
from open311.web.languages import language, say
from open311.web.moderation_words import moderation_reason
from open311.web.site import link
from schemas.vocabulary import progress
from schemas.vocabulary.statuses import CLOSED, DUPLICATE, OPEN

PhotoLink = Callable[[str], str]
"""Returns the link of a stored photo, or of a thumbnail, by its file name."""


def public_photo(name: str) -> str:
    """Return the path of a photo of a published request."""
    return f"{MEDIA_PATH}/{name}"


def record(city: City, rows: ReportRows, photo_link: PhotoLink = public_photo) -> dict[str, Any]:
    """Return what the templates call one, as templates/residents/record.html describes it."""
    one, zone, catalog = rows.one, city.scope.zone, page_words(city)
    pictures = _pictures(rows, photo_link)
    removed = _removed(rows, zone)
    of_comments = {key: " ".join(some) for key, some in removed.items() if key}
    is_erased = one.description == ERASED
    reasons = [*([erased_text()] if is_erased else ()), *removed.get(None, ())]
    return {
        "service_request_id": one.service_request_id or "",
        "address": one.address_string,
        "lat": one.lat,
        "long": one.long,
        "bbox": _box_around(one.lat, one.long),
        "requested_at": one.requested_at,
        **_state(catalog, rows),
        **_dates(rows, zone),
        "description": "" if is_erased else one.description,
        "removed": " ".join(reasons),
        "photos": pictures.get(("request", None), ()),
        "links": _links(one, pictures),
        "answers": (),
        "entries": list_entries(catalog, rows, pictures, of_comments),
        "supports": rows.supports,
        "sent_to": [(sent.name, sent.foreign_id) for sent in rows.lists["forwardings"]],
        **{kind: _linked(rows, kind) for kind in ("continues", "continued_as", "duplicate")},
        "qr": "",
    }


def _state(catalog: CatalogWords, rows: ReportRows) -> dict[str, Any]:
    """Return the status in words, who has the request and why, and what it was joined with."""
    one, visibility = rows.one, visibility_of(rows)
    main = next((other for other in rows.lists["links"] if other.kind == "main"), None)
    status = progress.WAITS if one.waits_since is not None else one.detailed_status
    if main is not None:
        status = DUPLICATE
    words = {
        "department": catalog.department_name(one.department_code, one.department),
        "service": catalog.service_name(one.service_code, one.service_name),
    }
    return {
        "service_name": words["service"],
        "department": words["department"],
        "reason": _reason(catalog, one),
        "status": status,
        "sentence": sentence_of(status, words),
        "visibility": visibility,
        "visibility_sentence": sentence_of(visibility, words) if visibility else "",
        "main_id": main.service_request_id if main is not None and main.public else "",
        "main_url": _url(main) if main is not None and main.public else "",
    }


def _dates(rows: ReportRows, zone: ZoneInfo) -> dict[str, Any]:
    """Return when it is expected, and was at first; nothing while it waits or once it is closed."""
    one = rows.one
    due = one.expected_datetime if one.status == OPEN and one.waits_since is None else None
    return {
        "expected": long_day(due, zone),
        "was_expected": _former(one.first_expected_datetime, due, zone),
        "late": due is not None and due < datetime.now(UTC),
    }


def _reason(words: CatalogWords, one: Any) -> str:
    """Return why the department has the request; empty if a person chose it, or nobody has said."""
    if one.pinned:
        return ""
    if one.public_reason:
        reason = words.public_reason(one.rule_code, one.public_reason)
        return say("because %(reason)s", reason=reason) if reason else ""
    if one.deciding_boundary:
        return say("because the place is in %(boundary)s", boundary=one.deciding_boundary)
    return ""


def visibility_of(rows: ReportRows) -> str:
    """Return why the public does not see a request, a code of PROGRESS; empty if it does."""
    one = rows.one
    if one.public:
        return ""
    if one.service_type == "blackbox":
        return progress.CONFIDENTIAL
    holds = rows.lists.get("holds", ())
    if any(hold.outcome == "hidden" for hold in holds):
        return progress.HIDDEN
    if holds:
        return progress.HELD
    return progress.AWAITS_APPROVAL if one.service_request_id is None else progress.HIDDEN


def long_day(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return the day of a time in a zone as day_words does, with the full name of the month."""
    return day_words(moment, zone, language(), "MMMM")


def _former(first: datetime | None, due: datetime | None, zone: ZoneInfo) -> str:
    """Return the first date in words if the present one is another day."""
    if first is None or due is None or first.astimezone(zone).date() == due.astimezone(zone).date():
        return ""
    return long_day(first, zone)


def _pictures(rows: ReportRows, photo_link: PhotoLink) -> Pictures:
    """Return the stored photos by what they belong to; those of the request have no id."""
    found: dict[tuple[str, int | None], list[Picture]] = {}
    for medium in rows.lists["media"]:
        if medium.name is None:
            continue
        key = _owner(medium)
        number = len(found.get(key, ())) + 1
        found.setdefault(key, []).append(
            (
                photo_link(medium.name),
                say("Photo %(number)s", number=number),
                photo_link(thumbnail_of(medium.name)),
            )
        )
    return found


def _owner(medium: Any) -> tuple[str, int | None]:
    if medium.status_change_id is not None:
        return "status", medium.status_change_id
    if medium.received_update_id is not None:
        return "update", medium.received_update_id
    return "request", None


def _links(one: Any, pictures: Pictures) -> Sequence[str]:
    """List links to images elsewhere: the first is all that some requests have."""
    has_own = ("request", None) in pictures
    return [one.media_url] if one.media_url.startswith("http") and not has_own else []


def _removed(rows: ReportRows, zone: ZoneInfo) -> Mapping[int | None, list[str]]:
    """Return why texts or photos are not shown, by the id of a received update, or None."""
    found: dict[int | None, list[str]] = {}
    for one in rows.lists["moderations"]:
        day = dated_words(one.at, zone, language())
        what = say("Photo") if one.target == "photo" else say("Text")
        sentence = (
            say("%(what)s hidden by the requester, %(day)s.", what=what, day=day)
            if one.by_reporter
            else say(
                "%(reason)s (the city, %(day)s)", reason=moderation_reason(one.reason), day=day
            )
        )
        found.setdefault(one.received_update_id, []).append(sentence)
    return found


def _url(other: Any) -> str:
    return link("site_requests.show", service_request_id=other.service_request_id)


def _linked(rows: ReportRows, kind: str) -> list[tuple[str, str]]:
    """List number and link of the public requests that are linked in a way."""
    return [
        (other.service_request_id, _url(other))
        for other in rows.lists["links"]
        if other.kind == kind and other.public
    ]


AROUND = 0.004
"""Degrees to each side of the map that a page links to: a few blocks."""


def _box_around(lat: float | None, long: float | None) -> str:
    """Return the filter of lists and maps for what is around a place; empty without one."""
    if lat is None or long is None:
        return ""
    sides = (long - AROUND, lat - AROUND, long + AROUND, lat + AROUND)
    return ",".join(f"{side:.5f}" for side in sides)


def is_closed(rows: ReportRows) -> bool:
    return bool(rows.one.status == CLOSED)


def qr_code(url: str) -> str:
    """Return a QR code as a data URI of an SVG image."""
    return str(segno.make(url, micro=False).svg_data_uri(scale=4, border=2))
