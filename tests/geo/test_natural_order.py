"""The order of codes: total, and the one people read."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.natural_order import natural_key

CODES = st.text(max_size=6) | st.text(alphabet="0129aAbB -²ß", max_size=6)
WORDS = st.text(alphabet="aAbB -.", min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("2", "10"),
        ("7A", "7B"),
        ("7", "7A"),
        ("7B", "10A"),
        ("Ward 9", "ward 10"),
        ("ward 9", "Ward 10"),
        ("a", "B"),
        ("9", "A"),
        ("1.9", "1.10"),
        ("02", "3"),
        ("2", "010"),
        ("", "0"),
    ],
)
def test_codes_stand_as_people_count(first: str, then: str) -> None:
    assert natural_key(first) < natural_key(then)


@pytest.mark.parametrize("group", [["007", "07", "7"], ["Ward", "waRd", "ward"], ["0", "00"]])
def test_codes_that_read_alike_are_ordered_by_their_plain_text(group: list[str]) -> None:
    keys = [natural_key(code) for code in group]
    assert all(first < then for first, then in itertools.pairwise(keys))


def test_numbers_of_thousands_of_digits_are_compared() -> None:
    nines, more = "9" * 6000, "1" + "0" * 6000
    assert natural_key(f"A{nines}") < natural_key(f"A{more}") < natural_key(f"A{more[:-1]}1")


@given(st.integers(0, 10**60), st.integers(0, 10**60), st.integers(0, 3), st.integers(0, 3), WORDS)
def test_a_smaller_number_stands_first_whatever_surrounds_it(
    one: int, other: int, zeros: int, more_zeros: int, word: str
) -> None:
    if one != other:
        keys = {
            one: natural_key(f"{word}{'0' * zeros}{one}{word}"),
            other: natural_key(f"{word}{'0' * more_zeros}{other}{word}"),
        }
        assert sorted(keys, key=keys.__getitem__) == sorted([one, other])


@given(CODES, CODES)
def test_of_two_different_codes_one_always_stands_first(one: str, other: str) -> None:
    before, after = natural_key(one) < natural_key(other), natural_key(other) < natural_key(one)
    assert before + after == (one != other)


@given(st.lists(CODES, max_size=6), st.randoms(use_true_random=False))
def test_any_order_of_codes_is_sorted_to_the_same(codes: list[str], random) -> None:
    shuffled = random.sample(codes, len(codes))
    assert sorted(shuffled, key=natural_key) == sorted(codes, key=natural_key)


@given(*[st.lists(st.tuples(WORDS, st.integers(0, 200)), max_size=3)] * 2)
def test_parts_are_compared_one_by_one_in_any_case_of_letters(
    one: list[tuple[str, int]], other: list[tuple[str, int]]
) -> None:
    keys = [natural_key("".join(f"{w}{n}" for w, n in parts)) for parts in (one, other)]
    as_read = [[(word.lower(), number) for word, number in parts] for parts in (one, other)]
    if as_read[0] != as_read[1]:
        assert (keys[0] < keys[1]) == (as_read[0] < as_read[1])
