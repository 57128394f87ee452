"""Any text as a filter: it is parsed, or refused with a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidFilter
from geo.search.cql2 import parse_filter
from geo.search.cql2_text import text_to_json

WORDS = st.sampled_from(
    [
        *("status", "'open'", "=", "<>", "AND", "OR", "NOT", "(", ")", ",", "IN", "LIKE", "IS"),
        *("NULL", "BETWEEN", "1", "-2.5", "POINT", "POLYGON", "0 0", "S_INTERSECTS", "DATE"),
        *("TIMESTAMP", "INTERVAL", "'..'", "'2026-01-01'", "TRUE", "+", "*", "'", '"', "ü"),
    ]
)
KEYS = ["op", "args", "property", "date", "timestamp", "interval", "bbox", "type", "coordinates"]
KNOWN = ["and", "=", "not", "in", "s_within", "Point", "Polygon", "2026-01-01"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner | st.sampled_from(KNOWN),
            max_size=3,
        )
    ),
    max_leaves=12,
)


def refusal(text: str, language: str) -> str:
    """Give the sentence by which a filter is refused; none for one that is a filter."""
    try:
        parse_filter(text, language)
    except InvalidFilter as error:
        return error.key
    return ""


@given(st.lists(WORDS, max_size=15).map(" ".join) | st.text(max_size=100))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    sentence = refusal(text, "cql2-text")
    assert sentence == "" or sentence.startswith("filter")


@given(VALUES.map(json.dumps) | st.text(max_size=50))
def test_any_json_is_a_filter_or_is_refused(text: str) -> None:
    sentence = refusal(text, "cql2-json")
    assert sentence == "" or sentence.startswith("filter")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a OR b AND NOT c", ["or", "a", ["and", "b", ["not", "c"]]]),
        ("(a OR b) AND c", ["and", ["or", "a", "b"], "c"]),
        ("NOT a AND b", ["and", ["not", "a"], "b"]),
        ("a = 1 + 2 * 3", ["=", "a", ["+", 1, ["*", 2, 3]]]),
        ("a = (1 + 2) * 3", ["=", "a", ["*", ["+", 1, 2], 3]]),
        ("a = 1 - 2 - 3", ["=", "a", ["-", ["-", 1, 2], 3]]),
        ("a NOT BETWEEN 1 AND 2 AND b", ["and", ["not", ["between", "a", 1, 2]], "b"]),
        ("android IS NOT NULL", ["not", ["isNull", "android"]]),
        ('"a b" = -c', ["=", "a b", ["-", 0, "c"]]),
        ("casei(a) = 'it''s'", ["=", ["casei", "a"], "it's"]),
    ],
)
def test_parts_bind_as_the_standard_says(text: str, expected: object) -> None:
    def short(node: object) -> object:
        if isinstance(node, dict) and "op" in node:
            return [node["op"], *(short(one) for one in node["args"])]
        return node["property"] if isinstance(node, dict) else node

    assert short(text_to_json(text)) == expected
