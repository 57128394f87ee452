"""Texts of emails: Markdown with ((placeholders)), as HTML and as plain text.

((name)) is replaced by a value, and ((name??some text)) is there only if the value is not empty;
that text may have placeholders, too. There is no other language in it, so that nobody who writes
texts can run anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_OPENING = re.compile(r"\(\(([a-z][a-z_]*)(\?\?|\)\))")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_ALLOWED_TAGS = {
    *("a", "p", "em", "strong", "blockquote", "ul", "ol", "li", "br", "hr", "h1", "h2", "h3"),
}


class Link(str):
    """A value that is a URL of the city, which is not escaped."""

    __slots__ = ()


class Block(str):
    """A value that is Markdown of the server, such as a list, with blank lines around it."""

    __slots__ = ()


@dataclass(frozen=True)
class Placeholder:
    """A value by name, or a text that is there only with the value."""

    name: str
    then: Sequence["Part"] | None = None


Part = str | Placeholder

DEEPEST = 8
"""Placeholders inside one another."""

HIDDEN = "\N{OBJECT REPLACEMENT CHARACTER}"


@lru_cache(512)
def parse_text(text: str) -> Sequence[Part]:
    """Return a text in parts; raises ValueError if a placeholder does not end, or at DEEPEST."""
    return _parse(text, 0, 0)[0]


def _parse(text: str, start: int, depth: int) -> tuple[list[Part], int]:
    """Return the parts from a position on, and where they end: after the brackets if inside."""
    if depth > DEEPEST:
        raise ValueError("placeholders are too deep inside one another")
    parts: list[Part] = []
    position, open_brackets = start, 0
    while position < len(text):
        opening = _OPENING.match(text, position)
        if opening is not None and opening[2] == "))":
            parts.append(Placeholder(opening[1]))
            position = opening.end()
        elif opening is not None:
            then, position = _parse(text, opening.end(), depth + 1)
            parts.append(Placeholder(opening[1], then))
        elif depth and not open_brackets and text.startswith("))", position):
            return parts, position + 2
        else:
            # A bracket that begins in the text ends in it, as around the target of a link.
            change = {"(": 1, ")": -1}.get(text[position], 0)
            open_brackets = max(0, open_brackets + change)
            parts.append(text[position])
            position += 1
    if depth:
        raise ValueError("a placeholder does not end: add ))")
    return parts, position


def names_in(text: str) -> frozenset[str]:
    """Return the names of all placeholders of a text."""
    return frozenset(_names(parse_text(text)))


def _names(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Placeholder):
            yield part.name
            yield from _names(part.then or ())


def letters_of(text: str) -> Sequence[str]:
    """Return a text, and the texts inside its placeholders, each with HIDDEN for placeholders."""
    return [*_letters(parse_text(text))]


def _letters(parts: Sequence[Part]) -> Iterator[str]:
    yield "".join(part if isinstance(part, str) else HIDDEN for part in parts)
    for part in parts:
        if isinstance(part, Placeholder) and part.then is not None:
            yield from _letters(part.then)


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """Return a text of one line, such as a subject, with values in it."""
    filled = _fill(parse_text(text), {name: _plain(one) for name, one in values.items()})
    return " ".join(filled.split())


def fill_plain(text: str, values: Mapping[str, str]) -> str:
    """Return a plain text with values in it; its own lines stay lines."""
    return _fill(parse_text(text), {name: _plain(one) for name, one in values.items()}).strip()


def fill_markdown(text: str, values: Mapping[str, str]) -> str:
    """Return Markdown with values in it, which stay letters, whatever they contain."""
    return _fill(parse_text(text), {name: escape(one) for name, one in values.items()})


def _fill(parts: Sequence[Part], values: Mapping[str, str]) -> str:
    return "".join(
        part
        if isinstance(part, str)
        else values[part.name]
        if part.then is None
        else _fill(part.then, values)
        if values[part.name]
        else ""
        for part in parts
    )


def _plain(value: str) -> str:
    return _CONTROLS.sub(" ", value)


def escape(value: str) -> str:
    """Return a value for Markdown: its punctuation has no meaning, and its lines stay lines."""
    if isinstance(value, Link):
        return value
    if isinstance(value, Block):
        return f"\n\n{value}\n\n"
    return "\\\n".join(_PUNCTUATION.sub(r"\\\1", line) for line in lines_of(value))


def lines_of(value: str) -> Sequence[str]:
    """Return the lines of a value that are not empty, with single spaces."""
    lines = (" ".join(line.split()) for line in _plain(value).split("\n"))
    return [line for line in lines if line]


def normal_link(url: str) -> str:
    """Return a web address as it is in the HTML of Markdown: its host and path in ASCII."""
    return _reader().normalizeLink(url)


@cache
def _reader() -> MarkdownIt:
    """Return a reader of texts without HTML, images, and code, which stay letters."""
    ignored = ["image", "html_inline", "html_block", "code", "fence", "backticks"]
    return MarkdownIt("commonmark", {"html": False}).disable(ignored)


def links_of(markdown: str) -> Sequence[str]:
    """Return the web addresses that a text links to, in order."""
    inside = (one for token in _tokens(markdown) for one in token.children or ())
    return [str(one.attrGet("href")) for one in inside if one.type == "link_open"]


def foreign_parts(markdown: str) -> frozenset[str]:
    """Return which of "html" and "image" a text has, although they stay letters in emails."""
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    types = {one.type for token in tokens for one in (token, *(token.children or ()))}
    names = {"html_inline": "html", "html_block": "html", "image": "image"}
    return frozenset(names[one] for one in types & names.keys())


@lru_cache(4)
def _tokens(markdown: str) -> list[Token]:
    """Return Markdown in parts, which become HTML and plain text one after the other.

    Headings are below the subject, which is the first one of the page.
    """
    tokens = _reader().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag == "h1" else "h3"
    return tokens


def to_html(markdown: str) -> str:
    """Return Markdown as HTML that has only harmless elements, and links to pages."""
    return _html_of(_tokens(markdown))


def html_blocks(markdown: str) -> Sequence[str]:
    """Return the HTML of to_html in parts: its paragraphs, lists, quotations, and headings."""
    blocks: list[list[Token]] = [[]]
    for token in _tokens(markdown):
        blocks[-1].append(token)
        if token.level == 0 and token.nesting <= 0:  # of a paragraph, the text is on level 1
            blocks.append([])
    return [_html_of(block) for block in blocks if block]


def _html_of(tokens: Sequence[Token]) -> str:
    reader = _reader()
    return nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


def to_plain(markdown: str) -> str:
    """Return Markdown as plain text: links with their addresses, quotations after >."""
    blocks: list[str] = []
    quoted = 0
    for token in _tokens(markdown):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline":
            lines = _inline(token.children or ()).split("\n")
            first = "- " if token.level > 1 and not quoted else ""
            prefixes = ["> " * quoted + first, *["> " * quoted + " " * len(first)] * len(lines)]
            blocks.append("\n".join(map("".join, zip(prefixes, lines, strict=False))))
    return "\n\n".join(blocks) + "\n"


def _inline(tokens: Sequence[Token]) -> str:
    found: list[str] = []
    targets: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            targets.append((str(token.attrGet("href")), len(found)))
        elif token.type == "link_close":
            target, start = targets.pop()
            if "".join(found[start:]) != target:
                found.append(f": {target}")
        elif token.type in ("softbreak", "hardbreak"):
            found.append("\n")
        else:
            found.append(token.content)
    return "".join(found)
