"""Answers to a service's questions, however they are spelled."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.errors import Problem, list_problems
from schemas.requests.answers import (
    ANSWER_LIMIT,
    FIELD_OF,
    Question,
    answers_schema,
    by_code,
    gather_answers,
    parameter,
)

NEW_YORK = ZoneInfo("America/New_York")
KEYS = ("A", "B", "01")


def answer(question: Question, *sent: str, name: str | None = None) -> Any:
    """Send values to one question and give what is stored under its code, if anything."""
    values = {name or parameter(question.code): list(sent)}
    loaded = answers_schema((question,), NEW_YORK).load(gather_answers(values, [question]))
    return by_code(loaded, [question]).get(question.code)


def test_every_datatype_of_the_standard_is_known() -> None:
    standard = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    assert set(FIELD_OF) == standard


@pytest.mark.parametrize(
    "name", ["attribute[WHAT]", "attribute[WHAT][]", "attribute[WHAT][0]", "attribute[WHAT][17]"]
)
@pytest.mark.parametrize(
    ("datatype", "expected"), [("singlevaluelist", "B"), ("multivaluelist", ["B", "01"])]
)
def test_an_answer_may_be_spelled_in_every_way_seen_in_the_field(
    name: str, datatype: str, expected: Any
) -> None:
    question = Question("WHAT", datatype, keys=KEYS)
    assert answer(question, "B", "01", name=name) == expected


def test_the_values_of_all_spellings_come_together() -> None:
    values = {
        "attribute[WHAT]": ["A"],
        "attribute[WHAT][]": ["B", ""],
        "attribute[WHAT][0]": ["01"],
        "attribute[WHO]": ["x", "y"],
    }
    questions = [Question("WHAT", "multivaluelist", keys=KEYS), Question("WHO", "string")]
    assert gather_answers(values, questions) == {
        "attribute[WHAT]": ["A", "B", "01"],
        "attribute[WHO]": "x",
    }


@pytest.mark.parametrize(
    "name",
    ["attribute", "attribute[]", "attribute[WHAT", "xattribute[WHAT]", "attribute[WHAT][x]y"],
)
def test_what_is_no_answer_is_left_alone(name: str) -> None:
    assert gather_answers({name: ["A"]}, [Question("WHAT", "string")]) == {}


@given(st.text(alphabet="AB09.-_[]: äé", min_size=1, max_size=6).filter(lambda c: "][" not in c))
@pytest.mark.parametrize("datatype", ["string", "multivaluelist"])
def test_any_code_can_be_answered(datatype: str, code: str) -> None:
    question = Question(code, datatype, keys=KEYS)
    assert answer(question, "A") == (["A"] if datatype == "multivaluelist" else "A")


@pytest.mark.parametrize("code", ["5.1", ".", "A.B.C", "A[0]", "a b", "größe", "🚧"])
def test_a_required_question_with_an_unusual_code_can_be_answered(code: str) -> None:
    assert answer(Question(code, "string", required=True), "Here") == "Here"


@pytest.mark.parametrize(
    ("datatype", "sent", "stored"),
    [
        ("string", ["a\x00b\n"], "ab\n"),
        ("text", ["x" * ANSWER_LIMIT], "x" * ANSWER_LIMIT),
        ("number", [" 007.50 "], "007.50"),
        ("datetime", ["2026-03-09"], "2026-03-09T04:00:00Z"),
        ("datetime", ["2026-03-09T14:05:00.5+01:00"], "2026-03-09T13:05:00Z"),
        ("singlevaluelist", ["01", "A"], "01"),
        ("singlevaluelist", ["", "A"], "A"),
        ("multivaluelist", ["B", "A", "B"], ["B", "A"]),
        ("multivaluelist", ["B", " "], ["B"]),
    ],
)
def test_an_answer_is_stored_as_json_can_hold_it(
    datatype: str, sent: list[str], stored: Any
) -> None:
    assert answer(Question("Q", datatype, keys=KEYS), *sent) == stored


@pytest.mark.parametrize(
    ("datatype", "sent", "key"),
    [
        ("string", "x" * 4001, "field.too_long"),
        ("text", "x" * 4001, "field.too_long"),
        ("number", "many", "field.number"),
        ("datetime", "soon", "field.date"),
        ("singlevaluelist", "1", "field.choice"),
        ("multivaluelist", "a", "field.choice"),
    ],
)
def test_a_wrong_answer_is_refused_by_the_name_of_its_parameter(
    datatype: str, sent: str, key: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        answer(Question("Q", datatype, keys=KEYS), sent)
    assert [(one.field, one.key) for one in list_problems(caught.value)] == [("attribute[Q]", key)]


@pytest.mark.parametrize("datatype", sorted(FIELD_OF))
@pytest.mark.parametrize("empty", [[], [""], ["  "], ["\x00"]])
def test_an_empty_answer_is_missing_where_one_is_required(datatype: str, empty: list[str]) -> None:
    asked = Question("Q", datatype, "How so?", required=True, keys=KEYS)
    with pytest.raises(ValidationError) as caught:
        answer(asked, *empty)
    missing = Problem("answer.required", {"code": "Q"}, "attribute[Q]")
    assert list(list_problems(caught.value)) == [missing]


@pytest.mark.parametrize("datatype", sorted(FIELD_OF))
@pytest.mark.parametrize("empty", [[], [""], ["  "], ["\x00"]])
def test_an_empty_answer_is_none_where_none_is_required(datatype: str, empty: list[str]) -> None:
    question = Question("Q", datatype, keys=KEYS)
    loaded = answers_schema((question,), NEW_YORK).load(
        gather_answers({"attribute[Q]": empty}, [question])
    )
    assert by_code(loaded, [question]) == {}


def test_an_answer_to_a_question_nobody_asked_is_ignored() -> None:
    questions = [Question("Q", "string")]
    sent = gather_answers({"attribute[Q]": ["a"], "attribute[R]": ["b"]}, questions)
    loaded = answers_schema(tuple(questions), NEW_YORK).load(sent)
    assert by_code(loaded, questions) == {"Q": "a"}
