"""How a search is cut into terms."""

import pytest

from open311.queries.search.words import terms


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hole", ["hole"]),
        ("  deep   hole ", ["deep", "hole"]),
        ('"main street" -tree', ['"main street"', "-tree"]),
        ('-"main street" x', ['-"main street"', "x"]),
        ("- & x !", ["x"]),
        ("a or b", ["a or b"]),
        ("a OR b", ["a OR b"]),
        ("orange", ["orange"]),
        ('open "quote', ["open", '"quote']),
    ],
)
def test_terms_are_words_and_phrases_and_an_or_keeps_all_together(
    words: str, expected: list[str]
) -> None:
    assert terms(words) == expected
