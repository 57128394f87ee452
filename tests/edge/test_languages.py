"""The languages of the workspace: nothing that pages say is left untranslated."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from open311.sentences import SENTENCES
from open311.web.languages import LANGUAGES, read_messages, told

PACKAGE = Path(__file__).resolve().parents[2] / "open311"
METHODS = [("**.py", "python"), ("templates/staff/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "say": None,
    "sentence": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACE = re.compile(r"%\((\w+)\)[sd]")
OTHERS = [language for language in LANGUAGES if language != "en"]


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def said() -> set[str]:
    """All that templates and views say, plural forms by the first of them."""
    found = extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS)
    ids = (message for _file, _line, message, _comments, _context in found)
    return {one if isinstance(one, str) else one[0] for one in ids}


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path = PACKAGE / "translations" / request.param / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_all_that_is_said_is_translated_and_nothing_else(catalogue: Catalog) -> None:
    translated = {texts(message)[0] for message in catalogue if message.id}
    assert translated == said()  # make messages brings the files in line
    assert len(translated) > 400


def test_each_translation_says_something_and_keeps_its_places(catalogue: Catalog) -> None:
    for message in catalogue:
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
    many = "%(num)d requests updated."
    assert spanish.ngettext("%(num)d request updated.", many, 2).startswith("%(num)d solicit")
    assert read_messages("en").gettext("Sign in") == "Sign in"


def sentences_of_the_code() -> set[str]:
    """All texts in the code, {} in the place of what differs."""
    packages = ("open311", "schemas", "geo")
    files = [file for package in packages for file in (PACKAGE.parent / package).rglob("*.py")]
    sources = [ast.parse(file.read_text()) for file in files if file.name != "sentences.py"]
    return {written(node) for source in sources for node in ast.walk(source)}


def written(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
        return "".join(parts)
    return ""


def test_sentences_are_those_of_the_code() -> None:
    known = {PLACE.sub("{}", one) for one in SENTENCES}
    assert known - sentences_of_the_code() == set()
    assert len(known) == len(SENTENCES)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (
            (
                "Someone else has changed 26-0000001 meanwhile, and nothing was done: look at what "
                "has changed, and decide again."
            ),
            (
                "Otra persona ha cambiado 26-0000001 entretanto, y no se hizo nada: vea qué ha "
                "cambiado y decida de nuevo."
            ),
        ),
        ("status must be one of open, closed.", "status debe ser uno de open, closed."),
        ("'x' is not what it seems (100%).", "'x' is not what it seems (100%)."),
        ("role is missing.", "Falta role, la función."),
    ],
)
def test_a_sentence_of_an_error_is_recognised(app: Flask, english: str, spanish: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert told([english, english]) == f"{spanish} {spanish}"


def test_english_is_left_as_it_is(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert told(["role is missing.", "Else."]) == "role is missing. Else."
