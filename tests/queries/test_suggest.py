"""Suggested services: by the words of a resident, else by what is frequent near a place."""

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from applications import in_context
from flask import Flask
from sqlalchemy import text
from stored_requests import store_request

from geo.coordinates import Point
from open311.database import db
from open311.models import CatalogText
from open311.operations.imports.seed import load_seed_data
from open311.queries.catalog.suggest import MOST, suggest, words_of_city
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


def test_words_come_before_what_is_frequent(city: City) -> None:
    assert suggest(city, "grafitti on a brigde", NOW)[0] == "GRAFFITI"
    assert suggest(city, "poth", NOW)[0] == "POTHOLE"
    assert suggest(city, "private property", NOW)[0] == "PROPERTY"


@pytest.mark.parametrize("words", ["", "the and of", "zzzzzz", "\x00", "🙂"])
def test_without_words_that_fit_the_most_frequent_are_suggested(city: City, words: str) -> None:
    counts = count_in_season(city, NOW)
    found = suggest(city, words, NOW)
    assert len(set(found)) == MOST
    shown = [counts.get(code, 0) for code in found]
    assert shown == sorted(shown, reverse=True)
    left = [count for code, count in counts.items() if code not in found]
    assert min(shown) >= max(left, default=0)


PLACE = Point(lat=0.5, long=0.5)
ELSEWHERE = {"lat": -0.5, "long": -0.5}


@pytest.fixture
def town(app: Flask) -> Callable[[], City]:
    """Return a function that reads Gridtown anew, with what the test has stored."""

    def read() -> City:
        db.session.commit()
        count_in_season.cache_clear()
        scope = get_jurisdiction(None)
        return read_city(scope, scope.today())

    return read


def store_many(number: int, service_code: str, **different: object) -> None:
    for _ in range(number):
        store_request(f"many-{next(NUMBERS)}", service_code, **different)


NUMBERS = itertools.count()


def test_what_is_frequent_near_the_place_comes_first(town: Callable[[], City]) -> None:
    store_many(5, "0042")
    store_many(30, "SURVEY", **ELSEWHERE)
    city = town()
    assert suggest(city, "", NOW, PLACE)[0] == "0042"
    assert suggest(city, "", NOW, Point(**ELSEWHERE))[0] == "SURVEY"
    assert suggest(city, "", NOW)[0] == "SURVEY"
    assert suggest(city, "lamp", NOW, PLACE)[:2] == ["LAMP", "SURVEY"]  # words need no place


@pytest.mark.parametrize(
    "different",
    [
        {"days": 180},
        {"days": 3 * 365},
        {"public": False},
        {"sandbox": True},
        {"withdrawn_at": NOW},
    ],
    ids=["other season", "long ago", "not public", "sandbox", "withdrawn"],
)
def test_only_public_requests_of_this_season_count(
    town: Callable[[], City], different: dict[str, object]
) -> None:
    before = town()
    near, everywhere = count_near(before, PLACE, NOW), count_in_season(before, NOW)
    store_many(3, "0042", **different)
    after = town()
    assert (count_near(after, PLACE, NOW), count_in_season(after, NOW)) == (near, everywhere)
    store_many(2, "0042")
    store_many(1, "0042", days=365 + 20)
    later = town()
    assert count_near(later, PLACE, NOW)["0042"] - near.get("0042", 0) == 3
    assert count_in_season(later, NOW)["0042"] - everywhere.get("0042", 0) == 3


def test_the_season_is_counted_once_a_day(town: Callable[[], City]) -> None:
    city = town()
    first = count_in_season(city, NOW)
    store_many(1, "0042")
    db.session.commit()
    assert count_in_season(city, NOW) == first
    tomorrow = NOW + timedelta(days=1)
    assert count_in_season(city, tomorrow)["0042"] == first.get("0042", 0) + 1


def test_only_services_of_the_website_are_suggested(town: Callable[[], City]) -> None:
    assert "LAMP" in suggest(town(), "lamp", NOW)
    db.session.execute(text("UPDATE services SET is_on_site = service_code <> 'LAMP'"))
    assert "LAMP" not in suggest(town(), "lamp", NOW)


def test_translated_names_and_keywords_are_known(town: Callable[[], City]) -> None:
    assert words_of_city(town()).weigh("hay baches") == {}
    for field, words in (("name", "Hoyo en la calle"), ("keywords", "bache, asfalto")):
        db.session.add(
            CatalogText(
                jurisdiction_id="gridtown.example",
                kind="service",
                code="0042",
                field=field,
                language="es",
                text=words,
            )
        )
    city = town()
    assert suggest(city, "hay baches", NOW)[0] == "0042"
    assert suggest(city, "un hoyo", NOW)[0] == "0042"
    assert suggest(city, "lamp", NOW)[0] == "LAMP"


def test_a_service_that_is_newer_than_the_snapshot_is_not_counted(
    town: Callable[[], City],
) -> None:
    store_many(2, "0042")
    city = town()
    others = [one for one in city.service_names if one.service_code != "0042"]
    assert "0042" in count_near(city, PLACE, NOW)
    assert "0042" not in count_near(replace(city, service_names=others), PLACE, NOW)
