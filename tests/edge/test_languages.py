"""The languages of the workspace: nothing that pages say is left untranslated."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES

PACKAGE = Path(__file__).resolve().parents[2] / "open311"
METHODS = [
    ("**.py", "python"),
    ("templates/insights/**.html", "jinja2"),
    ("templates/residents/**.html", "jinja2"),
    ("templates/staff/**.html", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "say": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
PLACE = re.compile(r"%\((\w+)\)[sd]")
OTHERS = [language for language in LANGUAGES if language != "en"]


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def said() -> set[str]:
    """All that templates and views say, plural forms by the first of them."""
    found = [
        one
        for package in (PACKAGE, PACKAGE.parent / "schemas")
        for one in extract_from_dir(package, METHODS, keywords=KEYWORDS)
    ]
    ids = (message for _file, _line, message, _comments, _context in found)
    return {one if isinstance(one, str) else one[0] for one in ids}


@pytest.fixture(scope="module", params=OTHERS)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    path = PACKAGE / "translations" / request.param / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_all_that_is_said_is_translated_and_nothing_else(catalog: Catalog) -> None:
    translated = {texts(message)[0] for message in catalog if message.id}
    assert translated == said()  # make messages brings the files in line
    assert len(translated) > 400


def test_no_text_is_hidden_from_the_extraction_in_an_f_string() -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in KEYWORDS
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert found == []


def test_each_translation_says_something_and_keeps_its_places(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        assert not message.fuzzy, message.id
        assert all(strings), message.id
        for text in strings:
            assert set(PLACE.findall(text)) == set(PLACE.findall(texts(message)[-1])), message.id


def test_a_file_is_read_as_translators_write_it() -> None:
    spanish = read_messages("es")
    assert spanish.gettext("Sign in") == "Iniciar sesión"
    many = "%(count)s requests updated."
    assert spanish.ngettext("%(count)s request updated.", many, 2).startswith("%(count)s solicit")
    assert read_messages("en").gettext("Sign in") == "Sign in"
