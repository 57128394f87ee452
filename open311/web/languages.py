"""Which language the pages of staff speak: the one someone chose, else one the browser asks for.

Messages are written in English where they are used; translations/es/LC_MESSAGES/messages.po has
them in Spanish. Such files are read as they are, so that there is nothing to compile.
"""

import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale, gettext

from open311.sentences import SENTENCES

LANGUAGES = {"en": "English", "es": "Español"}

LONGEST_SENTENCE = 500
"""Characters: what is longer somebody has written, and comparing it would take long."""

FOLDER = Path(__file__).parents[1] / "translations"


class _Messages(Domain):  # type: ignore[misc]
    """The messages of a language, from its file as translators write it."""

    def get_translations(self) -> NullTranslations:
        """Give the messages of the language at hand; those of English are the texts themselves."""
        return read_messages(language())


class _Babel(Babel):  # type: ignore[misc]
    domain_instance: Any = _Messages()


@cache
def read_messages(name: str) -> NullTranslations:
    """Read the messages of a language, one of LANGUAGES."""
    if name == "en":
        return NullTranslations()
    path = FOLDER / name / "LC_MESSAGES/messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)


def speak_languages(app: Flask) -> None:
    """Let templates and views say things in the language of who reads them."""
    _Babel().init_app(app, locale_selector=_choose)


def say(message: str, **values: object) -> str:
    """Say something in the language of the page at hand, with values in the place of %(names)s."""
    return str(gettext(message, **values))


def told(sentences: Iterable[str]) -> str:
    """Give sentences of errors as one text, each in the language at hand if it is known there."""
    return " ".join(in_language(one) for one in sentences)


def in_language(text: str) -> str:
    """Say a sentence in the language at hand if it is one of SENTENCES; else leave it as it is."""
    if language() == "en" or len(text) > LONGEST_SENTENCE:
        return text
    for known, form in _forms():
        found = form.fullmatch(text)
        if found:
            return say(known, **found.groupdict())
    return text


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """Give each sentence with what recognises it, those that say most in front."""
    in_order = sorted(SENTENCES, key=lambda known: len(_PLACE.sub("", known)), reverse=True)
    return [(known, re.compile(_form(known), re.DOTALL)) for known in in_order]


def _form(known: str) -> str:
    """Give the expression for a sentence in which anything may stand in each place."""
    pieces = _PLACE.split(known)  # text and names by turns
    return "".join(
        f"(?P<{piece}>.*?)" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    )


_PLACE = re.compile(r"%\((\w+)\)s")


def language() -> str:
    """Give the language of the page at hand, one of LANGUAGES."""
    return str(get_locale() or "en")


def _choose() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
