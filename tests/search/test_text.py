"""How a search for words is parsed."""

import pytest

from open311.queries.search.text import Term, parse_text


def phrase(text: str, *, excluded: bool = False) -> Term:
    return Term(text, phrase=True, excluded=excluded)


def without(text: str) -> Term:
    return Term(text, excluded=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hole", [[Term("hole")]]),
        ("  deep   hole ", [[Term("deep"), Term("hole")]]),
        ('"main street" -tree', [[phrase("main street"), without("tree")]]),
        ('-"main street" x', [[phrase("main street", excluded=True), Term("x")]]),
        ("- & x !", [[Term("x")]]),
        ("a or b", [[Term("a")], [Term("b")]]),
        ("a b OR c", [[Term("a"), Term("b")], [Term("c")]]),
        ("or a or or b or", [[Term("a")], [Term("b")]]),
        ('"a or b"', [[phrase("a or b")]]),
        ("or", [[Term("or")]]),
        ("orange", [[Term("orange")]]),
        ('open "quote', [[Term("open"), Term("quote")]]),
    ],
)
def test_terms_are_words_and_phrases_and_or_separates_alternatives(
    text: str, expected: list[list[Term]]
) -> None:
    assert parse_text(text) == expected
