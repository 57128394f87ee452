"""What the reporter of a request may do now, for the page of the secret link."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from open311.media.store import photo_of
from open311.queries.city import City
from open311.queries.requests.answers import in_words
from open311.queries.residents.reports import ReportRows
from open311.residents.record import long_day
from open311.web.catalog_words import page_words
from open311.web.site import sends_texts
from schemas.vocabulary.feedback import NO
from schemas.vocabulary.statuses import BEFORE_WORK, CLOSED, OF_OTHERS
from schemas.vocabulary.telling import EMAIL, SMS


def acts_of(city: City, rows: ReportRows, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of templates/residents/track.html that depends on the request."""
    one = rows.one
    closing = _last_closing(rows)
    answered = next(
        (
            feedback.answer
            for feedback in rows.lists["feedback"]
            if closing is not None and feedback.status_change_id == closing.id
        ),
        "",
    )
    may = {"add", "email", "new-link", "withdraw"}
    if one.status != CLOSED and one.waits_since is not None:
        may.add("answer")
    if one.status == CLOSED and not shown["main_id"] and answered != NO:
        may.add("fixed")
    hideable = _hideable(rows, shown)
    if hideable or shown["description"]:
        may.add("hide")
    wishes = {row.kind: row for row in rows.lists["subscriptions"] if row.state != "ended"}
    texts = wishes.get(SMS)
    if sends_texts() or texts is not None:
        may.add("texts")
    return {
        "one": {**shown, "answers": _answers(city, one)},
        "may": may,
        "question": one.status_notes if "answer" in may else "",
        "hideable": hideable,
        "text_shown": bool(shown["description"]),
        "updates": wishes[EMAIL].state if EMAIL in wishes else "",
        "texts": "" if texts is None else "on" if texts.verified_at else texts.state,
        "keeps": is_needed_by_others(rows),
        "reopen_by": _reopen_by(city, rows, closing) if "fixed" in may else "",
        "answered": answered,
    }


def _last_closing(rows: ReportRows) -> Any:
    """Return the step that closed the request; None while it is open."""
    closing, before = None, ""
    for step in rows.lists["steps"]:
        if step.status == CLOSED != before:
            closing = step
        before = step.status
    return closing if rows.one.status == CLOSED else None


def _hideable(rows: ReportRows, shown: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """List (name, link of the thumbnail, text) of the photos that the reporter sent."""
    own = {one.update_id for one in rows.lists["comments"] if one.own}
    mine = {
        medium.name
        for medium in rows.lists["media"]
        if medium.name is not None
        and medium.status_change_id is None
        and (medium.received_update_id is None or medium.received_update_id in own)
    }
    pictures = [*shown["photos"], *(one for entry in shown["entries"] for one in entry.photos)]
    named = [(photo_of(url.rpartition("/")[2]) or "", small, alt) for url, alt, small in pictures]
    return [one for one in named if one[0] in mine]


def _answers(city: City, one: Any) -> list[tuple[str, list[str]]]:
    """List the answers to the questions of the service, in the language of the page."""
    service, words = city.services.get(one.service_code), page_words(city)
    attributes = [
        words.question(one.service_code, attribute)
        for attribute in (service.attributes if service else ())
    ]
    return [(question, [answer]) for question, answer in in_words(attributes, one.answers)]


def is_needed_by_others(rows: ReportRows) -> bool:
    """Return the same as the operation that withdraws finds."""
    is_joined = rows.supports > 0 or any(one.kind == "duplicate" for one in rows.lists["links"])
    return is_joined or rows.one.detailed_status not in BEFORE_WORK


def _reopen_by(city: City, rows: ReportRows, closing: Any) -> str:
    """Return the last day on which "no" reopens the request; empty if it no longer does."""
    one = rows.one
    is_continued = any(other.kind == "continued_as" for other in rows.lists["links"])
    if closing is None or is_continued or one.detailed_status in OF_OTHERS:
        return ""
    days = city.scope.reopen_days if one.reopen_days is None else one.reopen_days
    until = closing.at + timedelta(days=days)
    return long_day(until, city.scope.zone) if until > datetime.now(UTC) else ""
