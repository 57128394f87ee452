"""Addresses as words, and which address of a register a text means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.words import (
    AddressPoint,
    HouseNumber,
    address_words,
    choose_address,
    house_numbers,
    in_one,
)
from geo.coordinates import Point


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("111 South Broad Street", "111 S. Broad St"),
        ("60 L Street, N.E.", "60 l st ne"),
        ("12½ Main", "12½ MAIN"),
        ("O\u2019Brien Avenue", "OBRIEN AVE"),
        ("Hauptstraße 5", "HAUPTSTRASSE 5"),
        ("Aachener Straße 12-14", "Aachener Str. 12-14"),
        ("São Paulo Blvd", "Sao Paulo Boulevard"),
        ("Saint Clair Ave", "St. Clair Avenue"),
        ("Lancaster 43130-1234", "Lancaster, 43130"),
        ("Martin Luther King Junior Boulevard", "MARTIN LUTHER KING JR BLVD"),
        ("106½ Main", "106 1/2 MAIN"),
        ("124\u2013126 Main St", "124-126 main street"),
        ("Fifth Avenue", "5th Ave"),
        ("5 avenue des Champs", "5 Av. des Champs"),
        ("Calle Mayor 5", "C/ Mayor 5"),
        ("Kerkstraat 5", "KERKSTR. 5"),
        ("Marktplatz 1", "Marktpl. 1"),
    ],
)
def test_two_ways_of_writing_an_address_are_one(one: str, other: str) -> None:
    assert address_words(one) == address_words(other)


@pytest.mark.parametrize("word", ["Circles", "Northwest", "Apartment", "Floor", "Street", "Str"])
def test_what_is_short_stays_as_it_is(word: str) -> None:
    assert in_one(in_one(word)) == in_one(word) != word.lower()


def test_different_streets_stay_different() -> None:
    streets = ["N Broad St", "S Broad St", "Broad Ave", "Broadway", "1st St", "1 St"]
    assert len({in_one(street) for street in streets}) == len(streets)


def test_a_text_says_number_and_street_in_either_order() -> None:
    assert HouseNumber("111", "s broad st") in house_numbers(
        address_words("111 South Broad St, Lancaster OH 43130")
    )
    assert HouseNumber("5", "hauptstr") not in house_numbers(address_words("Haupt 5"))
    assert HouseNumber("5", in_one("Hauptstraße")) in house_numbers(
        address_words("Hauptstraße 5, 50667 Köln")
    )
    assert HouseNumber("12 1/2", "main st") in house_numbers(address_words("12 1/2 Main St"))
    assert HouseNumber("12", "main st") in house_numbers(address_words("#4, 12 Main St"))
    assert house_numbers(address_words("Main St at Broad St")) == []


def address(id_: str, house: str, long: float = 0, **parts: str) -> AddressPoint:
    number, _, street = house.replace("_", " ").partition(" ")
    return AddressPoint(
        address_id=id_,
        address=house,
        house=HouseNumber(number, street),
        point=Point(lat=0, long=long),
        **{"unit": "", "city": "", "zipcode": "", **parts},
    )


def chosen(text: str, *addresses: AddressPoint) -> str | None:
    meant = choose_address(address_words(text), addresses)
    return meant.address.address_id if meant.address else None


def test_the_longest_street_wins() -> None:
    broad = [address("broad", "1 broad"), address("way", "1 broad way", 1)]
    assert chosen("1 Broad Way", *broad) == "way"


def test_postal_code_city_and_unit_decide_where_they_are_named() -> None:
    north = address("north", "1 main st", 0, zipcode="43130", city="Lancaster")
    south = address("south", "1 main st", 1, zipcode="43131-0001", city="Carroll")
    assert chosen("1 Main St, 43131", north, south) == "south"
    assert chosen("1 Main St, Lancaster", north, south) == "north"
    assert chosen("1 Main St, Columbus", north, south) is None
    flats = [address("1", "1 main st", unit="APT 1"), address("2", "1 main st", unit="APT 2")]
    assert chosen("1 Main St Apartment 2", *flats) == "2"
    assert chosen("1 Main St", *flats) == "1"


def test_houses_far_apart_are_not_chosen_among() -> None:
    near, far = address("near", "1 main st"), address("far", "1 main st", 0.01)
    assert chosen("1 Main St", near, near) == "near"
    meant = choose_address(address_words("1 Main St"), [near, far])
    assert meant.is_ambiguous
    assert [one.address_id for one in meant.candidates] == ["near", "far"]
    assert not choose_address([], []).is_ambiguous


MAIN = [
    address("104", "104 main st"),
    address("104-2B", "104 main st", unit="APT 2B"),
    address("104-104", "104 main st", unit="UNIT 104"),
    address("122a", "122a main st"),
    address("124-126", "124-126 main st"),
    address("131-134", "131-134 main st"),
    address("5bis", "5bis r de ln paix"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("104 Main St", "104"),
        ("104 Main Street #2B", "104-2B"),
        ("104 Main Street, Apartment 2b, Lancaster", "104-2B"),
        ("104 Main St Unit 104", "104-104"),
        ("122A Main St", "122a"),
        ("122 A Main St", "122a"),
        ("Main St 122 A", "122a"),
        ("122 Main St", None),
        ("124 Main St", "124-126"),
        ("126 Main St", "124-126"),
        ("125 Main St", None),
        ("124-126 Main St", "124-126"),
        ("132 Main St", "131-134"),
        ("130 Main St", None),
        ("104 1/2 Main St", None),
        ("Main St 104 1/2", None),
        ("104B Main St", None),
        ("5 bis, rue de la Paix", "5bis"),
        ("5 rue de la Paix", None),
    ],
)
def test_a_number_is_answered_with_itself_or_with_a_range_that_has_it(
    text: str, expected: str | None
) -> None:
    assert chosen(text, *MAIN) == expected


def test_a_house_wins_over_a_range_that_has_it() -> None:
    both = [address("range", "122-128 main st"), address("it", "124 main st")]
    assert chosen("124 Main St", *both) == "it"


@given(st.text(max_size=300))
def test_any_text_has_words_that_stay_as_they_are(text: str) -> None:
    words = address_words(text)
    assert address_words(" ".join(words)) == words
    assert all(word and " " not in word for word in words)
    assert len(house_numbers(words)) <= 20 * 2 * 20
