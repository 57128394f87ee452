"""How people are recognized by their data, and how their data is erased from texts."""

import pytest

from open311.personal_data import PersonalWords, find_personal, same_phone

LEE = PersonalWords.of(
    [
        {
            "first_name": "Kim",
            "last_name": "Lee",
            "email": "Kim.Lee@mail.example",
            "phone": "+1 (740) 555-0100",
            "account_id": "acct-123456",
            "device_id": "77",
        }
    ]
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+1 740 555 0100", "(740) 555-0100", True),
        ("0151 1234567", "+49 151 1234567", True),
        ("0049 151 1234567", "+49 (151) 1234567", True),
        ("555-0100", "5550100", True),
        ("555-0100", "740-555-0100", False),
        ("610-555-0100", "740-555-0100", False),
        ("911", "911", False),
        ("", "", False),
    ],
)
def test_phone_numbers_are_compared_by_digits(one: str, other: str, same: bool) -> None:
    assert same_phone(one, other) is same
    assert same_phone(other, one) is same


@pytest.mark.parametrize(
    ("text", "erased"),
    [
        ("Write kim.lee@MAIL.example.", "Write [erased]."),
        ("(mailto:kim.lee@mail.example)", "(mailto:[erased])"),
        ("Call 740.555.0100 or 1-740-555-0100", "Call [erased] or [erased]"),
        ("tel:+17405550100, room 7", "tel:[erased], room 7"),
        ("Lee, Kim; KIM  LEE; kim lee", "[erased]; [erased]; [erased]"),
        ("Kim said so. LEE, too.", "[erased] said so. [erased], too."),
        ("Account ACCT-123456", "Account [erased]"),
    ],
)
def test_words_are_erased_however_they_are_written(text: str, erased: str) -> None:
    assert LEE.erase(text) == erased
    assert LEE.erase(erased) == erased


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on the lee side of a kimono shop",
        "kimberly.lee@mail.example",
        "610-555-0100",
        "17405550100123",
        "77 cars",
        "Cafe\u0301",
    ],
)
def test_other_words_stay_as_they_were(text: str) -> None:
    assert LEE.erase(text) == text


def test_a_street_keeps_its_name_but_no_person_in_an_address() -> None:
    assert LEE.erase_in_address("Lee Street 7") == "Lee Street 7"
    assert LEE.erase_in_address("c/o Kim Lee, Lee Street 7") == "c/o [erased], Lee Street 7"


def test_letters_are_compared_in_normal_form() -> None:
    person = PersonalWords(names=frozenset({("Jos\u00e9", "Nu\u0301n\u0303ez")}))
    assert person.erase("Jose\u0301 N\u00fa\u00f1ez called.") == "[erased] called."


def test_values_inside_json_are_erased_and_others_stay() -> None:
    value = {"a": ["Kim Lee", 7, None], "b": {"c": True, "d": "x"}}
    assert LEE.erase_in(value) == {"a": ["[erased]", 7, None], "b": {"c": True, "d": "x"}}
    nobody = PersonalWords()
    assert nobody.erase_in(value) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call (740) 687-6600 please", [("phone", "(740) 687-6600")]),
        ("740.687.6600 or 740-687-6601", [("phone", "740.687.6600"), ("phone", "740-687-6601")]),
        ("Mi número es +52 55 1234 5678.", [("phone", "+52 55 1234 5678")]),
        (
            "jo.doe+311@mail.example; 7406876600",
            [("email", "jo.doe+311@mail.example"), ("phone", "7406876600")],
        ),
        ("7406876600@mail.example", [("email", "7406876600@mail.example")]),
        ("Pole 123-4567, report 26-0001234, house 1234", []),
        ("at 39.7201, -82.6003 on 11/29/2026 10:30", []),
        ("GPS 38.85917409 -76.98602326, or 38.85917409,-176.98602326", []),
        ("43130-1234, permit 2024-001-2345, $1,234,567.89", []),
        ("reach me @ the park, a@b, @city", []),
        ("", []),
    ],
)
def test_contact_data_is_found_in_a_text(text: str, found: list[tuple[str, str]]) -> None:
    spans = find_personal(text)
    assert [(one.kind, one.text) for one in spans] == found
    assert [text[one.start : one.end] for one in spans] == [one.text for one in spans]


def test_numbers_without_a_country_code_are_of_the_region() -> None:
    assert [one.text for one in find_personal("Ruf 030 901820 an", "DE")] == ["030 901820"]
    assert find_personal("Ruf 030 901820 an", "US") == []
