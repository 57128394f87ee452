"""Detection of the character encoding of texts, short ones included."""

import codecs
import re
from collections.abc import Sequence

from charset_normalizer import from_bytes

UTF_8 = "utf-8"
WESTERN = "cp1252"

_LIKELY = (
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "cp852", "cp866", "mac_roman"),
    *("cp932", "cp949", "gbk", "big5"),
)

_WESTERN = (WESTERN, "cp850", "cp437", "mac_roman")

_MOST_LONG_RUNS = 0.1
"""Share of runs of three or more bytes beyond ASCII, up to which a text is Western."""

_LEAST_LIKELY = 0.8
"""Share of letters beyond ASCII that are where they can be, from which a text reads well."""

_LEAST_BYTES = 8
"""Bytes beyond ASCII that are enough for statistics."""

_OPENING = "“\N{LEFT SINGLE QUOTATION MARK}«¿¡\N{EN DASH}—\N{NO-BREAK SPACE}"
"""Punctuation before a word, or between words."""

_CLOSING = "”»…°ªº§·½¼¾²³©®™£€±\N{MULTIPLICATION SIGN}"
"""Signs that no letter follows."""

_WITHIN = "\N{RIGHT SINGLE QUOTATION MARK}·"
"""Signs that are part of a word, such as an apostrophe."""


def may_be(encoding: str, odd: Sequence[bytes]) -> bool:
    """Return whether texts beyond ASCII can be of an encoding.

    Texts that are valid UTF-8 are hardly ever of another encoding, even if some are damaged.
    """
    if not odd:
        return True
    if encoding == UTF_8:
        return _are_mostly_utf_8(odd)
    return not _are_mostly_utf_8(odd) and _decodes(encoding, odd)


def _are_mostly_utf_8(odd: Sequence[bytes]) -> bool:
    return 2 * sum(_is_utf_8(one) for one in odd) > len(odd)


def _is_utf_8(text: bytes) -> bool:
    """Return whether a text is UTF-8 beyond ASCII, apart from a cut last character."""
    try:
        whole, _is_cut = decode_utf_8(text)
    except UnicodeDecodeError:
        return False
    return not whole.isascii() and _has_only_text(whole)


def decode_utf_8(text: bytes) -> tuple[str, bool]:
    """Return a text without a last character that is cut, and whether there is one.

    Fields of a fixed width cut what is too long. Raises UnicodeDecodeError for other bad bytes.
    """
    decoder = codecs.getincrementaldecoder(UTF_8)()
    whole = decoder.decode(text)
    return whole, decoder.getstate()[0] != b""


def _decodes(encoding: str, texts: Sequence[bytes]) -> bool:
    try:
        return all(_has_only_text(text.decode(encoding)) for text in texts)
    except UnicodeError:
        return False


def _has_only_text(text: str) -> bool:
    """Return whether a text has no control characters of the range 0x80 to 0x9F.

    ISO 8859 has them where Windows has dashes and quotation marks.
    """
    return not any("\x80" <= letter <= "\x9f" for letter in text)


def detect_encoding(odd: Sequence[bytes]) -> str | None:
    """Return the likely encoding of texts beyond ASCII: UTF-8, Western, or one by its letters.

    Short names are too little for statistics. Returns None if it is unclear.
    """
    if not odd or _are_mostly_utf_8(odd):
        return UTF_8
    likely = [name for name in _WESTERN if _reads_well(name, odd)] if _has_short_runs(odd) else []
    if likely and (likely[0] == WESTERN or _are_read_alike(likely, odd)):
        return likely[0]
    together = b"\n".join(odd)
    is_short = sum(byte > 0x7F for byte in together) < _LEAST_BYTES
    guess = not likely and not is_short
    best = from_bytes(together, cp_isolation=list(_LIKELY)).best() if guess else None
    return None if best is None else codecs.lookup(best.encoding).name


def _are_read_alike(encodings: list[str], odd: Sequence[bytes]) -> bool:
    first, *others = [[text.decode(name, "replace") for text in odd] for name in encodings]
    return all(other == first for other in others)


def _has_short_runs(odd: Sequence[bytes]) -> bool:
    """Return whether letters beyond ASCII are hardly ever more than two in a row, as in créée.

    Other alphabets have nothing else in a word.
    """
    runs = [len(run) for text in odd for run in re.findall(rb"[\x80-\xff]+", text)]
    letters = sum(len(re.findall(rb"[A-Za-z]", text)) for text in odd)
    long = sum(length > 2 for length in runs)
    return max(runs) == 1 or (letters >= sum(runs) and long <= _MOST_LONG_RUNS * len(runs))


def _reads_well(encoding: str, odd: Sequence[bytes]) -> bool:
    """Return whether letters and signs beyond ASCII are where they are in Western names.

    A few damaged ones do not count.
    """
    texts = [f" {text.decode(encoding, 'replace')} " for text in odd]
    likely = [
        _is_likely(before, letter, after)
        for text in texts
        for before, letter, after in zip(text, text[1:], text[2:], strict=False)
        if not letter.isascii()
    ]
    return sum(likely) >= _LEAST_LIKELY * len(likely)


def _is_likely(before: str, letter: str, after: str) -> bool:
    """Return whether a letter or sign can be between two others, unlike in MontrŽal."""
    if letter in _WITHIN:
        return True
    if letter in _OPENING:
        return not (before.islower() and after.islower())
    if letter in _CLOSING:
        return not after.isalpha()
    if not letter.isalpha() or letter == "ƒ":
        return False
    return not (letter.isupper() and (before.islower() or (before.isupper() and after.islower())))
