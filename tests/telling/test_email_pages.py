"""Texts that are read once and then filled in: the same emails as if each were read with values."""

from collections.abc import Mapping
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.letters.texts import TEXTS, built_in_text, foot_of
from open311.mail.frame import frame, picture_html
from open311.mail.markup import Link, fill_markdown, names_in, to_html, to_plain
from open311.mail.pages import Frame, write_page
from schemas.vocabulary.languages import LANGUAGES

KINDS = sorted(TEXTS)
AROUND = Frame("Gridtown & <co>", "en", "Please write above this line")
PICTURES = [("a.jpg", 'A "photo" & more')]
ODD = (
    "",
    "x",
    "two\nlines",
    "> quoted\n- and listed",
    "1. <b>&amp;</b>",
    "a_b*c*\\",
    "\ue000id\ue001",
)

CLOSED = "((sentence))\n\n> ((note))\n\n[Yes](((link)))"

texts = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
urls = st.sampled_from(["", "http://x.example/a_b?c=d&e#f", "https://münchen.example/ä"]).map(Link)


def read_anew(
    body: str, foot: str, values: Mapping[str, str], subject: str
) -> tuple[str, str, str]:
    """Return what an email is if its Markdown is read with the values in it."""
    filled, below = fill_markdown(body, values), fill_markdown(foot, values)
    html = frame(
        to_html(filled),
        to_html(below),
        subject=subject,
        city=AROUND.city,
        language=AROUND.language,
        above=AROUND.above,
    )
    return html, to_plain(filled), to_plain(below)


def values_of(names: frozenset[str], data: Any) -> dict[str, str]:
    return {name: data.draw(urls if "link" in name else texts, name) for name in sorted(names)}


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_each_built_in_text_is_filled_as_if_it_were_read_anew(language: str, data: Any) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    body, foot = built_in_text(kind, language).body, foot_of(kind, language)
    values = values_of(names_in(body) | names_in(foot), data)
    subject = data.draw(texts)
    found = write_page(body, foot, values, AROUND, subject, PICTURES)
    before, pictures, after = found.html.partition(picture_html(PICTURES))
    assert pictures
    assert (before + after, *found[1:]) == read_anew(body, foot, values, subject)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (CLOSED, ["Fixed.", "Patched.", "<img", "Yes"]),
        (CLOSED.replace("> ((note))", "- ((note))\n- Or not."), ["Or not.", "<img", "Yes"]),
        (CLOSED.replace("> ((note))\n\n", ""), ["Fixed.", "<img", "Yes"]),
        ("# News\n\n[Yes](((link)))\n\nBye.", ["News", "Yes", "Bye.", "<img"]),
        ("((note))\n\n---\n\n((note))\n\nBye.", ["Patched.", "<img", "<hr", "Bye."]),
    ],
)
def test_photos_stand_below_the_note_or_the_status(body: str, expected: list[str]) -> None:
    values = {"sentence": "Fixed.", "note": "Patched.", "link": Link("https://x.example/")}
    html = write_page(body, "", values, AROUND, "26", PICTURES).html
    places = [html.index(one) for one in expected]
    assert places == sorted(places)
    assert not lxml.html.fromstring(html).xpath("//ul//img | //blockquote//img | //p/p")


def test_values_of_a_city_text_stay_letters_at_any_place() -> None:
    body = "((a)). ((a))\n\n**((a))**\n\n- ((b))\n\n[((a))](((link)))\n\n\ue000b\ue001"
    values = {"a": "26", "b": "1\n2", "link": Link("https://x.example/")}
    html, plain, _foot = write_page(body, "", values, AROUND, "26")
    assert "<strong>26</strong>" in html
    assert plain == "26. 26\n\n26\n\n- 1\n  2\n\n26: https://x.example/\n\nb\n"
    assert "<ol" not in html
