"""What a setting is, and parsers of settings. Each raises ValueError with the expected format."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fsspec import get_filesystem_class
from fsspec.core import split_protocol
from limits import parse_many

from geo.crs import ReferenceSystem, reference_system
from open311.lazy_commands import imported

_RATE_FORM = "it must look like 600 per minute, several separated by ;, or be none"
_TIME_FORM = "it must be a time of day such as 03:30, or never"
_HOST = re.compile(r"[\w.-]+|\[?[0-9a-f:.]+\]?", re.ASCII)


@dataclass(frozen=True)
class Setting:
    """An environment variable. A missing or empty one takes the default; None means required."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    meaning: str


def public_url(text: str) -> str:
    """Return an HTTP or HTTPS URL without a trailing slash."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("it must be an http or https address such as https://311.example.org")
    return text.rstrip("/")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from low to high."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"it must be a whole number from {low} to {high}")
        return int(text)

    return parse


def log_level(text: str) -> str:
    """Return the name of a log level."""
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"it must be one of {', '.join(levels)}")
    return text.upper()


def bind_address(text: str) -> str:
    """Return the text if it is host:port."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdigit() or not int(port) < 65_536:
        raise ValueError("it must look like 127.0.0.1:8311 or [::1]:8311")
    return text


def time_of_day(text: str) -> time | None:
    """Return a time of day; None for "never"."""
    if text.lower() == "never":
        return None
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text, re.ASCII):
        raise ValueError(_TIME_FORM)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(_TIME_FORM) from None


def rate_limit(text: str) -> str | None:
    """Return the text if it is a valid rate limit; None for "none"."""
    if text.lower() == "none":
        return None
    try:
        limits = parse_many(text)
    except ValueError:
        raise ValueError(_RATE_FORM) from None
    if any(limit.amount == 0 for limit in limits):
        raise ValueError(_RATE_FORM)
    return text


def rate_limit_storage(text: str) -> str:
    """Return the text if it names an available storage of limits."""
    scheme, separator, rest = text.partition("://")
    if (
        not separator
        or scheme not in ("memory", "redis", "rediss")
        or (rest != "") == (scheme == "memory")
    ):
        raise ValueError("it must be memory:// or look like redis://host:6379/0")
    if scheme != "memory" and find_spec("redis") is None:
        raise ValueError("Redis needs the extra of that name: pip install 'open311[redis]'")
    return text


def media_store(text: str) -> str:
    """Return the text if fsspec supports it."""
    protocol, _path = split_protocol(text)
    try:
        get_filesystem_class(protocol or "file")
    except (ImportError, ValueError) as error:
        raise ValueError(
            f"it must be a folder, or an address that fsspec knows ({error})"
        ) from None
    return text


def reference_systems(text: str) -> list[ReferenceSystem]:
    """Return the coordinate systems of EPSG codes separated by commas."""
    codes = [code.strip().upper().removeprefix("EPSG:") for code in text.split(",")]
    wrong = [code for code in codes if not re.fullmatch(r"\d{1,6}", code, re.ASCII)]
    if wrong:
        raise ValueError(f"it must be EPSG codes such as 4326,3857, and {wrong[0]!r} is not one")
    try:
        return [reference_system(int(code)) for code in codes]
    except ValueError as error:
        raise ValueError(f"it must be EPSG codes such as 4326,3857 ({error})") from None


def secret_key(text: str) -> str:
    """Return a secret of at least 32 characters, or an empty text for none."""
    if 0 < len(text) < 32:
        raise ValueError("it must have 32 characters or more")
    return text


def words(limit: int) -> Callable[[str], str]:
    """Return a parser of texts in one line with at most this many characters."""

    def parse(text: str) -> str:
        if len(text) > limit or not text.isprintable():
            raise ValueError(f"it must be one line of {limit} characters at most")
        return text

    return parse


def host_names(text: str) -> frozenset[str]:
    """Return the names or addresses of hosts, separated by spaces, in lower case."""
    hosts = text.lower().split()
    wrong = [host for host in hosts if not _HOST.fullmatch(host)]
    if wrong:
        raise ValueError(f"it must be host names separated by spaces, and {wrong[0]!r} is not one")
    return frozenset(host.strip("[]") for host in hosts)


def base_map(text: str) -> str:
    """Return the text if it is a URL or the path of an existing PMTiles file."""
    if text and not text.startswith(("http://", "https://")) and not Path(text).is_file():
        raise ValueError("it must be an http or https address, or the path of a .pmtiles file")
    return text


def tile_template(text: str) -> str:
    """Return the text if it is a URL with {z}, {x}, and {y}, or empty."""
    if text and not all(part in text for part in ("{z}", "{x}", "{y}")):
        raise ValueError("it must contain {z}, {x}, and {y}")
    return public_url(text) if text else ""


def geocoder(text: str) -> Any:
    """Return the geocoder that the text names; None for an empty text.

    geopy is imported only then: with the HTTP libraries that it finds, it takes a tenth of the
    start of a command.
    """
    return imported("open311.geocoders:make_geocoder")(text) if text else None


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser of words that accepts these."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"it must be {', '.join(choices[:-1])}, or {choices[-1]}")
        return text.lower()

    return parse


def yes_or_no(text: str) -> bool:
    """Return whether the text is "yes"."""
    if text.lower() not in ("yes", "no"):
        raise ValueError("it must be yes or no")
    return text.lower() == "yes"
