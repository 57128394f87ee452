"""Cursors: written so that only what was written is read."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.search.cursors import SORTS, Cursor, decode, encode

numbers = st.integers(0, 2**63 - 1)
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
cursors = st.sampled_from(list(SORTS)).flatmap(
    lambda sort: st.builds(
        Cursor, st.just(sort), moments if SORTS[sort] is datetime else numbers, numbers
    )
)


def written(content: object) -> str:
    text = json.dumps(content, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(cursors)
def test_a_cursor_is_read_as_it_was_written(cursor: Cursor) -> None:
    text = encode(cursor)
    assert decode(text) == cursor
    assert text.isascii()
    assert not set(text) & set("+/=&")
    assert len(text) < 120


@given(st.text(max_size=300))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- whatever the reason
        decode(text)


@given(st.binary(max_size=100).map(lambda octets: base64.urlsafe_b64encode(octets).decode()))
def test_no_other_octets_are_a_cursor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(text)


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        "added",
        {},
        [],
        ["added", 1],
        ["added", 1, 2, ""],
        ["added", 1, 2, 3],
        ["added", 1, 2, "a", "b"],
        ["-requested_datetime", "2026-03-09T14:05:00Z", 2, "a"],
        ["added", 1, 1, 1],
        {"added": 1, "b": 2, "c": 3},
        ["unknown", 1, 1],
        [["added"], 1, 1],
        [{}, 1, 1],
        ["added", -1, 1],
        ["added", 1, -1],
        ["added", 2**63, 1],
        ["added", 1.0, 1],
        ["added", True, 1],
        ["added", "1", 1],
        ["added", None, 1],
        ["added", "2026-03-09T14:05:00Z", 1],
        ["requested_datetime", 1, 1],
        ["requested_datetime", "2026-03-09", 1],
        ["requested_datetime", "2026-13-09T14:05:00Z", 1],
        ["requested_datetime", "2026-3-9T14:05:00Z", 1],
        ["requested_datetime", "0001-01-01T00:00:00Z", True],
    ],
)
def test_what_is_not_as_it_is_written_is_refused(content: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(written(content))


def test_padding_blanks_and_other_alphabets_are_refused() -> None:
    text = encode(Cursor("added", 1, 2))
    for other in (f"{text}=", f"{text} ", f" {text}", text[:-1], f"{text}A", text.swapcase()):
        with pytest.raises(ValueError):  # noqa: PT011
            decode(other)
