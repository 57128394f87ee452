"""Search for phrases in texts of residents, whatever the case, accents, and punctuation.

A phrase is one or more words in a row, such as "on fire". A word that ends in * matches words that
begin with it. Parts joined by + may come in any order with other words between them: "gas + smell*"
matches "smells of gas".
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

NEAR = 6
"""Words between the beginnings of two parts of a phrase, at most."""


def words_of(text: str) -> list[str]:
    """List the words of a text as they are compared: without case and accents."""
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    return re.findall(r"[^\W_]+", plain.casefold())


def find_phrase(text: str, phrases: Iterable[str]) -> str | None:
    """Return the first of some phrases that a text contains; None without one."""
    words = words_of(text)
    return next((phrase for phrase in phrases if _is_in(words, phrase)), None)


def _is_in(words: Sequence[str], phrase: str) -> bool:
    first, *others = [_places(words, part) for part in _parts(phrase)] or [set()]
    return any(
        all(any(abs(place - other) <= NEAR for other in part) for part in others) for place in first
    )


@lru_cache(maxsize=1000)
def _parts(phrase: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of each part; one that matches beginnings still ends in *."""
    parts = (_pattern(part) for part in phrase.split("+"))
    return tuple(part for part in parts if part)


def _pattern(part: str) -> tuple[str, ...]:
    found: list[str] = []
    for written in part.split():
        words = words_of(written)
        if words and written.endswith("*"):
            words[-1] += "*"
        found += words
    return tuple(found)


def _places(words: Sequence[str], part: Sequence[str]) -> set[int]:
    """Return where a part begins in a text."""
    return {
        start
        for start in range(len(words) - len(part) + 1)
        if all(map(_matches, words[start : start + len(part)], part))
    }


def _matches(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


COVER = "▮▮▮"
"""What replaces covered words."""


def cover_phrases(text: str, phrases: Iterable[str]) -> tuple[str, list[str]]:
    """Return a text with phrases covered, and those phrases that are not in it.

    They match whole words, in any case of letters and with any spaces between them. Here a phrase
    has no wildcards.
    """
    wanted = sorted({" ".join(one.split()) for one in phrases} - {""}, key=len, reverse=True)
    if not wanted:
        return text, []
    patterns = {one: _covering(one) for one in wanted}
    missing = [one for one in wanted if not re.search(patterns[one], text, re.IGNORECASE)]
    return re.sub("|".join(patterns.values()), COVER, text, flags=re.IGNORECASE), missing


def _covering(phrase: str) -> str:
    return r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)"
