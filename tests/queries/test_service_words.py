"""Words of services: stems, misspelled and unfinished words, and several languages."""

import pytest

from open311.queries.catalog.service_words import (
    DESCRIPTION,
    KEYWORD,
    NAME,
    LanguageWords,
    ServiceWords,
    words_of,
)

ENGLISH = {
    "POTHOLE": [("Pothole", NAME), ("street", KEYWORD), ("asphalt", KEYWORD)],
    "LIGHT": [("Street light out", NAME), ("lamp", KEYWORD), ("flickering", KEYWORD)],
    "TRASH": [("Missed trash", NAME), ("garbage", KEYWORD), ("In the street.", DESCRIPTION)],
}
SPANISH = {
    "POTHOLE": [("Bache", NAME), ("calle", KEYWORD)],
    "TRASH": [("Basura no recogida", NAME), ("contenedor", KEYWORD)],
}
WORDS = ServiceWords([LanguageWords.of("en", ENGLISH), LanguageWords.of("es", SPANISH)])


def best(text: str) -> str | None:
    weights = WORDS.weigh(text)
    return max(weights, key=weights.__getitem__, default=None)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Potholes!", "POTHOLE"),
        ("POTHOLE", "POTHOLE"),
        ("the light flickers", "LIGHT"),
        ("streetlight", "LIGHT"),
        ("garbge", "TRASH"),
        ("gabrage everywhere.", "TRASH"),
        ("asph", "POTHOLE"),
        ("Hay varios baches", "POTHOLE"),
        ("la básura", "TRASH"),
        ("contenedores llenos", "TRASH"),
        ("it's the trash\u2019s fault", "TRASH"),
        ("street pothole", "POTHOLE"),
        ("", None),
        ("🙂 \x00 ... 12", None),
        ("a an of", None),
        ("zzzzzz", None),
    ],
)
def test_a_text_names_a_service(text: str, service: str | None) -> None:
    assert best(text) == service


def test_only_the_last_word_may_be_unfinished() -> None:
    assert best("the asph") == "POTHOLE"
    assert best("asph there") is None
    assert best("asph ") is None  # a blank ends it


def test_names_weigh_more_than_keywords_and_these_more_than_descriptions() -> None:
    weights = WORDS.weigh("street")
    assert weights["LIGHT"] > weights["POTHOLE"] > weights["TRASH"] > 0


def test_a_rare_word_weighs_more() -> None:
    assert WORDS.weigh("lamp")["LIGHT"] > WORDS.weigh("street")["POTHOLE"]


def test_a_word_that_is_repeated_counts_once() -> None:
    assert WORDS.weigh("lamp lamp lamp.") == WORDS.weigh("lamp.")


def test_no_text_is_too_long() -> None:
    assert WORDS.weigh("word " * 100_000 + "lamp") == {}
    assert len(words_of("ice ü RV Ärger it's")) == 3


def test_words_of_a_language_without_stems_are_compared_as_they_are() -> None:
    words = LanguageWords.of("vi", {"LIGHT": [("Đèn đường", NAME)], "TRASH": [("Rác thải", NAME)]})
    assert set(ServiceWords([words]).weigh("đường tối.")) == {"LIGHT"}
