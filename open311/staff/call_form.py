"""The form for a request that staff enter: what is typed, and what is known for it so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from geo.coordinates import Point
from open311.errors import InvalidParameters
from open311.queries.addresses import find_address, find_meant, search_addresses
from open311.queries.catalog.services import ServiceInfo
from open311.queries.catalog.suggest import suggest
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.likely_duplicates import LikelyDuplicate, list_likely_duplicates
from open311.queries.routing.snapshot import is_outside
from open311.queries.search.visibility import Audience
from open311.staff.pages import city_snapshot
from open311.web.accuracy import tolerance_of
from open311.web.catalog_words import page_words
from open311.web.languages import say
from open311.web.outlook import Outlook, outlook_of
from open311.web.parameters import first, parse, public_address, sent_values
from open311.web.phone_links import text_number
from open311.web.service_cards import card_of, in_groups, questions_of
from open311.web.site import sends_texts
from schemas.base import Values
from schemas.requests.submission import NO_ADDRESS_IDS, PlaceSchema
from schemas.vocabulary.intake import ENTERED_BY_STAFF

SENDING, SEEN, DRAFT, CHANNEL, LANGUAGE, WANTS_UPDATES, WANTS_TEXTS, DROP_PHOTOS = (
    *("sending", "seen", "draft", "channel", "language", "wants_updates", "wants_texts"),
    "drop_photos",
)
"""Fields of the page: the Idempotency-Key, the similar requests that were shown, the name of the
draft that keeps photos, how the request came in, the language of the requester, and checkboxes.
"""

PAGE_FIELDS = {
    *(SENDING, SEEN, DRAFT, CHANNEL, LANGUAGE, WANTS_UPDATES, WANTS_TEXTS, DROP_PHOTOS),
    *("act", "csrf_token"),
}
"""Names that only this page has: they are no parameters of GeoReport."""

CONTACT_FIELDS = ("first_name", "last_name", "phone", "email")

MOST_MATCHES = 10
"""Addresses that a text may mean, to choose from."""

_PLACE = PlaceSchema()


@dataclass(frozen=True)
class CallForm:
    """The form of a city with the values so far, at a moment (aware)."""

    city: City
    values: Values
    now: datetime

    @classmethod
    def of_request(cls) -> "CallForm":
        """Return the form of this HTTP request, for the city of the user who is signed in."""
        return cls(city_snapshot(), sent_values(), datetime.now(UTC))

    @property
    def jurisdiction(self) -> Scope:
        """The city, with links of this server."""
        return self.city.scope.at(public_address())

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters of GeoReport among the values."""
        return {name: list(texts) for name, texts in self.values.items() if name not in PAGE_FIELDS}

    def first(self, name: str) -> str:
        """Return the first value of a field; empty if there is none."""
        return first(self.values, name) or ""

    @property
    def draft(self) -> str:
        """The name of the draft with the photos that were kept; empty without photos."""
        return "" if self.first(DROP_PHOTOS) else self.first(DRAFT)

    @property
    def wants_news(self) -> bool:
        """Whether the requester wants updates by email or text message."""
        return bool(self.first(WANTS_UPDATES) or self.texts_to)

    @property
    def channel(self) -> str:
        """How the request comes in, as chosen; by phone if that is none of ENTERED_BY_STAFF."""
        chosen = self.first(CHANNEL)
        return chosen if chosen in ENTERED_BY_STAFF else ENTERED_BY_STAFF[0]

    @property
    def texts_to(self) -> str:
        """The number that wants text messages; empty without one."""
        is_wanted = self.first(WANTS_TEXTS) and sends_texts()
        return text_number(self.first("phone")) or "" if is_wanted else ""

    @property
    def contact(self) -> dict[str, str]:
        """What was typed about the requester, by name."""
        typed = {name: self.first(name) for name in CONTACT_FIELDS}
        return {name: text for name, text in typed.items() if text}

    @property
    def service(self) -> ServiceInfo | None:
        """The chosen service, which may be one that the website does not offer."""
        return self.city.services.get(self.first("service_code"))

    @property
    def service_name(self) -> str:
        """The name of the chosen service; empty without one."""
        if self.service is None:
            return ""
        code = self.service.service_code
        return page_words(self.city).service_name(code, self.service.service_name)

    def services(self) -> dict[str, Any]:
        """Return the suggested services, and all by group, as templates take them."""
        words = page_words(self.city)
        listed = (self.city.services[one["service_code"]] for one in self.city.listed_services)
        cards = {one.service_code: card_of(words, one) for one in listed}
        best = self.suggested(self.first("description"))
        return {"suggested": [cards[code] for code in best], "groups": in_groups(cards.values())}

    def suggested(self, words: str) -> list[str]:
        """Return the codes of the services that fit words best, the chosen one among them."""
        best = suggest(self.city, words, self.now, self.point, only_on_site=False)
        chosen = self.service.service_code if self.service else None
        if chosen is None or chosen in best:
            return best
        return [*best[:-1], chosen]

    def questions(self) -> list[dict[str, Any]]:
        """Return the questions of the chosen service."""
        return questions_of(page_words(self.city), self.service) if self.service else []

    @cached_property
    def point(self) -> Point | None:
        """The place, as far as it is known: a pin, a chosen address, or one that is typed whole."""
        if self.first("lat") or self.first("long"):
            try:
                return Point(**parse(_PLACE, self.values))
            except InvalidParameters:
                return None
        here, id_, text = self._here, self.first("address_id"), self.first("address_string")
        if not here.has_addresses or id_ in NO_ADDRESS_IDS:
            return None
        if id_:
            found = find_address(here.jurisdiction_id, id_)
        else:
            found = find_meant(here.jurisdiction_id, text).address if text else None
        return None if found is None else found.point

    @property
    def _here(self) -> Scope:
        return self.city.scope

    @property
    def is_outside(self) -> bool:
        """Whether the city does not serve the place."""
        if self.point is None or self._here.takes_from_outside:
            return False
        return is_outside(self.city, self.point, tolerance_of(None))

    @cached_property
    def matches(self) -> list[dict[str, str]]:
        """The addresses that the typed one may mean; the last choice is none of them."""
        text, here = self.first("address_string"), self._here
        has_pin = bool(self.first("lat"))
        if not text or has_pin or not here.has_addresses or self._is_found_by_text:
            return []
        found = search_addresses(here.jurisdiction_id, text, MOST_MATCHES)
        known = [
            {
                "key": one["address_id"],
                "name": " ".join(filter(None, (one["address"], one["zipcode"]))),
            }
            for one in found
        ]
        none = {"key": NO_ADDRESS_IDS[1], "name": say("None of these: use what I typed")}
        return [*known, none] if known else []

    @property
    def _is_found_by_text(self) -> bool:
        return self.point is not None and not self.first("address_id")

    @property
    def is_address_unclear(self) -> bool:
        """Whether the address may be one of several, and none was chosen."""
        return bool(self.matches) and not self.first("address_id")

    @cached_property
    def nearby(self) -> list[LikelyDuplicate]:
        """What may be the same, for staff, nearest first."""
        service, point = self.service, self.point
        if service is None or point is None:
            return []
        return list_likely_duplicates(
            self.jurisdiction,
            service.id,
            point,
            self.now,
            within=service.duplicate_meters,
            audience=Audience.STAFF,
        )

    @property
    def has_unseen(self) -> bool:
        """Whether there is a similar request that was not shown yet."""
        seen = set(self.values.get(SEEN, ()))
        return any(one.service_request_id not in seen for one in self.nearby)

    def outlook(self) -> Outlook | None:
        """Return what happens after saving; None without a service."""
        if self.service is None:
            return None
        return outlook_of(
            *(self.city, self.jurisdiction, self.service, self.point, self.now), is_screened=False
        )

    def center(self) -> Mapping[str, float]:
        """Return the middle of the service area in degrees, where a map begins."""
        area = self.city.service_area
        if area is None:
            return {"lat": 0.0, "long": 0.0}
        min_long, min_lat, max_long, max_lat = area.bounds
        return {"lat": (min_lat + max_lat) / 2, "long": (min_long + max_long) / 2}

    def typed(self) -> Mapping[str, Any]:
        """Return the functions by which templates show what was typed."""
        return {
            "typed": lambda name: next(iter(self.values.get(name, ())), ""),
            "typed_list": lambda name: list(self.values.get(name, ())),
        }
