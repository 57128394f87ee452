"""What the form of a report shows: services, questions, addresses, and what is near."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from geo.coordinates import Point
from open311.errors import InvalidParameters
from open311.queries.addresses import find_address, search_addresses
from open311.queries.catalog.services import ServiceInfo
from open311.queries.catalog.suggest import suggest
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.likely_duplicates import LikelyDuplicate, list_likely_duplicates
from open311.residents.cards import request_path
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.languages import say
from open311.web.outlook import Outlook, outlook_of
from open311.web.parameters import first, parse
from open311.web.service_cards import card_of, in_groups, offered, questions_of
from open311.web.site import site_city
from schemas.base import Values
from schemas.requests.submission import NO_ADDRESS_IDS, PlaceSchema
from schemas.vocabulary.marking import N_

MOST_MATCHES = 10
"""Addresses that a text may mean, to choose from."""

DIRECTIONS = {
    "N": N_("north"),
    "NE": N_("northeast"),
    "E": N_("east"),
    "SE": N_("southeast"),
    "S": N_("south"),
    "SW": N_("southwest"),
    "W": N_("west"),
    "NW": N_("northwest"),
}

_PLACE = PlaceSchema()


@dataclass(frozen=True)
class ReportForm:
    """The form of a city for a report with the values so far, at a moment (aware).

    What it reads from the database, it reads once.
    """

    city: City
    parameters: Values
    now: datetime

    @property
    def jurisdiction(self) -> Scope:
        """The city; photos of requests are paths."""
        return self.city.scope

    @classmethod
    def of(cls, parameters: Values) -> "ReportForm":
        """Return the form of this HTTP request."""
        return cls(site_city(), parameters, datetime.now(UTC))

    @property
    def words(self) -> CatalogWords:
        """The catalog in the reader's language."""
        return page_words(self.city)

    @property
    def service(self) -> ServiceInfo | None:
        """The chosen service, if the website offers it."""
        found = self.city.services.get(first(self.parameters, "service_code") or "")
        return found if found is not None and found.is_on_site else None

    @cached_property
    def point(self) -> Point | None:
        """The place, as far as it is known before sending; None if it is looked up later."""
        if first(self.parameters, "lat") or first(self.parameters, "long"):
            try:
                return Point(**parse(_PLACE, self.parameters))
            except InvalidParameters:
                return None
        address_id = first(self.parameters, "address_id")
        if not address_id or address_id in NO_ADDRESS_IDS or not self.jurisdiction.has_addresses:
            return None
        found = find_address(self.jurisdiction.jurisdiction_id, address_id)
        return found.point if found else None

    def services(self, words: str = "") -> dict[str, Any]:
        """Return the suggested services, and all by group, as templates take them."""
        cards = {one.service_code: card_of(self.words, one) for one in offered(self.city)}
        best = self.suggested(words)
        return {"suggested": [cards[code] for code in best], "groups": in_groups(cards.values())}

    def suggested(self, words: str) -> list[str]:
        """Return the codes of the services that fit words and the place best, best first."""
        return suggest(self.city, words, self.now, self.point)

    @property
    def service_name(self) -> str:
        """The name of the chosen service; empty without one."""
        if self.service is None:
            return ""
        return self.words.service_name(self.service.service_code, self.service.service_name)

    def place_words(self) -> list[str]:
        """Return the place as it is read: an address, or that it is marked."""
        address = first(self.parameters, "address_string")
        if address:
            return [address]
        return [say("The place is marked on the map.")] if self.point else []

    def answer_words(self, question: Mapping[str, Any]) -> list[str]:
        """Return the answers to a question as they are read."""
        names = (
            {one["key"]: one["name"] for one in question["values"]} if "values" in question else {}
        )
        given = self.parameters.get(f"attribute[{question['code']}]", ())
        return [names.get(text, text) for text in given if text.strip()]

    def questions(self) -> list[dict[str, Any]]:
        """Return the questions of the chosen service."""
        return questions_of(self.words, self.service) if self.service else []

    @cached_property
    def nearby(self) -> list[dict[str, Any]]:
        """What may be the same, as request_card takes it, nearest first."""
        service, point = self.service, self.point
        if service is None or point is None:
            return []
        found = list_likely_duplicates(
            self.jurisdiction, service.id, point, self.now, within=service.duplicate_meters
        )
        return [_nearby_card(one, self.service_name) for one in found]

    @cached_property
    def matches(self) -> list[dict[str, str]]:
        """The addresses that the typed one may mean; the last choice is none of them."""
        text = first(self.parameters, "address_string")
        if not text or not self.jurisdiction.has_addresses or first(self.parameters, "lat"):
            return []
        found = search_addresses(self.jurisdiction.jurisdiction_id, text, MOST_MATCHES)
        known = [{"key": one["address_id"], "name": _with_zipcode(one)} for one in found]
        none = {"key": NO_ADDRESS_IDS[1], "name": say("None of these: use what I typed")}
        return [*known, none] if known else []

    def outlook(self) -> Outlook | None:
        """Return what happens after sending; None without a service."""
        if self.service is None:
            return None
        return outlook_of(self.city, self.jurisdiction, self.service, self.point, self.now)

    def center(self) -> Mapping[str, float]:
        """Return the middle of the service area in degrees, where a map begins."""
        area = self.city.service_area
        if area is None:
            return {"lat": 0.0, "long": 0.0}
        min_long, min_lat, max_long, max_lat = area.bounds
        return {"lat": (min_lat + max_lat) / 2, "long": (min_long + max_long) / 2}


def _nearby_card(one: LikelyDuplicate, service_name: str) -> dict[str, Any]:
    return {
        "service_request_id": one.service_request_id,
        "url": request_path(one.service_request_id),
        "service_name": service_name,
        "address": "",
        "description": one.description,
        "requested_at": one.requested_datetime,
        "status": one.status,
        "thumbnail": one.thumbnail_url or "",
        "meters": one.meters,
        "direction": say(DIRECTIONS[one.direction]) if one.direction else "",
    }


def _with_zipcode(one: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (one["address"], one["zipcode"])))
