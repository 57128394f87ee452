"""Language of pages: the one that was chosen, or else one that the browser accepts.

Staff choose theirs for their session; on the residents' website it begins the path.

Messages are written in English where they are used. Their Spanish texts are in
translations/es/LC_MESSAGES/messages.po. These files are read directly, so there is no compile step.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request, session
from flask_babel import Babel, Domain, get_locale, gettext
from werkzeug.routing import BaseConverter

from schemas.vocabulary.languages import LANGUAGES

FOLDER = Path(__file__).parents[1] / "translations"


class _Messages(Domain):  # type: ignore[misc]
    """The messages of a language, read from its PO file."""

    def get_translations(self) -> NullTranslations:
        """Return the messages of the current language; English texts are their own messages."""
        return read_messages(language())


class _Babel(Babel):  # type: ignore[misc]
    domain_instance: Any = _Messages()


@cache
def read_messages(name: str) -> NullTranslations:
    """Return the messages of a language, one of LANGUAGES."""
    if name == "en":
        return NullTranslations()
    path = FOLDER / name / "LC_MESSAGES/messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)


def speak_languages(app: Flask) -> None:
    """Set up translations for templates and views."""
    _Babel().init_app(app, locale_selector=_choose)


def path_language() -> str:
    """Return the language that the path of the page begins with, or else an empty text.

    A path without a page, or with another method, has one as well: its error is a page, too.
    """
    if request.url_rule is not None:
        return g.get("path_language") or ""
    first = request.path.split("/")[1]
    return first if first in LANGUAGES else ""


class LanguageConverter(BaseConverter):
    """The code of a language that the path of a page begins with."""

    regex = "|".join(LANGUAGES)


def say(message: str, **values: object) -> str:
    """Return a message in the language of the page, with values in place of %(names)s."""
    return str(gettext(message, **values))


def language() -> str:
    """Return the language of the page, one of LANGUAGES."""
    return str(get_locale() or "en")


def _choose() -> str:
    chosen = path_language() or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
