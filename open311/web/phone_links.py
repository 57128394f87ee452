"""Links that call a phone number."""

import re

from phonenumbers import convert_alpha_characters_in_number

_EXTENSION = re.compile(r"(?<=\d)[\s).]*(?:ext|x|#|;|,).*", re.IGNORECASE | re.DOTALL)
_ON_KEYS = re.compile(r"[0-9A-Z\s()+.-]+")


def phone_link(number: str) -> str:
    """Return the link that calls a number (RFC 3966): its digits, after a leading + if it has one.

    Capital letters are those on the keys, as in 1-800-555-CITY. An extension is left out: not all
    phones can dial it. Without digits, the link is empty.
    """
    called = _EXTENSION.sub("", number)
    if _ON_KEYS.fullmatch(called):
        called = convert_alpha_characters_in_number(called)
    digits = re.sub(r"[^0-9]", "", called)
    plus = "+" if re.match(r"[\s(]*\+", called) else ""
    return f"tel:{plus}{digits}" if digits else ""
