"""Texts of emails: placeholders, Markdown that stays letters, HTML, and plain text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.mail.envelope import Letter, write_email
from open311.mail.markup import (
    Link,
    fill_line,
    fill_markdown,
    names_in,
    parse_text,
    to_html,
    to_plain,
)
from open311.mail.outlets import mail_sender

URL = Link("https://311.example/en/track/abc_-1?fixed=yes#fixed")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("((a))", "A"),
        ("x((a))y((b))", "xAy"),
        ("((a??is A: ((a))!)) and ((b??not ((b))))", "is A: A! and "),
        ("((a??one((b?? two))((a?? three ((a))))))", "one three A"),
        ("((a??(in brackets)))", "(in brackets)"),
        ("((a??[word](((link)))))", f"[word]({URL})"),
        ("((b??[word](((link)))))", ""),
        ("(a) ((A)) ((a b)) (( a ))", "(a) ((A)) ((a b)) (( a ))"),
    ],
)
def test_placeholders(text: str, filled: str) -> None:
    assert fill_line(text, {"a": "A", "b": "", "link": URL}) == " ".join(filled.split())


@pytest.mark.parametrize("text", ["((a??", "((a??x", "((a??((b))", "((a??(x))"])
def test_a_placeholder_ends(text: str) -> None:
    with pytest.raises(ValueError, match="does not end"):
        parse_text(text)


def test_all_names_of_a_text_are_known() -> None:
    assert names_in("((a??((b))((c??((d))))))") == {"a", "b", "c", "d"}


ODD = [
    "[pay here](http://x.example)",
    "<http://x.example> <b>bold</b> <script>alert(1)</script>",
    "# no heading",
    "1. no list\n2. none\n- nor this\n\n    nor code",
    "![image](http://x.example/a.png) &amp; &#60;",
    "*stars* _lines_ `ticks` ~~~ === --- ***",
    "> no quotation\n>> nor this",
    "((link)) ((a??b)) \\[x\\](y)",
    "[x]: http://x.example",
    "a | b\n--|--\nc | d",
]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("text", ["((a))", "> ((a))", "Said: ((a)), [go](((link)))"])
def test_values_stay_letters(text: str, value: str) -> None:
    markdown = fill_markdown(text, {"a": value, "link": URL})
    html, plain = to_html(markdown), to_plain(markdown)
    assert html.count("<a ") == ("link" in text)
    assert "<" not in html.replace("<p>", "").replace("</p>", "").replace("<br>", "").replace(
        "<blockquote>", ""
    ).replace("</blockquote>", "").replace(f'<a href="{URL}">', "").replace("</a>", "")
    for line in filter(None, (" ".join(one.split()) for one in value.split("\n"))):
        assert line in plain


VISIBLE = st.characters(exclude_categories=["C", "Z"])


@given(st.text(VISIBLE | st.sampled_from(" \n"), max_size=60))
def test_any_value_stays_letters(value: str) -> None:
    markdown = fill_markdown("Said: ((a)).", {"a": value})
    html = to_html(markdown)
    assert html.startswith("<p>Said: ")
    assert html.count("<") == 2 + html.count("<br>")
    said = "".join(to_plain(markdown).split())
    assert said == f"Said:{''.join(value.split())}."


@given(st.text(max_size=80))
def test_a_subject_is_one_line_whatever_it_contains(value: str) -> None:
    subject = fill_line("News: ((a))", {"a": value})
    sender = mail_sender("Städt <a@b.example>")
    assert sender is not None
    letter = Letter(subject=subject, plain="x\n", html="<p>x</p>")
    email = write_email(letter, sender, "k@m.example", "1@b.example", datetime.now(UTC))
    assert "\n" not in email["Subject"]
    assert len(email.items()) == 8


def test_links_of_city_texts_are_for_pages_alone() -> None:
    html = to_html("[a](javascript:alert(1)) [b](https://x.example) [c](data:text/html,x)")
    assert html.count("href") == 1
    assert "<img" not in to_html("![x](https://x.example/y.png)")


def test_plain_text_has_the_address_of_a_link_once() -> None:
    assert to_plain("[Yes](https://x.example) and [https://y.example](https://y.example)") == (
        "Yes: https://x.example and https://y.example\n"
    )
    assert to_plain("# A\n\n- b\n- **c**\n\n> d  \n> e") == "A\n\n- b\n\n- c\n\n> d\n> e\n"
