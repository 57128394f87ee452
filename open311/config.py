"""The settings: all from the environment, all read here, all in one table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from limits import parse_many
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from open311.errors import SettingError

_RATE_FORM = "it must look like 600 per minute, several separated by ;, or be none"
_TIME_FORM = "it must be a time of day such as 03:30, or never"
_URL_FORM = "it must look like postgresql://user:password@host/database"


def _database_url(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError(_URL_FORM)
    url = f"postgresql+psycopg://{rest}"
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(_URL_FORM) from None
    return url


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("it must be an http or https address such as https://311.example.org")
    return text.rstrip("/")


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"it must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _log_level(text: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"it must be one of {', '.join(levels)}")
    return text.upper()


def _bind_address(text: str) -> str:
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdigit() or not int(port) < 65_536:
        raise ValueError("it must look like 127.0.0.1:8311")
    return text


def _time_of_day(text: str) -> time | None:
    if text.lower() == "never":
        return None
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text, re.ASCII):
        raise ValueError(_TIME_FORM)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(_TIME_FORM) from None


def _rate_limit(text: str) -> str | None:
    if text.lower() == "none":
        return None
    try:
        limits = parse_many(text)
    except ValueError:
        raise ValueError(_RATE_FORM) from None
    if any(limit.amount == 0 for limit in limits):
        raise ValueError(_RATE_FORM)
    return text


def _rate_limit_storage(text: str) -> str:
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


@dataclass(frozen=True)
class Setting:
    """One environment variable: a missing or empty one takes the default; None means required."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    meaning: str


SETTINGS = (
    Setting("DATABASE_URL", _database_url, None, "The PostGIS database"),
    Setting("OPEN311_BIND", _bind_address, "127.0.0.1:8311", "Address and port to listen on"),
    Setting(
        "OPEN311_PUBLIC_URL",
        lambda text: _public_url(text) if text else "",
        "",
        "Address the public reaches this server at, for discovery; else that of the request",
    ),
    Setting("OPEN311_WORKERS", _whole_number(1, 64), "2", "gunicorn worker processes"),
    Setting("OPEN311_THREADS", _whole_number(1, 64), "4", "Threads in each worker"),
    Setting(
        "OPEN311_MAX_BODY_BYTES",
        _whole_number(10_000, 1_000_000_000),
        "1000000",
        "Largest body of a POST; a larger one is answered with 413",
    ),
    Setting(
        "OPEN311_STATEMENT_SECONDS",
        _whole_number(1, 25),
        "10",
        "Longest time one database statement of a worker may take",
    ),
    Setting(
        "OPEN311_PROXIES",
        _whole_number(0, 5),
        "0",
        "Reverse proxies in front whose X-Forwarded headers are to be believed",
    ),
    Setting(
        "OPEN311_RATE_LIMIT",
        _rate_limit,
        "600 per minute",
        "Most HTTP requests for each API key, or address without one; several with ;, or none",
    ),
    Setting(
        "OPEN311_RATE_LIMIT_STORAGE",
        _rate_limit_storage,
        "memory://",
        "Where they are counted: memory:// in each worker, or redis://host:6379/0 for all together",
    ),
    Setting(
        "OPEN311_TIDY_AT",
        _time_of_day,
        "03:30",
        "Time of day in UTC to empty the sandbox and delete what has expired, or never",
    ),
    Setting("OPEN311_LOG_LEVEL", _log_level, "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


def load_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Parse all settings; raise SettingError naming the first one that cannot be used."""
    return {setting.name: _load(setting, environ) for setting in SETTINGS}


def _load(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip() or setting.default
    if text is None:
        meaning = setting.meaning[0].lower() + setting.meaning[1:]
        raise SettingError(f"{setting.name} is not set: {meaning} is needed.")
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{setting.name} cannot be used: {error}.") from None
