"""The columns of the files, as the API names and describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from open311.queries.city import City
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import FeatureSource, get_source
from open311.queries.search.criteria import ALWAYS
from open311.web.languages import say
from schemas.vocabulary.marking import N_

PLACE: Mapping[str, str] = {
    "lat": N_("Latitude in degrees on WGS 84."),
    "long": N_("Longitude in degrees on WGS 84."),
}
"""Columns of the CSV file in place of a geometry."""

GEOMETRY = "geometry"

KIND_WORDS: Mapping[str, str] = {
    "text": N_("Text"),
    "number": N_("Number"),
    "boolean": N_("true or false"),
    "moment": N_("Date and time in UTC"),
    "geometry": N_("Point"),
}
"""What kinds of values are called."""


@dataclass(frozen=True)
class Column:
    """A column: its name, its kind (a key of KIND_WORDS), and what it means."""

    name: str
    kind: str
    meaning: str


def public_source(city: City, public_url: str) -> FeatureSource:
    """Return what the public reads of a city, as at /ogc."""
    jurisdiction = city.scope.at(public_url)
    return get_source(jurisdiction, REQUESTS, ALWAYS, staff=False, layers=city.layers)


EVERYTHING = Wanted()
"""All features of a source, with all properties."""


def columns_of(city: City) -> Sequence[Column]:
    """Return the columns in their order, with their meaning in the language of the page."""
    names = {one.code: one.name for one in city.layers}
    return [
        Column(
            name,
            one.kind,
            say(one.title)
            if name not in names
            else say("Code of the boundary in this layer: %(layer)s.", layer=names[name]),
        )
        for name, one in public_source(city, "").properties.items()
    ]


def place_columns() -> Sequence[Column]:
    """Return the columns of the place: of the CSV file, and the geometry of the others."""
    return [
        *(Column(name, "number", say(meaning)) for name, meaning in PLACE.items()),
        Column(GEOMETRY, GEOMETRY, say("Location of the request on WGS 84.")),
    ]
