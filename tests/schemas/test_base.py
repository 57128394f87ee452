"""Parameters: empty is absent, unknown is ignored; errors as sentences."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.base import ParametersSchema, filled_in, sentences
from schemas.fields import CommaSeparated, Flag, Text


class Parameters(ParametersSchema):
    """One of each kind."""

    name = Text(20, load_default="nobody")
    codes = CommaSeparated(load_default=[])
    flag = Flag(load_default=False)


DEFAULTS = {"name": "nobody", "codes": [], "flag": False}


@pytest.mark.parametrize("empty", [[], [""], [" "], ["\t\n"], ["", " "], ["\x00"]])
@pytest.mark.parametrize("name", ["name", "codes", "flag"])
def test_an_empty_parameter_is_an_absent_one(name: str, empty: list[str]) -> None:
    assert Parameters().load({name: empty}) == DEFAULTS


def test_an_unknown_parameter_is_ignored() -> None:
    assert Parameters().load({"legacy": ["false"], "Name": ["x"]}) == DEFAULTS


def test_the_first_value_that_is_filled_in_counts() -> None:
    assert Parameters().load({"name": ["", "Ann", "Bob"]})["name"] == "Ann"


def test_a_list_may_be_sent_in_one_parameter_or_in_several() -> None:
    sent = {"codes": ["a, b", "", "c", "a"]}
    assert Parameters().load(sent)["codes"] == ["a", "b", "c"]


@given(st.dictionaries(st.text(max_size=3), st.lists(st.sampled_from(["", " ", "a", " b "]))))
def test_what_is_filled_in_stays_in_its_order_as_it_was_sent(sent: dict[str, list[str]]) -> None:
    kept = filled_in(sent)
    for name, values in sent.items():
        assert kept.get(name, []) == [value for value in values if value in ("a", " b ")]
    assert all(kept.values())


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ({"lat": ["lat is missing."]}, ["lat is missing."]),
        ({"order": ["Not a valid integer."]}, ["order: Not a valid integer."]),
        ({"order": ["One.", "Two."]}, ["order: One.", "order: Two."]),
        ({"_schema": ["Invalid input type."]}, ["Invalid input type."]),
        ({"codes": {0: ["No."], 3: ["Nor this."]}}, ["codes: No.", "codes: Nor this."]),
        (["One sentence.", "Another."], ["One sentence.", "Another."]),
        ("A sentence.", ["A sentence."]),
    ],
)
def test_errors_become_sentences_that_name_their_parameter(
    messages: Any, expected: list[str]
) -> None:
    assert sorted(sentences(ValidationError(messages))) == sorted(expected)


def test_sentences_follow_the_order_given_and_the_rest_comes_last() -> None:
    error = ValidationError({"z": ["Z."], "other": ["O."], "b": ["B."], "a": ["A."]})
    told = list(sentences(error, ["b", "a", "z"]))
    assert told == ["b: B.", "a: A.", "z: Z.", "other: O."]
