"""Suggestions of services to a resident: by words, else by what is frequent near a place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

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
from open311.queries.catalog.services import PRIVATE
from open311.queries.city import City
from open311.queries.requests.frequent import count_in_season, count_near

MOST = 6
"""Services that are suggested."""

Translations = Mapping[str, Mapping[str, str]]
"""For each language, the name and keywords of services by code, as one text."""

_CITY_AS_REQUESTS = 10
"""What is frequent in the whole city counts like this many requests near a place."""


def suggest(
    city: City,
    words: str,
    now: datetime,
    *,
    point: Point | None = None,
    offered: Collection[str] | None = None,
    language: str = "en",
    translations: Translations | None = None,
) -> list[str]:
    """Return the codes of the services that fit best, best first: six, or all if there are fewer.

    Services that no word fits follow by how frequent they are in this season; without any word that
    fits, all do, by what is frequent near the point. offered are the codes to choose from, by
    default all. language is that of the catalog. now is aware.
    """
    listed = [one["service_code"] for one in city.listed_services]
    choice = [code for code in listed if offered is None or code in offered]
    weights = words_of_city(city, language, translations or {}).weigh(words)
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


def _key(city: City, language: str, translations: Translations) -> tuple[object, ...]:
    texts = tuple((other, *some.items()) for other, some in translations.items())
    return city.version, city.scope.jurisdiction_id, language, texts


@cached(_WORDS, key=_key, lock=Lock())
def words_of_city(city: City, language: str, translations: Translations) -> ServiceWords:
    """Return the words of the services of a city, read from its snapshot."""
    own = {one["service_code"]: _texts(city, one) for one in city.listed_services}
    translated = [
        LanguageWords.of(other, {code: [(text, NAME)] for code, text in texts.items()})
        for other, texts in translations.items()
    ]
    return ServiceWords([LanguageWords.of(language, own), *translated])


def _texts(city: City, service: Mapping[str, str]) -> Sequence[Text]:
    """List the texts of a service; the keywords one by one, as they are no sentence."""
    keywords = [one for one in service["keywords"].split(",") if one != PRIVATE]
    return [
        (service["service_name"], NAME),
        *((keyword, KEYWORD) for keyword in keywords),
        (service["description"], DESCRIPTION),
        (service["group"], QUESTION),
        *((text, QUESTION) for text in _questions(city, service["service_code"])),
    ]


def _questions(city: City, service_code: str) -> Iterable[str]:
    info = city.services.get(service_code)
    for attribute in info.attributes if info else ():
        yield attribute["description"]
        for option in attribute.get("values", ()):
            yield option["name"]
