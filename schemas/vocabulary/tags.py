"""Tags: words of a city's staff on requests, which only they can see."""

import re
from unicodedata import normalize

TAG_LIMIT = 40
"""Characters of a tag."""

TAGS_LIMIT = 20
"""Tags of one request."""

_NOT_IN_TAGS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def normal_tag(text: str) -> str:
    """Return a tag as it is stored: in lower case, with single spaces."""
    clean = _NOT_IN_TAGS.sub(" ", normalize("NFC", text))
    return normalize("NFC", " ".join(clean.split()).lower())


def read_tags(text: str) -> list[str]:
    """List the tags of a text with commas between them, each once."""
    return list(dict.fromkeys(filter(None, map(normal_tag, text.split(",")))))
