"""Which language the pages of staff speak: the one someone chose, else one the browser asks for.

Messages are written in English where they are used; translations/es/LC_MESSAGES/messages.po has
them in Spanish. Such files are read as they are, so that there is nothing to compile.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale, gettext

LANGUAGES = {"en": "English", "es": "Español"}

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


def language() -> str:
    """Give the language of the page at hand, one of LANGUAGES."""
    return str(get_locale() or "en")


def _choose() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
