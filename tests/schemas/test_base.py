"""Parameters: empty is absent, unknown is ignored; errors as keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import RAISE, ValidationError, fields

from schemas.base import ParametersSchema, filled_in
from schemas.errors import KeyedSchema, Problem, list_problems
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
        ({"lat": ["field.required"]}, [Problem("field.required", field="lat")]),
        (
            {"a": [Problem("x", {"n": 1}), "y"]},
            [Problem("x", {"n": 1}, "a"), Problem("y", {}, "a")],
        ),
        ({"_schema": ["x"]}, [Problem("x")]),
        ({"codes": {0: ["x"], 3: ["y"]}}, [Problem("x", {}, "codes"), Problem("y", {}, "codes")]),
        ([Problem("x", {}, "b"), Problem("y")], [Problem("x", {}, "b"), Problem("y")]),
        ("x", [Problem("x")]),
    ],
)
def test_errors_become_problems_with_their_fields(messages: Any, expected: list[Problem]) -> None:
    assert list(list_problems(ValidationError(messages))) == expected


def test_problems_follow_the_order_given_and_the_rest_comes_last() -> None:
    error = ValidationError({"z": ["x"], "other": ["x"], "b": ["x"], "a": ["x"]})
    assert [one.field for one in list_problems(error, ["b", "a", "z"])] == ["b", "a", "z", "other"]


def test_fields_answer_with_keys_and_never_with_a_sentence_of_marshmallow() -> None:
    class Row(KeyedSchema):
        number = fields.Integer(required=True)
        word = fields.String()

    for row in ({}, {"number": "x", "word": 1}, {"number": None, "more": 1}, 5):
        with pytest.raises(ValidationError) as caught:
            Row(unknown=RAISE).load(row)
        assert all(" " not in one.key for one in list_problems(caught.value))
