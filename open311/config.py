"""The settings: all from the environment, all read here, all in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fsspec import get_filesystem_class
from fsspec.core import split_protocol
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from open311.errors import SettingError
from open311.photos import MOST_PIXELS

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


def _media_store(text: str) -> str:
    protocol, _path = split_protocol(text)
    try:
        get_filesystem_class(protocol or "file")
    except (ImportError, ValueError) as error:
        raise ValueError(
            f"it must be a folder, or an address that fsspec knows ({error})"
        ) from None
    return text


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("it must be yes or no")
    return text.lower() == "yes"


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
        "Address the public reaches this server at, for links to it; else that of the request",
    ),
    Setting("OPEN311_WORKERS", _whole_number(1, 64), "2", "gunicorn worker processes"),
    Setting("OPEN311_THREADS", _whole_number(1, 64), "4", "Threads in each worker"),
    Setting(
        "OPEN311_MAX_BODY_BYTES",
        _whole_number(10_000, 1_000_000_000),
        "1000000",
        "Largest body of a POST without its photos; a larger one is answered with 413",
    ),
    Setting(
        "OPEN311_MEDIA_STORE",
        _media_store,
        "var/media",
        "Where photos are stored: a folder, or an address that fsspec knows, as s3://bucket/prefix",
    ),
    Setting("OPEN311_MAX_PHOTOS", _whole_number(0, 50), "6", "Photos that one report may have"),
    Setting(
        "OPEN311_MAX_PHOTO_BYTES",
        _whole_number(10_000, 100_000_000),
        "10000000",
        "Largest file of a photo",
    ),
    Setting(
        "OPEN311_MAX_PHOTO_PIXELS",
        _whole_number(10_000, MOST_PIXELS),
        "50000000",
        "Most pixels of a photo, looked at before it is decoded",
    ),
    Setting(
        "OPEN311_FETCH_MEDIA",
        _yes_or_no,
        "no",
        "yes: fetch what a media_url points to, and store it if it is an image",
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
