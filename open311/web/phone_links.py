"""Phone numbers: links that call them, and their form for text messages."""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    convert_alpha_characters_in_number,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

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


def text_number(typed: str) -> str | None:
    """Return a number in the form of E.164, such as +17405550100; None if it is no phone number.

    One without a country code is American. Premium-rate numbers are none: anyone can type them.
    """
    try:
        number = parse(typed, "US")
    except NumberParseException:
        return None
    is_usable = is_valid_number(number) and number_type(number) != PhoneNumberType.PREMIUM_RATE
    return format_number(number, PhoneNumberFormat.E164) if is_usable else None
