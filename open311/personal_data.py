"""Identifiers of a person: compared with one another, found in texts, and erased from them."""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal

from phonenumbers import Leniency, PhoneNumberMatcher

ERASED = "[erased]"
"""Replaces each erased word or text. The trigger history_stays knows it, too."""

SHORTEST_PHONE = 6
"""Digits; fewer are no phone number."""

_SHORTEST_NATIONAL = 8  # digits that identify a number without its country code
_LONGEST_PREFIX = 4  # digits of a country code, or of 00 and a short one
_SHORTEST_ID = 6  # characters of an account or device id; a shorter one may be any number
_BETWEEN_DIGITS = r"[\s().\-/]{0,3}"


def normal_email(email: str) -> str:
    """Return an email address as it is compared: without blanks around it, in lower case."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def digits_of(phone: str) -> str:
    """Return the digits of a phone number, without leading zeros."""
    return re.sub(r"\D", "", phone, flags=re.ASCII).lstrip("0")


def last_digits(phone: str) -> str:
    """Return the end of a phone number, which is the same with and without a country code."""
    return digits_of(phone)[-_SHORTEST_NATIONAL:]


def person_digest(secret_key: str, basis: str, value: str) -> str:
    """Return what tells whether an email address or a phone number is the same (HMAC-SHA-256).

    basis is email or phone. It does not reveal the value to anyone without the secret key.
    """
    normal = normal_email(value) if basis == "email" else last_digits(value)
    message = f"open311 erased {basis} {normal}".encode()
    return hmac.digest(secret_key.encode(), message, "sha256").hex()


def same_phone(one: str, other: str) -> bool:
    """Return whether two phone numbers are equal, with or without a country code."""
    short, long = sorted((digits_of(one), digits_of(other)), key=len)
    if len(short) < SHORTEST_PHONE:
        return False
    prefix = len(long) - len(short)
    national = len(short) >= _SHORTEST_NATIONAL and prefix <= _LONGEST_PREFIX
    return short == long or (national and long.endswith(short))


@dataclass(frozen=True)
class Found:
    """An email address or a phone number in a text, from a character up to another."""

    kind: Literal["email", "phone"]
    start: int
    end: int
    text: str


_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")


# Up to 180, as of "38.89768 -77.03656".
_DEGREES = re.compile(r"[\s\-]*(?:1[0-7]\d|\d{1,2})\.\d{4,}[\s\-]*")


def find_personal(text: str, region: str = "US") -> list[Found]:
    """List the email addresses and phone numbers in a text, in order.

    A number without a country code is one of the region (ISO 3166-1), with its area code.
    Coordinates in decimal degrees are no phone numbers.
    """
    emails = [Found("email", *one.span(), one[0]) for one in _EMAIL.finditer(text)]
    matches = PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    phones = [
        Found("phone", one.start, one.end, one.raw_string)
        for one in matches
        if not _DEGREES.fullmatch(one.raw_string)
    ]
    apart = [
        one
        for one in phones
        if not any(one.start < email.end and email.start < one.end for email in emails)
    ]
    return sorted((*emails, *apart), key=lambda one: one.start)


_LIKE_A_PHONE = re.compile(rf"\+?\(?\d(?:{_BETWEEN_DIGITS}\d){{{SHORTEST_PHONE - 1},16}}")


def find_keys(text: str) -> list[tuple[str, str]]:
    """List what could be an email address or a phone number in a text, as (basis, value)."""
    emails = [("email", one[0]) for one in _EMAIL.finditer(text)]
    return emails + [("phone", one[0]) for one in _LIKE_A_PHONE.finditer(text)]


@dataclass(frozen=True)
class PersonalWords:
    """The words by which texts can identify people.

    names are pairs of first and last name, each possibly empty; ids are those of accounts and
    devices.
    """

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()
    ids: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, people: Iterable[Mapping[str, str]]) -> "PersonalWords":
        """Return the words of rows of requesters and commenters, by column name."""
        rows = list(people)

        def values(*columns: str) -> frozenset[str]:
            found = (row.get(column, "").strip() for row in rows for column in columns)
            return frozenset(filter(None, found))

        names = frozenset((row["first_name"].strip(), row["last_name"].strip()) for row in rows)
        return cls(values("email"), values("phone"), names, values("account_id", "device_id"))

    def __or__(self, other: "PersonalWords") -> "PersonalWords":
        return PersonalWords(
            self.emails | other.emails,
            self.phones | other.phones,
            self.names | other.names,
            self.ids | other.ids,
        )

    def without(self, other: "PersonalWords") -> "PersonalWords":
        """Return the words that are not among those of others."""
        return PersonalWords(
            self.emails - other.emails,
            self.phones - other.phones,
            self.names - other.names,
            self.ids - other.ids,
        )

    def erase(self, text: str) -> str:
        """Replace the words in a text; a name alone counts only if it is capitalized."""
        return self._erase(text, [*self._exact, *self._single_names])

    def erase_in_address(self, text: str) -> str:
        """Replace the words in an address, but no name alone: a street can have it, too."""
        return self._erase(text, self._exact)

    def _erase(self, text: str, patterns: Iterable[re.Pattern[str]]) -> str:
        """Return the text as it was if nothing matches, and otherwise in normal form."""
        normal = erased = _nfc(text)
        for phone, pattern in self._phones.items():
            erased = pattern.sub(partial(_erase_phone, phone), erased)
        for pattern in patterns:
            erased = pattern.sub(ERASED, erased)
        return text if erased == normal else erased

    def erase_in(self, value: Any) -> Any:
        """Replace the words in all texts of a JSON value."""
        if isinstance(value, str):
            return self.erase(value)
        if isinstance(value, list):
            return [self.erase_in(one) for one in value]
        if isinstance(value, dict):
            return {name: self.erase_in(one) for name, one in value.items()}
        return value

    @cached_property
    def _phones(self) -> dict[str, re.Pattern[str]]:
        patterns = {phone: _phone_pattern(phone) for phone in sorted(self.phones)}
        return {phone: re.compile(one) for phone, one in patterns.items() if one}

    @cached_property
    def _exact(self) -> list[re.Pattern[str]]:
        """Patterns of email addresses, ids, and full names, in any case."""
        emails = [_word(re.escape(_nfc(one)), r"[\w.+\-]") for one in sorted(self.emails)]
        ids = [re.escape(_nfc(one)) for one in sorted(self.ids) if len(one) >= _SHORTEST_ID]
        names = [one for both in sorted(self.names) for one in _full_names(*both)]
        return [re.compile(one, re.IGNORECASE) for one in (*emails, *map(_word, [*ids, *names]))]

    @cached_property
    def _single_names(self) -> list[re.Pattern[str]]:
        names = {name for both in self.names for name in both if len(name) > 1}
        forms = {_nfc(form) for one in names for form in (one, one.title(), one.upper())}
        capitalized = [one for one in forms if not one.islower()]
        longest_first = sorted(capitalized, key=lambda name: (-len(name), name))
        return [re.compile(_word(re.escape(one))) for one in longest_first]


def _erase_phone(phone: str, found: re.Match[str]) -> str:
    return ERASED if same_phone(found[0], phone) else found[0]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _word(pattern: str, letters: str = r"\w") -> str:
    """Return a pattern that does not match inside a longer word."""
    return rf"(?<!{letters}){pattern}(?![\w@])"


def _full_names(first: str, last: str) -> list[str]:
    """Return patterns of a full name in both orders; none if one part is missing."""
    if not first or not last:
        return []
    one, other = (r"\s+".join(map(re.escape, _nfc(name).split())) for name in (first, last))
    return [rf"{one}\s+{other}", rf"{other},?\s+{one}"]


def _phone_pattern(phone: str) -> str:
    """Return a pattern of a phone number in any notation; empty if it has too few digits."""
    digits = digits_of(phone)
    if len(digits) < SHORTEST_PHONE:
        return ""
    shortest = max(_SHORTEST_NATIONAL, len(digits) - 3)
    lengths = {len(digits), *range(shortest, len(digits))} if len(digits) > 10 else {len(digits)}
    forms = (_BETWEEN_DIGITS.join(digits[-length:]) for length in sorted(lengths, reverse=True))
    prefix = rf"(?:(?:\+|00)?\d{{1,3}}{_BETWEEN_DIGITS}|0)?"
    return rf"(?<![\w])\+?\(?{prefix}(?:{'|'.join(forms)})(?!\d)"
