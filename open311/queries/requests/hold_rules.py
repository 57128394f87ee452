"""Rules that hold the publication of a report from the website until staff have looked at it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from open311.personal_data import find_personal
from open311.phrases import find_phrase, words_of

SAME_WITHIN = timedelta(hours=24)
"""Time in which reports with the same text or photo count together."""

MOST_SAME = 3
"""Reports with the same text or photo of which the last one is held."""

MANY_WITHIN = timedelta(hours=1)
MANY = 5
"""Reports of an address in this time of which the last one is held."""

FASTEST = 3
"""Seconds in which a person can fill in the form."""

SHORTEST_TEXT = 4
"""Words of a text that is compared: many people write no more than "big pothole"."""

_LONGEST_SEEN = 100  # characters

# Names of sites without http:// or www. that people do not write by mistake, as in "on Main St.In".
_TOP_LEVELS = (
    "app|biz|cc|cfd|click|club|com|dev|edu|gov|icu|info|link|live|lol|net|online|org|ru|sbs|shop|"
    "site|store|top|tv|vip|website|win|xyz"
)
_LINK = re.compile(
    r"(?:\bhttps?:/{1,2}|\bwww\.)(?P<host>[^\s/?#<>()\[\]\"']+)"
    rf"|(?<![@\w.\-])(?P<bare>(?:[a-z0-9\-]{{1,63}}\.){{1,5}}(?:{_TOP_LEVELS}))(?![\w@\-])"
    r"|(?<![@\w.\-])(?P<short>[a-z0-9\-]{1,30}\.[a-z]{2,3})/(?=\w)",
    re.IGNORECASE,
)

# The same, and other ways to answer, written so that programs miss them: "pills (dot) com",
# "me (at) mail.com", "Telegram @me". A dot between spaces may also end a sentence.
_DISGUISED_DOT = r"[ ]?(?:[(\[{][ ]?(?:dot|punto|\.)[ ]?[)\]}])[ ]?|[ ](?:dot|punto)[ ]"
_DISGUISED = re.compile(
    rf"(?<![\w.\-])(?P<name>[a-z0-9\-]{{2,63}})(?:(?:{_DISGUISED_DOT})(?P<top>{_TOP_LEVELS})"
    r"|[ ]\.[ ]?(?P<spaced>com|net|ru|xyz))(?![\w@\-])"
    r"|(?P<messenger>telegram|whatsapp|wechat|viber|snapchat)\W{1,3}[@+]\w",
    re.IGNORECASE,
)
_DISGUISED_EMAIL = re.compile(
    r"[\w.+\-]{1,64}[ ]?[(\[{][ ]?(?:at|@|arroba)[ ]?[)\]}][ ]?(?P<domain>[\w\-]{2,63}"
    rf"(?:\.|{_DISGUISED_DOT})[a-z]{{2,24}})(?![\w@])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Earlier:
    """Numbers of earlier reports: with the same text, with one of the photos, and of the address.

    The first two are of SAME_WITHIN, the last of MANY_WITHIN.
    """

    same_text: int = 0
    same_photo: int = 0
    of_address: int = 0


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A report as the rules see it.

    texts are all that the public would read. photos is the number of photos. honeypot is what a
    field contains that no person sees. seconds is the time since the form was opened, None if it is
    not known. is_over_allowance means that the address has sent more than its allowance, and
    looks_first that the city looks at all reports of the service. hold_words are phrases
    (open311.phrases), and region is that of phone numbers without a country code.
    """

    texts: Sequence[str]
    photos: int = 0
    has_proof: bool = False
    honeypot: str = ""
    seconds: float | None = None
    is_over_allowance: bool = False
    looks_first: bool = False
    hold_words: Sequence[str] = ()
    region: str = "US"
    earlier: Earlier = field(default_factory=Earlier)


def text_digest(text: str) -> bytes | None:
    """Return a hash that is equal for texts with the same words; None for a short text."""
    words = words_of(text)
    return sha256(" ".join(words).encode()).digest() if len(words) >= SHORTEST_TEXT else None


def find_holds(report: Screened) -> list[tuple[str, str]]:
    """List why staff look at a report before it is published: (rule, what it saw), once each.

    What it saw contains no personal data: an address without its name, two digits of a number.
    """
    found: dict[str, str] = {}
    for rule, seen in (*_in_texts(report), *_in_numbers(report.earlier), *_in_sending(report)):
        found.setdefault(rule, seen[:_LONGEST_SEEN])
    return list(found.items())


def find_link(text: str) -> str | None:
    """Return the host of the first link in a text, or the messenger of an account; None without."""
    match = _LINK.search(text)
    if match is not None:
        return (match["host"] or match["bare"] or match["short"]).lower()
    disguised = _DISGUISED.search(text)
    if disguised is None:
        return None
    top = disguised["top"] or disguised["spaced"]
    return (f"{disguised['name']}.{top}" if top else disguised["messenger"]).lower()


def _in_texts(report: Screened) -> Iterator[tuple[str, str]]:
    text = "\n".join(report.texts)
    link = find_link(text)
    if link is not None:
        yield "link", link
    for one in find_personal(text, report.region):
        yield (
            one.kind,
            f"…@{one.text.rpartition('@')[2]}" if one.kind == "email" else f"…{one.text[-2:]}",
        )
    disguised = _DISGUISED_EMAIL.search(text)
    if disguised is not None:
        yield "email", f"…@{disguised['domain']}"
    word = find_phrase(text, report.hold_words)
    if word is not None:
        yield "word", word


def _in_numbers(earlier: Earlier) -> Iterator[tuple[str, str]]:
    reached = (
        ("same_text", earlier.same_text + 1, MOST_SAME),
        ("same_photo", earlier.same_photo + 1, MOST_SAME),
        ("many", earlier.of_address + 1, MANY),
    )
    yield from ((rule, str(number)) for rule, number, most in reached if number >= most)


def _in_sending(report: Screened) -> Iterator[tuple[str, str]]:
    if report.is_over_allowance:
        yield "many", ""
    if report.photos and not report.has_proof:
        yield "no_proof", str(report.photos)
    if report.looks_first:
        yield "look_first", ""
    if report.honeypot:
        yield "honeypot", report.honeypot
    if report.seconds is None or report.seconds < FASTEST:
        yield "too_fast", "" if report.seconds is None else f"{report.seconds:.1f}"
