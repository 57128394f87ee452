"""The word check of make lint: what it finds, and what it leaves alone."""

from textwrap import dedent

import pytest

from local.check_words import CATALOG, Text, find_banned, find_misspelled, list_sentences


@pytest.mark.parametrize(
    ("kind", "text", "problems"),
    [
        ("interface", "It was handed over and told.", ["avoid 'handed over'", "avoid 'told'"]),
        ("interface", "A canary fails.", ["avoid 'canary'"]),
        ("document", "The file canaries.csv.", []),
        ("summary", "Give the name of a layer.", ["avoid 'Give'"]),
        ("summary", "Return the name of a layer.", []),
        ("comment", "What the request told.", []),
        ("sentence", "The file lies in {}.", ["avoid 'lies'"]),
    ],
)
def test_banned_words_depend_on_who_reads_them(kind: str, text: str, problems: list[str]) -> None:
    assert find_banned(Text("a file", 1, kind, text)) == problems


def test_sentences_of_the_code_are_read_with_their_values() -> None:
    source = """
        def one(path: str) -> str:
            '''Return what lies in a docstring.'''
            return f"{path} lies in {path.parent}" or "stands here" or "handed_over now here"
    """
    found = list(list_sentences("a file", dedent(source)))
    assert [(one.line, one.kind, one.text) for one in found] == [
        (4, "sentence", "{} lies in {}"),
        (4, "sentence", "  now here"),
    ]


def test_long_sentences_of_the_interface_are_found() -> None:
    short, long = "word " * 21 + "end.", "word " * 22 + "end."
    assert find_banned(Text(CATALOG, 1, "interface", f"{short} {short}")) == []
    assert find_banned(Text(CATALOG, 1, "interface", f"{short} {long}")) == ["over 22 words"]


def test_british_spelling_is_found_on_its_line() -> None:
    texts = [
        Text("one", 1, "comment", "The color of a request."),
        Text("two", 7, "comment", "Ten metres in licence_text."),
    ]
    assert list(find_misspelled(texts)) == [(texts[1], "metres ==> meters")]
