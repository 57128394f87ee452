"""The text that somebody wrote in a reply, without the email that it answers, and its images."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

MOST_CHARACTERS = 200_000
"""Characters of a mail that are searched for a reply."""

_QUOTED = re.compile(r"\s*(?:>\s?)+")
_RULE = re.compile(r"[\s_*=\u2013\u2014-]*(?:\w[\w ]{0,40}[\s_*=\u2013\u2014-]{3,})?")
_HEADER = re.compile(r"[*_]{0,2}\w{1,20}[*_]{0,2}\s?:[*_]{0,2}\s")
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

    It names the sender, whatever the language; it begins after an empty line or a rule, and ends
    with what is quoted.
    """
    for number, line in enumerate(lines):
        if any(one in line.lower() for one in senders) and _is_attribution(lines, number):
            start = number
            while start > 0 and lines[start - 1].strip() and number - start < _MOST_LINES:
                start -= 1
            while start > 0 and not lines[start - 1].strip():
                start -= 1
            if start > 0 and _is_rule(lines[start - 1]):
                start -= 1
            return start
    return None


_MOST_LINES = 4
"""Lines of an attribution before the one with the sender."""


def _is_rule(line: str) -> bool:
    """Return whether a line separates a quotation: dashes, also around a few words."""
    return bool(line.strip()) and len(line) <= 100 and _RULE.fullmatch(line) is not None


def _is_attribution(lines: Sequence[str], number: int) -> bool:
    """Return whether a line with the sender is followed by a quotation, other headers, or nothing.

    A sentence of the reply can name the sender, too.
    """
    rest = [one for one in lines[number:] if one.strip()]
    line = lines[number].strip()
    following = rest[1].strip() if len(rest) > 1 else ""
    is_header = _HEADER.match(line) and (not following or _HEADER.match(following))
    ends = line.endswith(":") or following.endswith(":")
    return bool(is_header) or ends or following.startswith(">")


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
