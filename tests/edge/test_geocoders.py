"""Geocoders: made from a setting, asked, and never trusted."""

import pytest
from foreign_server import Reply, foreign_server
from geopy.geocoders import Nominatim, Pelias

from geo.coordinates import Point
from open311.geocoders import Census, locate, make_geocoder


def test_a_setting_names_a_geocoder_and_its_options() -> None:
    nominatim = make_geocoder("nominatim?domain=geo.example.org&user_agent=city311")
    assert isinstance(nominatim, Nominatim)
    assert nominatim.headers["User-Agent"] == "city311"
    assert "geo.example.org" in nominatim.api
    assert make_geocoder("census").headers["User-Agent"] == "open311"
    assert isinstance(make_geocoder("pelias?domain=geo.example.org&api_key=x"), Pelias)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nowhere", "there is no geocoder 'nowhere'"),
        ("pelias", "the geocoder pelias cannot be used with these options"),
        ("nominatim?color=red", "the geocoder nominatim cannot be used with these options"),
        ("?", "there is no geocoder ''"),
        ("census?key=1", "It has the options domain, scheme"),
    ],
)
def test_a_setting_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_geocoder(text)


def census(*matches: tuple[float, float]) -> dict[str, object]:
    """Answer as the Census Bureau does."""
    found = [{"matchedAddress": "THERE", "coordinates": {"x": x, "y": y}} for x, y in matches]
    return {"result": {"addressMatches": found}}


def test_the_census_bureau_is_asked_in_one_line() -> None:
    answer = Reply(census((-82.6, 39.71), (-82.7, 39.8)))
    with foreign_server(lambda *_: answer) as served:
        domain = served.address.removeprefix("http://")
        geocoder = make_geocoder(f"census?scheme=http&domain={domain}")
        found = locate(geocoder, "104 E Main St, Lancaster, Ohio", 5)
        assert geocoder.geocode("104 E Main St", timeout=5).latitude == 39.71
    assert found == [Point(lat=39.71, long=-82.6), Point(lat=39.8, long=-82.7)]
    path, asked = served.asked[0]
    assert path == "/geocoder/locations/onelineaddress"
    assert asked == {
        "address": "104 E Main St, Lancaster, Ohio",
        "benchmark": "Public_AR_Current",
        "format": "json",
    }


@pytest.mark.filterwarnings("ignore:Latitude")
@pytest.mark.parametrize(
    "reply",
    [
        Reply(census()),
        Reply(census((-82.6, 91))),
        Reply(census((float("nan"), 0))),
        Reply({"errors": ["no"]}),
        Reply([]),
        Reply(b""),
        Reply(b"<html>"),
        Reply({"result": {"addressMatches": [{"matchedAddress": "X", "coordinates": None}]}}),
        Reply(b"", 500),
        Reply(b"", 429),
    ],
)
def test_an_answer_that_is_none_finds_nothing(reply: Reply) -> None:
    with foreign_server(lambda *_: reply) as served:
        domain = served.address.removeprefix("http://")
        assert list(locate(Census(domain=domain, scheme="http"), "1 Main St", 5)) == []
