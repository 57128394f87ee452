"""Suggested services: by the words of a resident, else by what is frequent near a place."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from applications import in_context
from flask import Flask

from geo.coordinates import Point
from open311.operations.imports.seed import load_seed_data
from open311.queries.catalog.suggest import MOST, suggest
from open311.queries.city import City, read_city
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.frequent import count_in_season, count_near
from open311.seed_folder.read import read_seed_folder

LANCASTER = Path(__file__).parents[2] / "seed_data/lancaster"
NOW = datetime.now(UTC)

Text = Mapping[str, str]


def texts() -> tuple[list[Text], list[Text]]:
    """The requests of the example city: those that keywords were tuned with, and the others.

    They are in the order of time, so the others are later than all that was looked at.
    """
    with (LANCASTER / "service_requests.csv").open() as file:
        rows = list(csv.DictReader(file))
    half = len(rows) // 2
    return rows[:half], rows[half:]


@pytest.fixture(scope="module")
def lancaster(fresh_database: Callable[[str], str], empty: str) -> Iterator[Flask]:
    """The example city without the requests whose texts are held out."""
    data = read_seed_folder(LANCASTER)
    known = data.service_requests[: len(texts()[0])]
    for app in in_context(fresh_database(empty)):
        load_seed_data(replace(data, service_requests=known))
        yield app


@pytest.fixture
def city(lancaster: Flask) -> City:
    count_in_season.cache_clear()
    scope = get_jurisdiction("ci.lancaster.oh.us")
    return read_city(scope, scope.today())


def places(city: City, rows: list[Text]) -> list[int | None]:
    """Return the place of the right service among those suggested for each text, from 1."""
    found = [(suggest(city, row["description"], NOW), row["service_code"]) for row in rows]
    return [codes.index(right) + 1 if right in codes else None for codes, right in found]


@pytest.mark.parametrize("part", ["tuned", "held out"])
def test_the_right_service_is_among_six(
    city: City, figure: Callable[[str, object], None], part: str
) -> None:
    """For at least nine of ten texts, also of those that nobody looked at for the keywords"""
    tuned, held_out = texts()
    rows = tuned if part == "tuned" else held_out
    found = places(city, rows)
    shares = {
        most: sum(place is not None and place <= most for place in found) / len(rows)
        for most in (1, 3, MOST)
    }
    told = ", ".join(f"{share:.1%} in {most}" for most, share in shares.items())
    figure(f"right service suggested, {part} {len(rows)} texts", told)
    assert shares[MOST] >= 0.9
