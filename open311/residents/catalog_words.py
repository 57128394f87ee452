"""Services and questions in the reader's language, with the icons of services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from schemas.vocabulary.datatypes import AUTOMATED

ICONS = {
    "hole": ("pothole",),
    "snow": ("snow", "ice", "plow"),
    "broom": ("sweeping", "sweep"),
    "walk": ("sidewalk", "curb"),
    "lamp": ("street light", "light", "lamp"),
    "signal": ("signal", "traffic light"),
    "sign": ("sign",),
    "lines": ("markings", "crosswalk", "paint stripes"),
    "bin": ("trash", "garbage", "recycling", "missed pickup"),
    "sofa": ("bulk", "furniture"),
    "paw": ("animal", "dog"),
    "heap": ("dumping", "dumped", "litter"),
    "drain": ("drain", "sewer", "flood"),
    "drop": ("water", "leak"),
    "tree": ("tree", "limb"),
    "park": ("park", "playground", "trail"),
    "grass": ("grass", "weeds"),
    "spray": ("graffiti",),
    "house": ("property", "building", "house"),
    "sound": ("noise", "loud"),
    "car": ("vehicle", "abandoned car"),
    "parking": ("parking",),
    "road": ("street", "road", "pavement"),
}
"""Icons by the words of services that they stand for, in English. The first that fits counts."""


@dataclass(frozen=True)
class CatalogWords:
    """The texts of a city's catalog in a language.

    Where a translation is missing, the text of the catalog stays, with its language.
    """

    city: City
    language: str

    @property
    def of_catalog(self) -> str:
        """The language of the catalog itself."""
        site = self.city.site
        return site.languages[0] if site else "en"

    def find(self, kind: str, code: str, field: str, own: str) -> tuple[str, str]:
        """Return a text, and its language if that is not the reader's, or else an empty text."""
        found = self.city.catalog_texts.find(kind, code, field, self.language)
        if found is not None:
            return found, ""
        return own, self.of_catalog if own and self.of_catalog != self.language else ""

    def text(self, kind: str, code: str, field: str, own: str) -> str:
        """Return a text alone."""
        return self.find(kind, code, field, own)[0]

    def service_name(self, service: ServiceInfo) -> str:
        """Return the name of a service."""
        return self.text("service", service.service_code, "name", service.service_name)

    def card(self, service: ServiceInfo) -> dict[str, str]:
        """Return a service as the macro service_card takes it."""
        code = service.service_code
        name, lang = self.find("service", code, "name", service.service_name)
        return {
            "service_code": code,
            "service_name": name,
            "lang": lang,
            "group": self.text("service", code, "group", service.group),
            "icon": icon_of(service),
        }

    def questions(self, service: ServiceInfo) -> list[dict[str, Any]]:
        """List the questions of a service that a resident sees, named as in the standard.

        What an app would answer itself is asked here only if it must be answered.
        """
        return [
            self._question(service.service_code, one)
            for one in service.attributes
            if one.get("automated") not in AUTOMATED or one["required"]
        ]

    def _question(self, service_code: str, one: Mapping[str, Any]) -> dict[str, Any]:
        code = f"{service_code}/{one['code']}"
        description, lang = self.find("question", code, "description", one["description"])
        hint = self.text("question", code, "datatype_description", one["datatype_description"])
        options = [
            {**value, "name": self.text("answer", f"{code}/{value['key']}", "name", value["name"])}
            for value in one.get("values", ())
        ]
        shown = {"description": description, "datatype_description": hint, "lang": lang}
        return {**one, **shown, "values": options}


def icon_of(service: ServiceInfo) -> str:
    """Return the icon of a service by its name, or else by its keywords and its group."""
    for text in (service.service_name, service.keywords, service.group):
        words = f" {text.lower().replace(',', ' ')} "
        for icon, some in ICONS.items():
            if any(f" {word}" in words for word in some):
                return icon
    return "dots"


def offered(city: City) -> list[ServiceInfo]:
    """List the services that the website offers, in the order of lists."""
    listed = (city.services.get(one["service_code"]) for one in city.listed_services)
    return [service for service in listed if service is not None and service.is_on_site]


def in_groups(cards: Iterable[Mapping[str, str]]) -> list[tuple[str, list[Mapping[str, str]]]]:
    """Return services by the name of their group, both in their order."""
    groups: dict[str, list[Mapping[str, str]]] = {}
    for card in cards:
        groups.setdefault(card["group"], []).append(card)
    return list(groups.items())
