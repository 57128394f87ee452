"""Phrases in texts of residents, and the words of emergencies."""

import pytest

from open311.phrases import find_phrase, words_of
from schemas.vocabulary.emergencies import EMERGENCY_PHRASES
from schemas.vocabulary.languages import LANGUAGES


def test_words_are_compared_without_case_accents_and_punctuation() -> None:
    assert words_of("¡Un CABLE caído, ¿no?") == ["un", "cable", "caido", "no"]
    assert words_of("Straße_2-b") == ["strasse", "2", "b"]
    assert words_of("  ") == []


@pytest.mark.parametrize(
    ("text", "phrase", "is_found"),
    [
        ("The house is on fire!", "on fire", True),
        ("A fire hydrant on Main", "on fire", False),
        ("ON\n FIRE", "on fire", True),
        ("an onfire", "on fire", False),
        ("It smells of gas here", "gas + smell*", True),
        ("gas smell", "gas + smell*", True),
        ("The gas man came. He said that nothing at all smells here", "gas + smell*", False),
        ("Buy pills now", "pill*", True),
        ("Buy pills now", "pill", False),
        ("caterpillar", "pill*", False),
        ("Anything", "", False),
        ("Anything", "+ *", False),
        ("", "gas", False),
    ],
)
def test_a_phrase_is_found_as_it_is_written(text: str, phrase: str, is_found: bool) -> None:
    assert (find_phrase(text, [phrase]) == phrase) is is_found


def test_the_first_phrase_in_the_list_counts() -> None:
    assert find_phrase("casino and pills", ["lottery", "pills", "casino"]) == "pills"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "There is a gas smell on Broad Street"),
        ("en", "strong smell of gas"),
        ("en", "A wire is down across the road"),
        ("en", "Power line fell on a car"),
        ("en", "The dumpster is on fire"),
        ("en", "I heard shots fired"),
        ("en", "someone is bleeding"),
        ("es", "Huele a gas en la esquina"),
        ("es", "Hay un cable caído en la calle"),
        ("es", "Un carro en llamas"),
        ("es", "una persona atrapada en el elevador"),
    ],
)
def test_an_emergency_is_recognized(language: str, text: str) -> None:
    assert find_phrase(text, EMERGENCY_PHRASES[language])


@pytest.mark.parametrize(
    "text",
    [
        "The fire hydrant on Main leaks",
        "Street light out, wires hang inside the pole cover",
        "The painted line down the street is faded",
        "Trash smells behind the gasoline shop on the other side of town",
        "La luz no sirve y la banqueta está rota",
        "Bache grande en la calle principal",
    ],
)
def test_ordinary_reports_are_no_emergency(text: str) -> None:
    assert [find_phrase(text, phrases) for phrases in EMERGENCY_PHRASES.values()] == [None, None]


def test_each_language_has_its_phrases() -> None:
    assert set(EMERGENCY_PHRASES) == set(LANGUAGES)
    for phrases in EMERGENCY_PHRASES.values():
        for phrase in phrases:
            example = phrase.replace("*", "").replace("+", " ")
            assert find_phrase(example, [phrase]) == phrase
