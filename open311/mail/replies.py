"""The text that somebody wrote in a reply, without the email that it answers, and its images."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import takewhile

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

MOST_CHARACTERS = 200_000
"""Characters of a mail that are searched for a reply."""

_MOST_LINES = 12
"""Lines of an attribution, with blank ones and the beginning of the quotation."""

_MOST_OF_RULE = 100
"""Characters of a line of dashes."""

_QUOTED = re.compile(r"\s*(?:>\s?)+")
_RULE = re.compile(r"[\s_*=\u2013\u2014-]*(?:\w[\w ]{0,40}[\s_*=\u2013\u2014-]{3,})?")
_HEADER = re.compile(r"[*_]{0,2}\w[\w ]{0,25}[*_]{0,2}\s?:[*_]{0,2}\s")
_TIME = re.compile(r"\d:\d\d|\b20\d\d\b")
_SIGNATURE = re.compile(r"^-- $", re.MULTILINE)
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|hei[cf]|avif|webp|gif|tiff?|bmp)$", re.IGNORECASE)


@dataclass(frozen=True)
class Quoted:
    """How the email begins that is answered: with one of lines, and after a line with its sender.

    lines are "Please write above this line" in all languages; senders are addresses and names.
    """

    lines: Collection[str]
    senders: Collection[str]


@dataclass(frozen=True)
class Reply:
    """What somebody wrote, and the files of images that came with it."""

    text: str
    images: Sequence[bytes]


def read_reply(mail: EmailMessage, quoted: Quoted) -> Reply:
    """Return the reply in a mail. Its plain text comes first, or else the text of its HTML.

    May raise any error of the parsers for a broken mail.
    """
    plain, html = _content(mail, "plain"), _content(mail, "html")
    text = _own_part(plain, quoted) if plain.strip() else _own_part(_text_of(html), quoted)
    return Reply(text, [*_images(mail, _shown_above(html, quoted))])


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    octets = raw if isinstance(raw, bytes) else b""
    try:
        text = octets.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # no such character set
        text = octets.decode("utf-8", "replace")
    return text[:MOST_CHARACTERS]


def _text_of(html: str) -> str:
    config = ParserConfig(css=CSS_PROFILES["strict"], display_images=False)
    return get_text(html, config) if html.strip() else ""


def _own_part(text: str, quoted: Quoted) -> str:
    lines = text.replace("\r\n", "\n").replace("\N{NO-BREAK SPACE}", " ").split("\n")
    end = _find_line(lines, quoted.lines)
    is_quoted = end is not None and _QUOTED.match(lines[end]) is not None
    above = lines[:end] if end is not None else lines
    start = _find_attribution(above, quoted.senders)
    own = _tidy(above if start is None else above[:start])
    if not own and is_quoted and end is not None:  # written below, or between the lines
        return _tidy([one for one in lines[end:] if not _QUOTED.match(one)])
    return own


def _find_line(lines: Sequence[str], wanted: Collection[str]) -> int | None:
    """Return the number of the line that says to write above it."""
    for number, line in enumerate(lines):
        words = " ".join(line.split())
        if any(one in words for one in wanted):
            return number
    return None


def _find_attribution(lines: Sequence[str], senders: Collection[str]) -> int | None:
    """Return where a mail program says whom the quoted email is from: "On Monday, … wrote:".

    It names the sender, whatever the language.
    """
    for number, line in enumerate(lines):
        some = lines[number : number + _MOST_LINES]
        if any(one in line.lower() for one in senders) and _is_attribution(some):
            return _start_of(lines, number)
    return None


def _is_attribution(lines: Sequence[str]) -> bool:
    """Return whether lines begin with an attribution that ends there, or that a quotation follows.

    A sentence of the reply can name the sender, too.
    """
    rest = [one.strip() for one in lines if one.strip()]
    for size in (1, 2):
        is_end = len(rest) == size or (len(rest) > size and rest[size].startswith(">"))
        if is_end and rest[size - 1].endswith(":"):
            return True
    headers = list(takewhile(_HEADER.match, rest))
    return len(headers) > 1 or (headers == rest and "@" in rest[0])


def _start_of(lines: Sequence[str], number: int) -> int:
    """Return where an attribution begins, with a rule above it.

    A line with the sender but without the time is the second one, unless it is a header.
    """
    start, line = number, lines[number]
    is_first = _TIME.search(line) or _HEADER.match(line.strip())
    if start and lines[start - 1].strip() and not is_first:
        start -= 1
    above = start
    while above and not lines[above - 1].strip():
        above -= 1
    return above - 1 if above and _is_rule(lines[above - 1]) else start


def _is_rule(line: str) -> bool:
    """Return whether a line separates a quotation: dashes, also around a few words."""
    return bool(line.strip()) and len(line) <= _MOST_OF_RULE and bool(_RULE.fullmatch(line))


def _tidy(lines: Sequence[str]) -> str:
    """Return lines as a text without quotations, a signature, and blank lines around it."""
    kept = [one.rstrip("\r") for one in lines if not one.lstrip().startswith(">")]
    text = _SIGNATURE.split("\n".join(kept), maxsplit=1)[0]
    text = "\n".join(one.rstrip() for one in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _shown_above(html: str, quoted: Quoted) -> str:
    """Return the HTML before the email that is answered, which has images of its own."""
    places = [html.find(one) for one in quoted.lines]
    return html[: min((one for one in places if one >= 0), default=len(html))]


def _images(mail: EmailMessage, html: str) -> Iterator[bytes]:
    """Yield the files of images: those attached, and those that the reply shows in its text."""
    for part in mail.walk():
        name = part.get_filename() or ""
        if part.get_content_maintype() != "image" and not _IMAGE_NAME.search(name):
            continue
        content_id = str(part.get("content-id", "")).strip().strip("<>")
        is_attached = part.get_content_disposition() == "attachment" or not content_id
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and (is_attached or f"cid:{content_id}" in html):
            yield content
