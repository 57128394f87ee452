"""What POST /requests takes: one sentence for each problem, all at once."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import ValidationError

from schemas.errors import list_problems
from schemas.requests.answers import Question
from schemas.requests.submission import (
    REPORTER_FIELDS,
    PlaceSchema,
    SubmissionSchema,
    load_submission,
)

NEW_YORK = ZoneInfo("America/New_York")
TEXTS = {
    *("address_string", "address_id", "zipcode", "description", "media_url"),
    *("email", "device_id", "account_id", "first_name", "last_name", "phone"),
}
HERE = {"lat": "42.36", "long": "-71.06"}
NO_PLACE = ("lat", "place.required")
NO_LAT = ("lat", "place.lat_missing")
NO_LONG = ("long", "place.long_missing")


def load(questions: list[Question] | None = None, **sent: str | list[str]) -> dict[str, Any]:
    values = {name: [value] if isinstance(value, str) else value for name, value in sent.items()}
    return load_submission(values, questions or [], NEW_YORK)


def refusals(
    questions: list[Question] | None = None, **sent: str | list[str]
) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        load(questions, **sent)
    return [(one.field, one.key) for one in list_problems(caught.value)]


def test_lat_and_long_alone_suffice_and_all_else_is_empty() -> None:
    """POST-06, POST-18"""
    assert load(service_code="LAMP", **HERE) == {
        "service_code": "LAMP",
        "lat": 42.36,
        "long": -71.06,
        "answers": {},
        **dict.fromkeys(TEXTS, ""),
        "media_url": [],
        "accuracy": None,
    }


def test_an_address_alone_suffices_and_gives_no_lat_and_long() -> None:
    """POST-07"""
    loaded = load(service_code="LAMP", address_string="1 Long Street", lat="", long=" ")
    assert loaded["address_string"] == "1 Long Street"
    assert not {"lat", "long"} & loaded.keys()


def test_all_forms_of_place_are_taken_together() -> None:
    """POST-10"""
    loaded = load(service_code="LAMP", address_string="Here", address_id="77", **HERE)
    assert (loaded["lat"], loaded["long"]) == (42.36, -71.06)
    assert (loaded["address_string"], loaded["address_id"]) == ("Here", "77")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, [NO_PLACE]),
        ({"lat": "", "long": " ", "address_string": "", "address_id": ""}, [NO_PLACE]),
        ({"address_string": "\x00"}, [NO_PLACE]),
        ({"zipcode": "00100"}, [NO_PLACE]),
        ({"lat": "1"}, [NO_LONG]),
        ({"long": "1"}, [NO_LAT]),
        ({"lat": "1", "long": ""}, [NO_LONG]),
        ({"lat": "1", "address_string": "Here"}, [NO_LONG]),
        ({"long": "1", "address_id": "77"}, [NO_LAT]),
    ],
)
def test_a_place_that_is_missing_or_half_is_refused(
    sent: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    """POST-05, POST-09"""
    assert refusals(service_code="LAMP", **sent) == expected


@pytest.mark.parametrize("word", ["#NOTPINPOINTED#", "0", " 0 "])
def test_a_word_for_no_address_id_is_none(word: str) -> None:
    sent = {"service_code": ["POTHOLE"], "lat": ["1"], "long": ["2"]}
    loaded = load_submission({**sent, "address_id": [word]}, [], ZoneInfo("UTC"))
    assert (loaded["address_id"], loaded["lat"]) == ("", 1)
    assert refusals(service_code="LAMP", address_id=word) == [NO_PLACE]


@pytest.mark.parametrize(
    ("place", "is_place"),
    [
        ({"lat": "0", "long": "0.0"}, True),
        ({"lat": "0", "long": "0", "address_id": "0"}, True),
        ({"lat": "0", "long": "-0.0", "address": "12 Long Street"}, False),
        ({"lat": "0", "long": "0", "address_id": "77"}, False),
        ({"lat": "0", "long": "0.5", "address_string": "12 Long Street"}, True),
        ({"lat": "0.5", "long": "0", "address_id": "77"}, True),
    ],
)
def test_zero_and_zero_with_an_address_mean_the_address(
    place: dict[str, str], is_place: bool
) -> None:
    loaded = load(service_code="LAMP", **place)
    assert ("lat" in loaded, "long" in loaded) == (is_place, is_place)


def test_address_is_address_string_unless_that_was_sent_too() -> None:
    assert load(service_code="LAMP", address="Here")["address_string"] == "Here"
    both = load(service_code="LAMP", address="There", address_string="Here")
    assert both["address_string"] == "Here"
    empty = load(service_code="LAMP", address="There", address_string=" ")
    assert empty["address_string"] == "There"


@pytest.mark.parametrize(
    ("lat", "long", "wrong"),
    [
        ("90.01", "0", ["lat"]),
        ("0", "-180.01", ["long"]),
        ("north", "east", ["lat", "long"]),
        ("91", "181", ["lat", "long"]),
        ("0", "91", []),
        ("-90", "180", []),
    ],
)
def test_coordinates_beyond_the_globe_are_refused_each_by_its_name(
    lat: str, long: str, wrong: list[str]
) -> None:
    """POST-11"""
    if wrong:
        told = refusals(service_code="LAMP", lat=lat, long=long)
        assert [field for field, _key in told] == wrong
    else:
        loaded = load(service_code="LAMP", lat=lat, long=long)
        assert (loaded["lat"], loaded["long"]) == (float(lat), float(long))


@pytest.mark.parametrize("sent", [{}, {"service_code": ""}, {"service_code": "\x00"}])
def test_a_missing_service_code_is_told(sent: dict[str, str]) -> None:
    """POST-03"""
    assert refusals(**sent, **HERE) == [("service_code", "service_code.required")]


def test_a_description_may_have_four_thousand_characters_and_no_more() -> None:
    """POST-19, POST-20"""
    longest = "Zeile\r\n<b>🚧</b>".ljust(4000, "x")
    assert load(service_code="LAMP", description=longest, **HERE)["description"] == longest
    assert refusals(service_code="LAMP", description=longest + "x", **HERE) == [
        ("description", "field.too_long")
    ]


@pytest.mark.parametrize("name", sorted(TEXTS | {"service_code"}))
def test_no_text_is_without_a_limit(name: str) -> None:
    sent = {"service_code": "LAMP", **HERE, name: "http://a.example/".ljust(4001, "x")}
    assert refusals(**sent) == [(name, "field.too_long")]


def test_unknown_parameters_are_ignored_and_the_first_of_several_values_counts() -> None:
    loaded = load(service_code=["LAMP", "TIP"], api_key="x", legacy="false", **HERE)
    assert loaded["service_code"] == "LAMP"
    assert loaded.keys() == {"service_code", "lat", "long", "accuracy", "answers", *TEXTS}


def test_all_problems_are_told_at_once_in_the_order_of_the_fields() -> None:
    questions = [
        Question("WHO", "string", "Who should come?", required=True),
        Question("COUNT", "number"),
    ]
    told = refusals(
        questions,
        **{"attribute[COUNT]": "many"},
        media_url="nowhere",
        description="x" * 4001,
        lat="north",
    )
    assert told == [
        ("service_code", "service_code.required"),
        ("lat", "field.latitude"),
        NO_LONG,
        ("description", "field.too_long"),
        ("media_url", "field.url"),
        ("attribute[WHO]", "answer.required"),
        ("attribute[COUNT]", "field.number"),
    ]


def test_answers_come_by_the_code_of_their_question() -> None:
    """POST-13, POST-14, POST-16"""
    questions = [
        Question("WHO", "singlevaluelist", keys=("CREW", "CLERK"), required=True),
        Question("WHAT", "multivaluelist", keys=("A", "B")),
        Question("SINCE", "datetime"),
        Question("NOTE", "text"),
    ]
    sent = {
        "attribute[WHO]": "CREW",
        "attribute[WHAT][]": ["B", "A"],
        "attribute[SINCE]": "2026-03-09T09:05:00",
        "attribute[NOTE]": "",
        "attribute[OTHER]": "x",
    }
    assert load(questions, service_code="SURVEY", **sent, **HERE)["answers"] == {
        "WHO": "CREW",
        "WHAT": ["B", "A"],
        "SINCE": "2026-03-09T13:05:00Z",
    }


def test_all_that_is_said_of_the_reporter_is_known_as_such() -> None:
    place_and_case = {
        *("service_code", "lat", "long", "address_string", "address_id", "zipcode"),
        *("description", "media_url", "accuracy"),
    }
    assert SubmissionSchema().fields.keys() - place_and_case == set(REPORTER_FIELDS)


def test_a_place_needs_both_of_its_coordinates() -> None:
    assert PlaceSchema().load({"lat": ["1"], "long": ["2"], "x": ["3"]}) == {"lat": 1, "long": 2}
    for lat, long in (("", ""), ("90.1", "180.1")):
        with pytest.raises(ValidationError) as caught:
            PlaceSchema().load({"lat": [lat], "long": [long]})
        assert caught.value.messages.keys() == {"lat", "long"}
