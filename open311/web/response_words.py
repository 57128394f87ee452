"""Response templates filled with the values of a request."""

from collections.abc import Iterable, Mapping
from typing import Any

from open311.queries.city import City
from open311.web.catalog_words import CatalogWords
from open311.web.dates import day_words
from schemas.vocabulary.languages import LANGUAGES

RESPONSE_COLUMNS = (
    *("service_request_id", "service_code", "service_name", "address"),
    *("submitted_datetime", "expected_datetime"),
)
"""Properties of a request that placeholders need."""


def in_order(known: City, requester: str | None) -> list[str]:
    """List the languages of notes: that of the requester first, if it is known, then the city's."""
    own = CatalogWords(known, "").own_language
    return list(dict.fromkeys([*([requester] if requester else []), own, *LANGUAGES]))


def first_of(order: Iterable[str], notes: Mapping[str, str]) -> str:
    """Return the first language of an order that has a note; empty if there is none."""
    return next((language for language in order if language in notes), "")


def values_of(
    known: City, shown: Mapping[str, Any], department_id: int, language: str
) -> Mapping[str, str]:
    """Return the values of RESPONSE_PLACEHOLDERS; those that a request does not have are empty.

    shown are its values of RESPONSE_COLUMNS.
    """
    words, zone = CatalogWords(known, language), known.scope.zone
    return {
        "city": known.scope.name,
        "id": shown["service_request_id"] or "",
        "service": words.service_name(shown["service_code"], shown["service_name"]),
        "place": shown["address"] or "",
        "department": words.department_of(department_id),
        "date": day_words(shown["submitted_datetime"], zone, language, "MMMM"),
        "due_date": day_words(shown["expected_datetime"], zone, language, "MMMM"),
    }
