"""The field types: what each takes, what it gives, and what it says when it refuses."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from marshmallow import Schema, ValidationError
from marshmallow.fields import Field

from schemas.errors import list_problems
from schemas.fields import (
    Choice,
    Choices,
    CommaSeparated,
    Degrees,
    Flag,
    Number,
    Text,
    W3CDateTime,
    WebAddress,
    printable,
    w3c,
)

NEW_YORK = ZoneInfo("America/New_York")
NUMBER_LIKE = st.text(alphabet="0123456789+-.,eE _xnaif٣", max_size=8)

moments = st.datetimes(
    datetime(1901, 1, 1),  # noqa: DTZ001
    datetime(2198, 12, 31),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def refusal(field: Field, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value, "it")
    [problem] = list_problems(caught.value)
    return problem.key


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_what_is_printable_can_stand_in_xml_and_all_that_can_is_kept(text: str) -> None:
    etree.Element("it").text = printable(text)
    assert printable(text) == "".join(letter for letter in text if stands_in_xml(letter))


def stands_in_xml(letter: str) -> bool:
    """An oracle: libxml2."""
    try:
        etree.Element("it").text = letter
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("letter", "\x00\x08\x0b\x0c\x1f\ud800\udfff\ufffe\uffff")
def test_a_character_that_xml_cannot_carry_is_dropped(letter: str) -> None:
    assert printable(f"a{letter}b") == "ab"


@pytest.mark.parametrize("letter", "\t\n\r \x7f\x85\ud7ff\ue000\ufffd\U00010000🚧\U0010ffff")
def test_a_character_that_xml_can_carry_is_kept(letter: str) -> None:
    assert printable(f"a{letter}b") == f"a{letter}b"


def test_text_is_taken_as_it_is_up_to_its_limit() -> None:
    assert Text(5).deserialize(" a\r\n🚧", "it") == " a\r\n🚧"


def test_text_beyond_its_limit_is_refused_with_both_numbers() -> None:
    assert refusal(Text(4000), "ä" * 4001) == ("field.too_long")


def test_characters_that_are_dropped_do_not_count() -> None:
    assert Text(4).deserialize("\x00a\x00b\x00cd", "it") == "abcd"


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example",
        "https://a.example/b/c.jpg?d=e&f=g#h",
        "HTTPS://A.EXAMPLE",
        "http://localhost:8000/x",
        "http://intranet/x",
        "https://münchen.example/bild",
    ],
)
def test_a_web_address_is_taken_without_the_blanks_around_it(address: str) -> None:
    assert WebAddress(2000).deserialize(f" {address}\n", "it") == address


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/b.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "a.example/b.jpg",
        "http://",
        "http://a b",
        "x http://a.example",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    assert refusal(WebAddress(2000), address) == "field.url"


def test_a_web_address_has_a_limit_too() -> None:
    assert "too_long" in refusal(WebAddress(20), "http://a.example/12345")


@given(st.sampled_from([90, 180]).flatmap(lambda n: st.tuples(st.just(n), st.floats(-n, n))))
def test_degrees_are_read_without_loss(case: tuple[int, float]) -> None:
    limit, degrees = case
    assert Degrees(limit).deserialize(f" {degrees!r} ", "it") == degrees


@given(st.floats())
def test_degrees_beyond_their_limit_are_refused(degrees: float) -> None:
    if not abs(degrees) <= 90:
        assert "field.latitude" in refusal(Degrees(90), repr(degrees))


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("+12.5", 12.5), (".5", 0.5), ("-5.", -5.0), ("1e1", 10.0), ("90", 90.0), ("-90.0", -90.0)],
)
def test_degrees_may_be_written_in_every_decimal_way(text: str, degrees: float) -> None:
    assert Degrees(90).deserialize(text, "it") == degrees


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "-", "1,5", "12°", "N 12", "0x10", "1_0", "٣", "nan", "-inf", "1e400", "--1"),
        *("90.0000001", "-90.0000001", "1 2", "1.2.3", "1e", "12.5\u00002", "9" * 10_000),
    ],
)
def test_what_is_no_number_of_degrees_is_refused(text: str) -> None:
    assert refusal(Degrees(90), text) == ("field.latitude")


@given(st.text() | NUMBER_LIKE)
def test_any_text_is_degrees_within_the_limit_or_refused(text: str) -> None:
    try:
        degrees = Degrees(180).deserialize(text, "it")
    except ValidationError:
        assert not re.fullmatch(r"-?\d{1,2}(\.\d+)?", text, re.ASCII)
    else:
        assert degrees == float(text.strip())
        assert abs(degrees) <= 180


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.integers())
def test_a_number_is_kept_as_it_was_written(number: Any) -> None:
    assert Number().deserialize(f" {number} ", "it") == str(number)


@pytest.mark.parametrize("text", ["007", "+1", ".5", "5.", "1.50", "1E-3", "9" * 100])
def test_a_number_may_be_written_in_every_decimal_way(text: str) -> None:
    assert Number().deserialize(text, "it") == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "1,5", "1 000", "0x1F", "1_0", "٣", "nan", "inf", ".", "1e", "1\n2", "9" * 101],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert refusal(Number(), text) == "field.number"


@given(st.text() | NUMBER_LIKE)
def test_any_text_is_a_number_that_can_be_reckoned_with_or_refused(text: str) -> None:
    try:
        number = Number().deserialize(text, "it")
    except ValidationError:
        assert not re.fullmatch(r"-?\d{1,9}(\.\d+)?", text, re.ASCII)
    else:
        assert number == text.strip()
        assert isinstance(float(number), float)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09T14:05:00Z", "2026-03-09T14:05:00Z"),
        ("2026-03-09T09:05:00-05:00", "2026-03-09T14:05:00Z"),
        ("2026-03-09T14:05:00+00:00", "2026-03-09T14:05:00Z"),
        ("2026-03-09T14:05:00+0000", "2026-03-09T14:05:00Z"),
        ("2026-03-09T14:05:00.123Z", "2026-03-09T14:05:00Z"),
        ("2026-03-09T14:05:00.1234567Z", "2026-03-09T14:05:00Z"),
        ("2026-03-09T14:05Z", "2026-03-09T14:05:00Z"),
        (" 2026-03-09T14:05:00Z\n", "2026-03-09T14:05:00Z"),
        # a + of a query string that became a blank
        ("2026-03-09T14:05:00 05:00", "2026-03-09T09:05:00Z"),
        ("2026-03-09T14:05:00 0500", "2026-03-09T09:05:00Z"),
        ("2026-03-09T14:05:00.000 05:00", "2026-03-09T09:05:00Z"),
        ("2026-03-09T14:05 05:30", "2026-03-09T08:35:00Z"),
        # without a zone: New York, four hours behind in summer and five in winter
        ("2026-03-09T14:05:00", "2026-03-09T18:05:00Z"),
        ("2026-03-09 14:05:00", "2026-03-09T18:05:00Z"),
        ("2026-01-09T14:05", "2026-01-09T19:05:00Z"),
        ("2026-03-09", "2026-03-09T04:00:00Z"),
        ("2026-01-09", "2026-01-09T05:00:00Z"),
        # lower-case t and z (RFC 3339)
        ("2026-03-09t14:05:00z", "2026-03-09T14:05:00Z"),
        ("2026-03-09t14:05:00.5+05:00", "2026-03-09T09:05:00Z"),
        # the first and the last
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"),
        ("2199-12-31T23:59:59Z", "2199-12-31T23:59:59Z"),
    ],
)
def test_a_date_and_time_is_read_in_all_its_forms(text: str, expected: str) -> None:
    moment = W3CDateTime(NEW_YORK).deserialize(text, "it")
    assert moment.utcoffset() == timedelta(0)
    assert w3c(moment) == expected


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-03-09", "2026-03-10T03:59:59Z"),
        ("2026-03-08", "2026-03-09T03:59:59Z"),  # the clocks went forward
        ("2026-11-01", "2026-11-02T04:59:59Z"),  # the clocks went back
        ("2026-03-09T00:00:00Z", "2026-03-09T00:00:00Z"),
    ],
)
def test_an_end_without_a_time_is_the_last_second_of_its_day(day: str, last: str) -> None:
    assert w3c(W3CDateTime(NEW_YORK, last_moment=True).deserialize(day, "it")) == last


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2026", "2026-03", "20260309", "2026-W11-1", "26-03-09", "09/03/2026"),
        *("2026-02-30", "2026-13-01", "2026-03-09T25:00:00Z", "2026-03-09T14:61:00Z"),
        *("2026-03-09T14:05:00 EST", "2026-03-09T14:05:00+99:00", "1773065100"),
        *(
            "0001-01-01",
            "1899-12-31T23:59:59Z",
            "2200-01-01T00:00:00Z",
            "9999-12-31T23:59:59-14:00",
        ),
        "\uff12\uff10\uff12\uff16-03-09",
    ],
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    assert refusal(W3CDateTime(), text) == ("field.date_time")


@given(moments, st.booleans())
def test_a_moment_survives_being_written_in_any_zone_even_without_its_plus(
    moment: datetime, plus_is_lost: bool
) -> None:
    written = moment.isoformat().replace("+", " " if plus_is_lost else "+")
    assert W3CDateTime(NEW_YORK).deserialize(written, "it") == moment


@given(st.text() | st.from_regex(r"\d{4}-[01]\d-[0-3]\d[T ]?[0-9:.,Z+ -]{0,14}", fullmatch=True))
def test_any_text_is_a_moment_of_utc_or_refused(text: str) -> None:
    try:
        moment = W3CDateTime(NEW_YORK).deserialize(text, "it")
    except ValidationError:
        assert not re.fullmatch(r"20\d\d-0[1-9]-[012][1-8]", text, re.ASCII)
    else:
        assert moment.utcoffset() == timedelta(0)
        assert 1900 <= moment.year < 2200


@given(moments)
def test_a_moment_leaves_in_utc_with_whole_seconds(moment: datetime) -> None:
    written = w3c(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)
    lost = moment - datetime.fromisoformat(written)
    assert timedelta(0) <= lost < timedelta(seconds=1)


def test_a_document_writes_moments_and_leaves_what_is_not_there_empty() -> None:
    document = Schema.from_dict({"then": W3CDateTime(), "never": W3CDateTime()})()
    then = datetime(2026, 3, 9, 9, 5, tzinfo=NEW_YORK)
    assert document.dump({"then": then, "never": None}) == {
        "then": "2026-03-09T13:05:00Z",
        "never": None,
    }
    assert W3CDateTime().deserialize(w3c(then), "it").tzinfo is UTC


@pytest.mark.parametrize("text", ["B", " B "])
def test_a_choice_is_one_of_the_keys(text: str) -> None:
    assert Choice(["A", "B"]).deserialize(text, "it") == "B"


@pytest.mark.parametrize("text", ["", "b", "A,B", "C"])
def test_a_choice_beyond_the_keys_is_refused(text: str) -> None:
    assert refusal(Choice(["A", "B"]), text) == "field.choice"


def test_several_choices_keep_their_order_and_come_once() -> None:
    chosen = Choices(["A", "B", "C"]).deserialize(["C", " A", "C", "A "], "it")
    assert chosen == ["C", "A"]


def test_one_wrong_choice_among_several_is_refused() -> None:
    assert refusal(Choices(["A", "B"]), ["A", "X"]) == "field.choice"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (" b , a ,b", ["b", "a"]),
        (",a,,", ["a"]),
        (" , ,", []),
        ("a b,c", ["a b", "c"]),
        ("a\x00,\x0b", ["a"]),
    ],
)
def test_a_list_is_split_at_its_commas_and_each_item_comes_once(
    text: str, items: list[str]
) -> None:
    assert CommaSeparated().deserialize(text, "it") == items


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        *(("true", True), (" TRUE ", True), ("1", True), ("Yes", True), ("on", True)),
        *(("all", True), ("False", False), ("false", False), ("0", False), ("no", False)),
        *(("off", False), ("none", False)),
    ],
)
def test_a_flag_is_true_or_false_in_any_case_or_word(text: str, flag: bool) -> None:
    assert Flag().deserialize(text, "it") is flag


@pytest.mark.parametrize("text", ["", "2", "-1", "maybe", "t", "truefalse"])
def test_what_is_no_flag_is_refused(text: str) -> None:
    assert refusal(Flag(), text) == "field.flag"
