"""Which texts of a city are refused, and what those that are taken make of any value."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.letters.texts import TEXTS, built_in_text
from open311.mail.checks import find_text_problems
from open311.mail.markup import Link, fill_markdown, links_of, to_html, to_plain
from open311.messages.sentences import api_sentence
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.message_texts import (
    ALWAYS_SENT,
    LINKS,
    PLACEHOLDERS,
    PLACEHOLDERS_OF,
    REQUIRED_OF,
    TEMPLATE_KINDS,
)

SEE = "[See](((link)))"


def keys(subject: str = "News", body: str = SEE, kind: str = "status") -> list[tuple[str, str]]:
    """Return the field and the message of each problem; each can be said in a sentence."""
    problems = find_text_problems(kind, subject, body)
    assert all(api_sentence(one) for one in problems)
    return [(one.field, one.message.key) for one in problems]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TEMPLATE_KINDS)
def test_what_is_built_in_could_be_a_text_of_a_city(kind: str, language: str) -> None:
    text = built_in_text(kind, language)
    assert find_text_problems(kind, text.subject, text.body) == []


def test_the_tables_of_kinds_fit_together() -> None:
    assert set(TEMPLATE_KINDS) == set(PLACEHOLDERS_OF) == set(REQUIRED_OF)
    assert set(TEMPLATE_KINDS) <= set(TEXTS)
    assert set(ALWAYS_SENT) <= set(TEMPLATE_KINDS)
    assert (
        set(LINKS)
        <= set(PLACEHOLDERS)
        == {one for some in PLACEHOLDERS_OF.values() for one in some}
    )
    assert all(set(REQUIRED_OF[kind]) <= set(PLACEHOLDERS_OF[kind]) for kind in TEMPLATE_KINDS)


@pytest.mark.parametrize(
    "body",
    [
        SEE,
        "<((link))>",
        "# News\n\n- **((status))**\n- ((note??> ((note))))\n\n([see](((link))))",
        "(a (b)) " + SEE,
        "`code` stays letters " + SEE,
        "    " + SEE,
        "Call [us](tel:555-0100) or [write](mailto:a@b.example). " + SEE,
        "[site](https://www.example.gov/a?b=c) " + SEE,
        "a < b and b > a " + SEE,
        "x" * (10_000 - len(SEE)) + SEE,
    ],
)
def test_texts_that_are_taken(body: str) -> None:
    assert keys(body=body) == []
    values = {name: Link(f"https://x.example/{name}") for name in LINKS}
    filled = fill_markdown(body, {**dict.fromkeys(PLACEHOLDERS, "value"), **values})
    assert values["link"] in links_of(filled)
    assert f'href="{values["link"]}"' in to_html(filled)
    assert values["link"] in to_plain(filled)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("", "field.required"),
        (" \n ", "field.required"),
        ("x" * 10_000 + SEE, "text.too_long"),
        (SEE + " ((foo))", "text.unknown"),
        (SEE + " ((Link))", "text.unknown"),
        (SEE + " (( link ))", "text.unknown"),
        (SEE + " ((yes_link??x))", "text.unknown"),
        (SEE + " ((id", "text.unbalanced"),
        (SEE + " ((id??x", "text.unbalanced"),
        (SEE + " id))", "text.unbalanced"),
        (SEE + "((id??" * 2000 + "))" * 2000, "text.too_long"),
        (SEE + "((id??" * 1200 + "))" * 1200, "text.unbalanced"),
        ("No link", "text.lacks_link"),
        ("((link))", "text.lacks_link"),
        (r"\[See](((link)))", "text.lacks_link"),
        (f"((note??{SEE}))", "text.lacks_link"),
        ("[See](((link))&x=1)", "text.link_part"),
        (SEE + " [map](((place)))", "text.link_part"),
        (SEE + " [map](https://map.example/?q=((place)))", "text.link_part"),
        (SEE + " [map][m]\n\n[m]: ((place))", "text.link_part"),
        (SEE + " [page](/about)", "text.whole_link"),
        (SEE + " [page](ftp://x.example)", "text.whole_link"),
        (SEE + " <b>bold</b>", "text.has_html"),
        (SEE + " <!-- hidden -->", "text.has_html"),
        (SEE + "\n\n<script>alert(1)</script>", "text.has_html"),
        (SEE + " ![logo](https://x.example/a.png)", "text.has_image"),
    ],
)
def test_texts_that_are_refused(body: str, key: str) -> None:
    assert ("body", key) in keys(body=body)


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ("", "field.required"),
        ("x" * 151, "text.too_long"),
        ("a\nBcc: kim@mail.example", "text.one_line"),
        ("a\rb", "text.one_line"),
        ("((link))", "text.subject_link"),
        ("((note))", "text.empty"),
        ("((id??Request ((id))))", "text.empty"),
        ("((foo))", "text.unknown"),
        ("((id", "text.unbalanced"),
    ],
)
def test_subjects_that_are_refused(subject: str, key: str) -> None:
    assert ("subject", key) in keys(subject=subject)


@pytest.mark.parametrize(
    ("kind", "body", "missing"),
    [
        ("closed", SEE, 2),
        ("closed", SEE + " ((yes_link??[Yes](((yes_link))) [No](((no_link)))))", 0),
        ("closed", SEE + " ((due_date??[Yes](((yes_link))) [No](((no_link)))))", 2),
        ("question", SEE, 1),
        ("question", SEE + " ((note??> ((note))))", 0),
        ("received", SEE, 1),
        ("received", SEE + " ((confirm_link??[Confirm](((confirm_link)))))", 0),
        ("confirm", "[Yes](((confirm_link)))", 1),
        ("confirm", "[Yes](((confirm_link))) [Stop](((stop_link)))", 0),
    ],
)
def test_what_a_kind_needs(kind: str, body: str, missing: int) -> None:
    assert len(keys(kind=kind, body=body)) == missing


PIECES = st.sampled_from(
    [
        *("[", "]", "(", ")", "((", "))", "??", "note", "place", "link", "((note))", "((place))"),
        *("((note??", " ", "\n\n", "\n", "> ", "- ", "<", ">", "*", "`", "\\", "![", "]: ", "#"),
        *("https://x.example/", "&", "_", "    ", "x", SEE),
    ]
)
VALUES = [
    "[pay here](http://evil.example)",
    "http://evil.example",
    "<http://evil.example>",
    "]: http://evil.example",
    "](http://evil.example)",
    "<img src=http://evil.example/a.png>",
    "((link)) ((note??x))",
    "javascript:alert(1)",
    "a\n\n[a]: http://evil.example\n\n    code\n# head",
    "word " * 800,
]


@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_value_becomes_a_link_in_a_text_that_is_taken(body: str) -> None:
    text = f"{body}\n\n{SEE}"
    if keys(body=text):
        return
    check_values(text)


def check_values(text: str) -> None:
    links: Any = {name: Link(f"https://311.example/{name}") for name in LINKS}
    for value in VALUES:
        markdown = fill_markdown(text, {**dict.fromkeys(PLACEHOLDERS, value), **links})
        html = to_html(markdown)
        for target in re.findall(r'href="([^"]*)"', html):
            assert "evil" not in target
            assert "javascript" not in target
        assert "<img" not in html
        assert "<script" not in html
