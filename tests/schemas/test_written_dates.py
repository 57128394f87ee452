"""Dates as people and phones write them, in the order of the country of a time zone."""

from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.errors import list_problems
from schemas.fields import LocalDateTime, w3c

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def refusal(field: LocalDateTime, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value, "it")
    [problem] = list_problems(caught.value)
    return problem.key


@pytest.mark.parametrize("field", [LocalDateTime(NEW_YORK), LocalDateTime(BERLIN)])
@pytest.mark.parametrize(
    "text",
    [
        *("11/27/2026", "27.11.2026", "27/11/2026", "2026/11/27", "2026.11.27", "2026-11-27"),
        *("Nov 27, 2026", "27 Nov 2026", "27. November 2026", "27-nov-2026", "NOVEMBER 27 2026"),
        *("Friday, November 27, 2026", "27 de noviembre de 2026"),
    ],
)
def test_a_date_of_one_meaning_is_read_in_every_country(field: LocalDateTime, text: str) -> None:
    assert field.deserialize(text, "it").astimezone(field.zone).isoformat()[:16] == (
        "2026-11-27T00:00"
    )


@pytest.mark.parametrize(
    ("text", "there", "here"),
    [
        ("11/12/2026", "2026-11-12", "2026-12-11"),
        ("11-12-2026", "2026-11-12", "2026-12-11"),
        ("11.12.2026", None, "2026-12-11"),  # with dots, the day comes first
        ("11/27/26", "2026-11-27", None),
        ("27.11.26", None, "2026-11-27"),
        ("11/12/26", "2026-11-12", "2026-12-11"),
        ("26/11/27", None, "2027-11-26"),
        ("3. März 2026", None, "2026-03-03"),
    ],
)
def test_the_order_of_a_date_is_that_of_the_country(
    text: str, there: str | None, here: str | None
) -> None:
    for zone, day in ((NEW_YORK, there), (BERLIN, here)):
        field = LocalDateTime(zone)
        if day is None:
            assert refusal(field, text) == "field.date"
        else:
            assert field.deserialize(text, "it").astimezone(zone).date().isoformat() == day


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Etc/UTC"), ZoneInfo("America/Toronto")])
@pytest.mark.parametrize("text", ["11/12/2026", "11.12.2026", "11/12/26", "26/11/27"])
def test_without_an_order_a_date_of_two_meanings_is_refused(zone: tzinfo, text: str) -> None:
    assert refusal(LocalDateTime(zone), text) == "field.date"


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2026", "Nov 2026", "20261127", "2026-W11-1", "2026-13-01", "2026/27/11"),
        *("13/13/2026", "2/30/2026", "11/27", "1773065100", "12:00", "Nov 27, 26", "11/27/0026"),
        *("11/27/2026 2:30 PM EST", "11/27/2026 25:00", "x" * 100, "11/27/2026" + " " * 60 + "x"),
    ],
)
def test_what_is_no_written_date_is_refused(text: str) -> None:
    assert refusal(LocalDateTime(NEW_YORK), text) == "field.date"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11/27/2026 2:30 PM", "2026-11-27T19:30:00Z"),
        ("Nov 27, 2026, 14:30:15", "2026-11-27T19:30:15Z"),
        ("Fri, 27 Nov 2026 14:30:00 GMT", "2026-11-27T14:30:00Z"),
        ("11/27/2026 14:30 -08:00", "2026-11-27T22:30:00Z"),
        ("11/27/2026", "2026-11-28T04:59:59Z"),
    ],
)
def test_a_written_date_may_have_a_time(text: str, expected: str) -> None:
    assert w3c(LocalDateTime(NEW_YORK, last_moment=True).deserialize(text, "it")) == expected


@given(st.text() | st.from_regex(r"([0-9]{1,4}|Nov|[/. :,T-]|am|Z|\+){1,9}", fullmatch=True))
def test_any_text_is_a_written_date_or_refused(text: str) -> None:
    try:
        moment = LocalDateTime(BERLIN).deserialize(text, "it")
    except ValidationError:
        return
    assert 1900 <= moment.year < 2200
