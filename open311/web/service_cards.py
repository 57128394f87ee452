"""Services as tiles to choose from: which are offered, in which group, and with which icon."""

from collections.abc import Iterable, Mapping
from typing import Any

from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from open311.web.catalog_words import CatalogWords
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
"""Icons with the words of services that they are for, in English. The first that fits counts."""


def card_of(words: CatalogWords, service: ServiceInfo) -> dict[str, str]:
    """Return a service as the macro service_card takes it."""
    code = service.service_code
    return {
        "service_code": code,
        "service_name": words.service_name(code, service.service_name),
        "lang": words.lang("service", code, "name"),
        "group": words.text("service", code, "group", service.group),
        "icon": icon_of(service),
    }


def questions_of(words: CatalogWords, service: ServiceInfo) -> list[dict[str, Any]]:
    """List the questions of a service that a resident sees, named as in the standard.

    What an app would answer itself is asked here only if it must be answered.
    """
    return [
        {**words.question(service.service_code, one), "lang": _lang_of(words, service, one)}
        for one in service.attributes
        if one.get("automated") not in AUTOMATED or one["required"]
    ]


def _lang_of(words: CatalogWords, service: ServiceInfo, one: Mapping[str, Any]) -> str:
    return words.lang("question", f"{service.service_code}/{one['code']}", "description")


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
