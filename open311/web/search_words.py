"""The filters of a staff search in words, for headings of print pages and of read-only links."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from open311.messages.names import STATUS_NAMES
from open311.queries.city import City
from open311.web.dates import day_words
from open311.web.languages import language
from open311.web.languages import say as _
from open311.web.place_names import PlaceNames
from schemas.vocabulary.intake import INTAKE_NAMES
from schemas.vocabulary.marking import N_
from schemas.vocabulary.priorities import PRIORITY_NAMES
from schemas.vocabulary.promises import PROMISE_RESULTS

_FLAGS: Mapping[str, str] = {
    "mine": N_("assigned to me"),
    "new": N_("new (not acknowledged)"),
    "handed_over": N_("transferred, not acknowledged"),
    "overdue": N_("overdue"),
    "work": N_("without duplicates and canceled requests"),
    "due_today": N_("due today"),
    "due_this_week": N_("due this week"),
    "unassigned": N_("without assignee"),
    "near_border": N_("near a boundary"),
    "in_overlap": N_("in an overlap"),
    "waiting": N_("needs review"),
    "waits": N_("waiting for requester"),
    "unpublished": N_("needs approval"),
    "held": N_("held for a look"),
    "held_overdue": N_("held for more than one working day"),
}

_DATES: Mapping[str, str] = {
    "since": N_("submitted since %(day)s"),
    "until": N_("submitted until %(day)s"),
    "updated_since": N_("updated since %(day)s"),
    "updated_until": N_("updated until %(day)s"),
    "closed_since": N_("closed since %(day)s"),
    "closed_until": N_("closed until %(day)s"),
    "due_since": N_("due from %(day)s"),
    "due_until": N_("due until %(day)s"),
    "news_since": N_("changed by others since %(day)s"),
}

_DAYS: Mapping[str, str] = {
    "older_than": N_("older than %(days)s days"),
    "newer_than": N_("newer than %(days)s days"),
}

_DRAWN = ("polygon", "circle", "along", "area")


def search_words(known: City, asked: Mapping[str, Any], *, in_area: bool = False) -> list[str]:
    """List the filters of a search that FindSchema loaded, in the language of the page.

    in_area says that the search is limited to an area that is not among its filters.
    """
    return list(_words(known, asked, in_area=in_area))


def _words(known: City, asked: Mapping[str, Any], *, in_area: bool) -> Iterator[str]:
    if asked["q"]:
        yield f"“{asked['q']}”"
    for name, of in _names(known).items():
        if asked[name]:
            yield ", ".join(of(value) for value in asked[name])
    if in_area or any(asked[name] is not None for name in _DRAWN):
        yield _("An area drawn on the map")
    elif asked["bbox"] is not None:
        yield _("A part of the map")
    yield from _dates(known, asked)
    yield from (_(text) for name, text in _FLAGS.items() if asked[name])


def _names(known: City) -> Mapping[str, Callable[[str], str]]:
    """Return how the values of each filter with several are written."""
    places = PlaceNames(known)
    services = {one.service_code: one.service_name for one in known.service_names}

    def boundary(value: str) -> str:
        layer, _colon, code = value.partition(":")
        return places.boundary(layer, code)

    return {
        "service_request_id": str,
        "status": _status,
        "detailed_status": _status,
        "service_code": lambda code: services.get(code, code),
        "group": str,
        "agency_responsible": str,
        "boundary": boundary,
        "channel": lambda code: _(INTAKE_NAMES[code]) if code in INTAKE_NAMES else code,
        "assigned_to": lambda name: _("assigned to %(name)s", name=name),
        "promise": lambda code: _(PROMISE_RESULTS[code]),
        "priority": lambda code: _("priority %(name)s", name=_(PRIORITY_NAMES[code])),
        "tag": lambda name: _("tag %(name)s", name=name),
    }


def _status(status: str) -> str:
    return _(STATUS_NAMES[status]) if status in STATUS_NAMES else status


def _dates(known: City, asked: Mapping[str, Any]) -> Iterator[str]:
    for name, text in _DATES.items():
        moment: datetime | None = asked[name]
        if moment is not None:
            yield _(text, day=day_words(moment, known.scope.zone, language()))
    if asked["news_of"] is not None:
        yield _("of %(department)s or transferred away from me", department=asked["news_of"])
    for name, text in _DAYS.items():
        if asked[name] is not None:
            yield _(text, days=f"{asked[name]:d}")
