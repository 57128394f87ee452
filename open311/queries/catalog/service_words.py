"""Services by the words in which residents describe a problem, in memory.

A word weighs more the fewer services have it, and more in names and keywords than in descriptions
and questions. Words are compared by their stems; an unknown one counts as the keyword most like it.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import snowballstemmer
from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

NAME, KEYWORD, DESCRIPTION, QUESTION = 3.0, 2.0, 0.7, 0.3
JOINED = 0.5
"""Weight of two words next to each other, which some write as one, compared with one of them."""

ALIKE = 0.7
"""Weight of a keyword that is only like a word, or begins with it, compared with the word."""

MOST_WORDS = 100
"""Words of a text that are read; nobody needs more to name a problem."""

_APOSTROPHES = re.compile("['\u2019]")
_SHORTEST = 3  # letters: shorter ones are articles and the like
_SHORTEST_TYPED_WRONG = 5
_SIMILARITY = 0.75

Weights = Mapping[str, float]
Text = tuple[str, float]
"""A text of a service, and the weight of its words."""


@dataclass(frozen=True)
class LanguageWords:
    """The words of all services in one language: the weight of each stem for services by code.

    strong holds the stems of names and keywords.
    """

    stem: Callable[[str], str]
    weights: Mapping[str, Weights]
    strong: Sequence[str]

    @classmethod
    def of(cls, language: str, services: Mapping[str, Iterable[Text]]) -> "LanguageWords":
        """Read the texts of services by code; language is a code such as es or pt_BR."""
        stem = stem_in(language)
        stem_once = cache(stem)  # the texts of services repeat words
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for code, texts in services.items():
            for text, weight in texts:
                stems = [stem_once(word) for word in words_of(text)]
                pairs = [first + second for first, second in pairwise(stems)]
                for some, value in ((stems, weight), (pairs, weight * JOINED)):
                    for one in some:
                        found[one][code] = max(found[one].get(code, 0), value)
        rarity = {one: math.log(1 + len(services) / len(codes)) for one, codes in found.items()}
        weights = {
            one: {code: weight * rarity[one] for code, weight in codes.items()}
            for one, codes in found.items()
        }
        strong = [one for one, codes in found.items() if max(codes.values()) >= KEYWORD]
        return cls(stem, weights, strong)

    def weigh(self, word: str, following: str | None, *, may_be_begun: bool) -> Weights:
        """Return what a word says about services, with the word after it, if any."""
        stem = self.stem(word)
        found = self.weights.get(stem) or self._weigh_unknown(word, stem, may_be_begun)
        pair = self.weights.get(stem + self.stem(following), {}) if following else {}
        return {code: found.get(code, 0) + pair.get(code, 0) for code in {*found, *pair}}

    def _weigh_unknown(self, word: str, stem: str, may_be_begun: bool) -> Weights:
        like = [one for one in self.strong if one.startswith(word)] if may_be_begun else []
        if not like and len(stem) >= _SHORTEST_TYPED_WRONG:
            score = OSA.normalized_similarity
            best = process.extractOne(stem, self.strong, scorer=score, score_cutoff=_SIMILARITY)
            like = [best[0]] if best else []
        found: dict[str, float] = {}
        for one in like:
            for code, weight in self.weights[one].items():
                found[code] = max(found.get(code, 0), weight * ALIKE)
        return found


@dataclass(frozen=True)
class ServiceWords:
    """The words of all services in the languages of a city."""

    languages: Sequence[LanguageWords]

    def weigh(self, text: str) -> dict[str, float]:
        """Return the weight of a text for each service by code that it has a word of.

        The text may be unfinished: its last word may be the beginning of one.
        """
        words = words_of(text)[:MOST_WORDS]
        is_begun = text[-1:].isalnum()
        total: dict[str, float] = defaultdict(float)
        last = {word: place for place, word in enumerate(words)}
        for place, word in enumerate(words):
            if last[word] != place:
                continue  # once is enough
            following = words[place + 1] if place + 1 < len(words) else None
            may_be_begun = is_begun and following is None
            best: dict[str, float] = {}
            for language in self.languages:
                found = language.weigh(word, following, may_be_begun=may_be_begun)
                for code, weight in found.items():
                    best[code] = max(best.get(code, 0), weight)
            for code, weight in best.items():
                total[code] += weight
        return total


def words_of(text: str) -> list[str]:
    """List the words of a text in order, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.casefold()))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word for word in re.findall(r"[^\W_]+", letters) if len(word) >= _SHORTEST]


def stem_in(language: str) -> Callable[[str], str]:
    """Return the function that stems a word in a language; it changes none in an unknown one.

    A stemmer keeps the word that it works on, so each call makes one: threads share none.
    """
    name = (Locale.parse(language).get_language_name("en") or "").lower()
    if name not in snowballstemmer.algorithms():
        return str
    return lambda word: snowballstemmer.stemmer(name).stemWord(word)
