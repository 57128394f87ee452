"""Table of all settings, which come from environment variables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from open311.errors import SettingError
from open311.geocoders import make_geocoder
from open311.media.photos import MOST_PIXELS
from open311.setting_values import (
    base_map,
    bind_address,
    database_url,
    log_level,
    media_store,
    public_url,
    rate_limit,
    rate_limit_storage,
    reference_systems,
    secret_key,
    time_of_day,
    whole_number,
    words,
    yes_or_no,
)


@dataclass(frozen=True)
class Setting:
    """An environment variable. A missing or empty one takes the default; None means required."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    meaning: str


STAFF_SETTINGS = (
    Setting(
        "OPEN311_SECRET_KEY",
        secret_key,
        "",
        "Signs the cookies of staff, 32 characters or more, the same for all workers; without it "
        "nobody can sign in at /staff",
    ),
    Setting(
        "OPEN311_OIDC_ISSUER",
        lambda text: public_url(text) if text else "",
        "",
        "Where staff sign in by OpenID Connect: the issuer, as https://login.example.org; else by "
        "passwords alone",
    ),
    Setting("OPEN311_OIDC_CLIENT_ID", words(200), "", "What the issuer calls this server"),
    Setting("OPEN311_OIDC_CLIENT_SECRET", words(1000), "", "What proves it to the issuer"),
    Setting(
        "OPEN311_OIDC_CLAIM",
        words(100),
        "preferred_username",
        "The claim that holds the name of a user here; email counts only where it is verified",
    ),
    Setting(
        "OPEN311_OIDC_LABEL",
        words(100),
        "the city account",
        "What staff sign in with there, as the button says it",
    ),
    Setting(
        "OPEN311_BASE_MAP",
        base_map,
        "",
        "What lies beneath the maps of staff: the address of a MapLibre style or of a PMTiles "
        "file, or the path of such a file on the server; else boundaries alone",
    ),
    Setting(
        "OPEN311_BASE_MAP_ORIGINS",
        lambda text: [public_url(one) for one in text.split()],
        "",
        "Other origins that the style loads from, as https://tiles.example.org; blanks between",
    ),
    Setting(
        "OPEN311_BASE_MAP_ATTRIBUTION",
        words(500),
        "",
        "Whose the base map is, shown on it; a style says it by itself",
    ),
)

SETTINGS = (
    Setting("DATABASE_URL", database_url, None, "The PostGIS database"),
    Setting("OPEN311_BIND", bind_address, "127.0.0.1:8311", "Address and port to listen on"),
    Setting(
        "OPEN311_PUBLIC_URL",
        lambda text: public_url(text) if text else "",
        "",
        "Address the public reaches this server at, for links to it; else that of the request",
    ),
    Setting("OPEN311_WORKERS", whole_number(1, 64), "2", "gunicorn worker processes"),
    Setting("OPEN311_THREADS", whole_number(1, 64), "4", "Threads in each worker"),
    Setting(
        "OPEN311_MAX_BODY_BYTES",
        whole_number(10_000, 1_000_000_000),
        "1000000",
        "Largest body of a POST without its photos; a larger one is answered with 413",
    ),
    Setting(
        "OPEN311_MAX_BOUNDARY_BYTES",
        whole_number(10_000, 500_000_000),
        "50000000",
        "Largest file of boundaries that an administrator may send in the workspace",
    ),
    Setting(
        "OPEN311_MEDIA_STORE",
        media_store,
        "var/media",
        "Where photos are stored: a folder, or an address that fsspec knows, as s3://bucket/prefix",
    ),
    Setting("OPEN311_MAX_PHOTOS", whole_number(0, 50), "6", "Photos that one report may have"),
    Setting(
        "OPEN311_MAX_PHOTO_BYTES",
        whole_number(10_000, 100_000_000),
        "10000000",
        "Largest file of a photo",
    ),
    Setting(
        "OPEN311_MAX_PHOTO_PIXELS",
        whole_number(10_000, MOST_PIXELS),
        "50000000",
        "Most pixels of a photo, looked at before it is decoded",
    ),
    Setting(
        "OPEN311_FETCH_MEDIA",
        yes_or_no,
        "no",
        "yes: fetch what a media_url points to, and store it if it is an image",
    ),
    Setting(
        "OPEN311_LOCATION_ACCURACY",
        whole_number(1, 1000),
        "10",
        "Metres that a place may be off where the app does not say: for reports near a border",
    ),
    Setting(
        "OPEN311_GEOCODER",
        lambda text: make_geocoder(text) if text else None,
        "",
        "Who is asked where an address is that the register does not know: a geocoder of geopy or "
        "census, with options, as nominatim?domain=geo.example.org; else nobody",
    ),
    Setting(
        "OPEN311_GEOCODER_SECONDS",
        whole_number(1, 20),
        "3",
        "Longest time to wait for the geocoder; without its answer the report is kept all the same",
    ),
    Setting(
        "OPEN311_ADDRESS_TOLERANCE",
        whole_number(1, 100_000),
        "250",
        "Metres that a place may lie from the address sent with it before somebody looks at both",
    ),
    Setting(
        "OPEN311_CRS",
        reference_systems,
        "4326,3857",
        "Coordinate systems that OGC API answers in beside CRS84, by their EPSG codes",
    ),
    *STAFF_SETTINGS,
    Setting(
        "OPEN311_STATEMENT_SECONDS",
        whole_number(1, 25),
        "10",
        "Longest time one database statement of a worker may take",
    ),
    Setting(
        "OPEN311_PROXIES",
        whole_number(0, 5),
        "0",
        "Reverse proxies in front whose X-Forwarded headers are to be believed",
    ),
    Setting(
        "OPEN311_RATE_LIMIT",
        rate_limit,
        "600 per minute",
        "Most HTTP requests for each API key, or address without one; several with ;, or none",
    ),
    Setting(
        "OPEN311_RATE_LIMIT_STORAGE",
        rate_limit_storage,
        "memory://",
        "Where they are counted: memory:// in each worker, or redis://host:6379/0 for all together",
    ),
    Setting(
        "OPEN311_TIDY_AT",
        time_of_day,
        "03:30",
        "Time of day in UTC to empty the sandbox and delete what has expired, or never",
    ),
    Setting("OPEN311_LOG_LEVEL", log_level, "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


def load_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return all parsed settings; raise SettingError naming the first invalid one."""
    _check_names(environ)
    settings = {setting.name: _load(setting, environ) for setting in SETTINGS}
    _check_together(settings, OIDC)
    return settings


PREFIX = "OPEN311_"

OF_OTHERS = {"OPEN311_DATABASE_PASSWORD"}
"""Prefixed variables that are not settings of the server: compose.yaml reads them."""


def _check_names(environ: Mapping[str, str]) -> None:
    """Reject a misspelled name, which would otherwise leave the default in effect silently."""
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known | OF_OTHERS:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0)
            raise SettingError(f"{name} is not a setting. Did you mean {nearest[0]}?")


OIDC = ("OPEN311_OIDC_ISSUER", "OPEN311_OIDC_CLIENT_ID", "OPEN311_OIDC_CLIENT_SECRET")


def _check_together(settings: Mapping[str, Any], names: Sequence[str]) -> None:
    missing = [name for name in names if not settings[name]]
    if missing and len(missing) < len(names):
        raise SettingError(f"{missing[0]} is not set: {', '.join(names)} belong together.")


def _load(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip() or setting.default
    if text is None:
        meaning = setting.meaning[0].lower() + setting.meaning[1:]
        raise SettingError(f"{setting.name} is not set: {meaning} is needed.")
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{setting.name} cannot be used: {error}.") from None
