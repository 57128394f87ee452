"""What is wrong with the text of a city for its emails, before anyone gets one."""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from open311.mail.markup import (
    Link,
    fill_line,
    fill_markdown,
    foreign_parts,
    letters_of,
    links_of,
    names_in,
    parse_text,
    to_plain,
)
from open311.messages import CATALOG
from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.messages.telling import (
    TEXT_EMPTY,
    TEXT_HAS_HTML,
    TEXT_HAS_IMAGE,
    TEXT_LACKS,
    TEXT_LACKS_LINK,
    TEXT_LINK_PART,
    TEXT_ONE_LINE,
    TEXT_SUBJECT_LINK,
    TEXT_TOO_LONG,
    TEXT_UNBALANCED,
    TEXT_UNKNOWN,
    TEXT_WHOLE_LINK,
)
from schemas.vocabulary.message_texts import (
    BODY_LIMIT,
    LINKS,
    PLACEHOLDERS,
    PLACEHOLDERS_OF,
    REQUIRED_OF,
    SUBJECT_LIMIT,
)
from schemas.vocabulary.telling import CONFIRM, CONFIRM_ALERT

_MISTYPED = re.compile(r"\(\(([^()\n]{1,40})\)\)")

_SCHEMES = ("http", "https", "mailto", "tel")

_ALWAYS_THERE = (
    *("city", "status", "link", "stop_link"),
    *("news", "about", "where", "list", "manage_link"),
)
"""Placeholders that have a value in each email whose text may contain them."""

_WITH = {"yes_link": ("no_link",), "no_link": ("yes_link",)}
"""Placeholders that have a value whenever another one has."""


def find_text_problems(kind: str, subject: str, body: str) -> list[Problem]:
    """List what is wrong with a text for a kind of TEMPLATE_KINDS, by field."""
    problems = [*_problems_of_subject(kind, subject), *_problems_of_body(kind, body)]
    return [Problem(message, values, field) for field, message, values in problems]


_Found = tuple[str, Message, Mapping[str, object]]


def _problems_of_subject(kind: str, subject: str) -> Iterator[_Found]:
    found = [*_problems_of_form(kind, subject, SUBJECT_LIMIT)]
    if "\n" in subject or "\r" in subject:
        found.append((TEXT_ONE_LINE, {}))
    if not found:
        links = sorted(names_in(subject) & {*LINKS, "list"})
        if links:
            found.append((TEXT_SUBJECT_LINK, {"name": links[0]}))
        elif not fill_line(subject, _values(kind)):
            found.append((TEXT_EMPTY, {}))
    yield from (("subject", *one) for one in found)


def _problems_of_body(kind: str, body: str) -> Iterator[_Found]:
    found = [*_problems_of_form(kind, body, BODY_LIMIT)]
    if not found:
        found = [*_problems_of_markdown(body), *_missing(kind, body)]
    yield from (("body", *one) for one in found)


_Wrong = tuple[Message, Mapping[str, object]]


def _problems_of_form(kind: str, text: str, limit: int) -> Iterator[_Wrong]:
    return find_form_problems(text, limit, PLACEHOLDERS_OF[kind])


def find_form_problems(text: str, limit: int, placeholders: Collection[str]) -> Iterator[_Wrong]:
    """Yield what is wrong with the length and the placeholders of a text, as message and values."""
    if not text.strip():
        yield CATALOG["field.required"], {}
        return
    if len(text) > limit:
        yield TEXT_TOO_LONG, {"limit": limit, "length": len(text)}
        return
    try:
        parse_text(text)
    except ValueError:
        yield TEXT_UNBALANCED, {}
        return
    letters = letters_of(text)
    mistyped = [name for run in letters for name in _MISTYPED.findall(run)]
    unknown = [*sorted(names_in(text) - set(placeholders)), *mistyped]
    if unknown:
        yield TEXT_UNKNOWN, {"names": [f"(({name}))" for name in unknown]}
    elif any("((" in run or _ends_too_often(run) for run in letters):
        yield TEXT_UNBALANCED, {}


def _ends_too_often(run: str) -> bool:
    """Return whether a run of letters has brackets that end a placeholder nobody began."""
    return "))" in run and run.count(")") > run.count("(")


def _problems_of_markdown(body: str) -> Iterator[_Wrong]:
    filled = fill_markdown(body, _values_of(PLACEHOLDERS))
    foreign = foreign_parts(filled)
    if "html" in foreign:
        yield TEXT_HAS_HTML, {}
    if "image" in foreign:
        yield TEXT_HAS_IMAGE, {}
    own = {_link(name) for name in LINKS}
    for target in links_of(filled):
        parts = [name for name in PLACEHOLDERS if _mark(name) in target]
        if parts and target not in own:
            yield TEXT_LINK_PART, {"name": f"(({parts[0]}))"}
        elif urlsplit(target).scheme not in _SCHEMES:
            yield TEXT_WHOLE_LINK, {"target": target}


def _missing(kind: str, body: str) -> Iterator[_Wrong]:
    """Yield required placeholders that an email would lack although there is a value."""
    for name in REQUIRED_OF[kind]:
        filled = fill_markdown(body, _values(kind, name, *_WITH.get(name, ())))
        if name in LINKS:
            if _link(name) not in links_of(filled):
                yield TEXT_LACKS_LINK, {"name": f"(({name}))", "example": f"[…]((({name})))"}
        elif _mark(name) not in to_plain(filled):
            yield TEXT_LACKS, {"name": f"(({name}))"}


def _values(kind: str, *names: str) -> Mapping[str, str]:
    """Return values as in an email with as few of them as possible, and those of some names."""
    asks = kind in (CONFIRM, CONFIRM_ALERT)
    there = (*_ALWAYS_THERE, *(("confirm_link",) if asks else ()), *names)
    return {**dict.fromkeys(PLACEHOLDERS, ""), **_values_of(there)}


def _values_of(names: object) -> Mapping[str, str]:
    return {
        name: Link(_link(name)) if name in LINKS else _mark(name)
        for name in PLACEHOLDERS
        if name in names  # type: ignore[operator]
    }


def _mark(name: str) -> str:
    """Return a word in place of a value, which is the same as text and in a web address."""
    return f"zq{name.replace('_', '')}qz"


def _link(name: str) -> str:
    return f"https://{_mark(name)}.example/"
