"""Texts of emails that are read once, and filled in for each email.

To read Markdown and to clean its HTML took a third of the time of an email. Here that is done with
marks instead of values, which are letters to it, so values cannot become anything else.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple, cast

from open311.mail.frame import frame, picture_html
from open311.mail.markup import (
    Link,
    fill_markdown,
    html_blocks,
    lines_of,
    names_in,
    normal_link,
    to_html,
    to_plain,
)

_START, _END = "\ue000", "\ue001"
"""Around the name of a value that is not there yet: for private use, so they have no meaning."""

_UNMARKED = dict.fromkeys(map(ord, (_START, _END)))

_LINKS = "https://value.invalid/"
_MARK = re.compile(f"{_START}([a-z_]+){_END}|{re.escape(_LINKS)}([a-z_]+)/")
_PREFIX = re.compile("((?:> )*)(- )?")
_SUBJECT, _PICTURES = "_subject", "_pictures"
_ABOUT_PICTURES = ("note", "sentence")
_SAFE_LINK = re.compile(r"[A-Za-z0-9:/?#&=._~-]+")


class Frame(NamedTuple):
    """What is around the text of an email, as in frame."""

    city: str
    language: str
    above: str = ""


class Page(NamedTuple):
    """An email as HTML, and the plain texts of its body and its foot."""

    html: str
    body: str
    foot: str


def write_page(
    body: str,
    foot: str,
    values: Mapping[str, str],
    around: Frame,
    subject: str,
    pictures: Sequence[tuple[str, str]] = (),
) -> Page:
    """Return an email; body and foot are Markdown with placeholders.

    subject is filled in already, and no value is a Block. pictures are those of picture_html.
    """
    lines = {name: _lines(value) for name, value in values.items() if value}
    known = frozenset(name for name, found in lines.items() if found)
    links = frozenset(name for name in known if isinstance(values[name], Link))
    read = _read(body, foot, known, links, around)
    html = {
        name: "<br>\n".join(escape(line, quote=False) for line in lines[name]) for name in known
    }
    html[_SUBJECT] = escape(subject)
    html[_PICTURES] = picture_html(pictures)
    return Page(
        _MARK.sub(lambda found: html[found[1] or found[2]], read.html),
        _fill_plain(read.body, lines),
        _fill_plain(read.foot, lines),
    )


def _lines(value: str) -> Sequence[str]:
    if isinstance(value, Link):
        return [value if _SAFE_LINK.fullmatch(value) else normal_link(value)]
    return lines_of(value)


@lru_cache(256)
def _read(
    body: str, foot: str, known: frozenset[str], links: frozenset[str], around: Frame
) -> Page:
    """Return an email with marks for the values that are not empty, named by known."""
    marks: dict[str, str] = dict.fromkeys(names_in(body) | names_in(foot), "")
    marks |= {name: f"{_START}{name}{_END}" for name in known - links}
    marks |= {name: Link(f"{_LINKS}{name}/") for name in links}
    body, foot = (fill_markdown(one.translate(_UNMARKED), marks) for one in (body, foot))
    html = frame(
        _with_place_of_pictures(body),
        to_html(foot),
        subject=f"{_START}{_SUBJECT}{_END}",
        city=around.city,
        language=around.language,
        above=around.above,
    )
    return Page(html, to_plain(body), to_plain(foot))


def _with_place_of_pictures(body: str) -> str:
    """Return the HTML of a body with a mark for the pictures.

    They belong to the note, and stand below it; without one, they stand below the sentence about
    the status, and in a text of the city with neither at the end.
    """
    blocks = [*html_blocks(body)]
    marks = [f"{_START}{name}{_END}" for name in _ABOUT_PICTURES]
    below = [at for mark in marks for at, block in enumerate(blocks, 1) if mark in block]
    blocks.insert(below[0] if below else len(blocks), f"{_START}{_PICTURES}{_END}")
    return "".join(blocks)


def _fill_plain(text: str, lines: Mapping[str, Sequence[str]]) -> str:
    """Return a plain text with values in it; their lines begin as those of the text do."""

    def fill(line: str) -> str:
        begins = cast("re.Match[str]", _PREFIX.match(line))  # which may be empty
        further = f"\n{begins[1]}{' ' * len(begins[2] or '')}"
        return _MARK.sub(lambda found: further.join(lines[found[1] or found[2]]), line)

    return "\n".join(fill(line) if _MARK.search(line) else line for line in text.split("\n"))
