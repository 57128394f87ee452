"""Characters of text messages: those of GSM-7 (3GPP TS 23.038), of which one message holds 160.

A single other character would leave room for 70, too few for a sentence and a link. So letters
without an equivalent lose their accents, and what is left of others is dropped.
"""

import unicodedata

LIMIT = 160
"""Units of one message."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
"""Characters that take two units."""

INSTEAD = {
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚´`", "'"),  # noqa: RUF001
    **dict.fromkeys("–—‐‑−", "-"),  # noqa: RUF001
    **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
    "…": "...",
    "•": "*",
}

ELLIPSIS = "..."


def to_gsm(text: str) -> str:
    """Return a text in the characters of GSM-7."""
    return "".join(map(_nearest, unicodedata.normalize("NFC", text)))


def _nearest(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    if letter in INSTEAD:
        return INSTEAD[letter]
    bare = unicodedata.normalize("NFKD", letter)
    return "".join(one for one in bare if one in BASIC)


def units(text: str) -> int:
    """Return the number of units of a text of GSM-7."""
    return sum(2 if letter in EXTENDED else 1 for letter in text)


def shorten(text: str, room: int) -> str:
    """Return the beginning of a text of GSM-7 that fits into some units."""
    if units(text) <= room:
        return text
    kept = text
    while kept and units(kept) > room - len(ELLIPSIS):
        kept = kept[:-1]
    return f"{kept.rstrip()}{ELLIPSIS}"[: max(room, 0)]
