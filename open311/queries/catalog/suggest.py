"""Suggestions of services to a resident: by words, else by what is frequent near a place."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock
from uuid import UUID

from cachetools import LRUCache, cached

from geo.coordinates import Point
from open311.queries.catalog.service_words import (
    DESCRIPTION,
    KEYWORD,
    NAME,
    QUESTION,
    LanguageWords,
    ServiceWords,
    Text,
)
from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from open311.queries.requests.frequent import count_in_season, count_near

MOST = 6
"""Services that are suggested."""

_WITHOUT_SITE = "en"
"""Language of the catalog of a city that has not said it."""

_CITY_AS_REQUESTS = 3
"""What is frequent in the whole city counts like this many requests near a place."""


def suggest(
    city: City,
    words: str,
    now: datetime,
    point: Point | None = None,
    *,
    only_on_site: bool = True,
) -> list[str]:
    """Return the codes of the services that fit best, best first: six, or all if there are fewer.

    Those that no word fits follow by how frequent they are in this season; if no word fits any, all
    are by what is frequent near the point. words are in any language of the city, and may be
    unfinished. now is aware. only_on_site leaves out services that the website does not offer.
    """
    choice = [
        one["service_code"]
        for one in city.listed_services
        if city.services[one["service_code"]].is_on_site or not only_on_site
    ]
    weights = words_of_city(city).weigh(words)
    fits = any(code in weights for code in choice)
    shares = _frequency(city, None if fits else point, now)
    place = {code: number for number, code in enumerate(choice)}
    ranked = sorted(
        choice, key=lambda code: (-weights.get(code, 0), -shares.get(code, 0), place[code])
    )
    return ranked[:MOST]


def _frequency(city: City, point: Point | None, now: datetime) -> Mapping[str, float]:
    """Return how frequent services by code are in this season, near a point if one is given."""
    everywhere = count_in_season(city, now)
    total = sum(everywhere.values()) or 1
    shares = {code: count / total for code, count in everywhere.items()}
    if point is None:
        return shares
    near = count_near(city, point, now)
    codes = {*near, *shares}
    return {code: near.get(code, 0) + _CITY_AS_REQUESTS * shares.get(code, 0) for code in codes}


_WORDS: LRUCache[object, ServiceWords] = LRUCache(maxsize=64)


def _key(city: City) -> tuple[UUID, str]:
    return city.version, city.scope.jurisdiction_id


@cached(_WORDS, key=_key, lock=Lock())
def words_of_city(city: City) -> ServiceWords:
    """Return the words of the services of a city in its languages, from its snapshot."""
    language = city.site.languages[0] if city.site else _WITHOUT_SITE
    own = {code: list(_texts(one)) for code, one in city.services.items()}
    translated = [
        LanguageWords.of(other, _translated(city, other))
        for other in sorted(city.catalog_texts.languages)
    ]
    return ServiceWords([LanguageWords.of(language, own), *translated])


def _texts(service: ServiceInfo) -> Iterable[Text]:
    yield service.service_name, NAME
    for keyword in service.keywords.split(","):  # one by one, as they are no sentence
        yield keyword, KEYWORD
    yield service.description, DESCRIPTION
    yield service.group, QUESTION
    for attribute in service.attributes:
        yield attribute["description"], QUESTION
        for option in attribute.get("values", ()):
            yield option["name"], QUESTION


def _translated(city: City, language: str) -> dict[str, list[Text]]:
    """Return the texts of services in another language, by code."""
    found: dict[str, list[Text]] = {code: [] for code in city.services}
    for (kind, code, field, of), text in city.catalog_texts.texts.items():
        service_code = code if kind == "service" else ""
        if of == language and service_code in found and field in _WEIGHTS:
            texts = text.split(",") if field == "keywords" else [text]
            found[service_code] += [(one, _WEIGHTS[field]) for one in texts]
    return found


_WEIGHTS = {"name": NAME, "keywords": KEYWORD, "description": DESCRIPTION}
