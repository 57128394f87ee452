"""Settings from environment variables, parsed and checked."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from open311.database_settings import DIRECT_URL, POOLER
from open311.errors import SettingError
from open311.mail.inbox_setting import inbox_address
from open311.mail.settings import INBOX, MAIL, NEEDED_BY_MAIL, SENDER
from open311.setting_values import Setting
from open311.settings import SETTINGS
from open311.sms.settings import NEEDED_BY_SMS, SMS


def load_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return all parsed settings; raise SettingError naming the first invalid one."""
    _check_names(environ)
    settings = {setting.name: _load(setting, environ) for setting in SETTINGS}
    _check_together(settings, OIDC)
    _check_needed(settings, MAIL, NEEDED_BY_MAIL)
    _check_needed(settings, SMS, NEEDED_BY_SMS)
    _check_needed(settings, INBOX, (MAIL,))
    _check_needed(settings, POOLER, (DIRECT_URL,))
    _check_inbox(settings)
    return settings


PREFIX = "OPEN311_"

FROM_FILE = "_FILE"
"""What follows the name of a setting in that of a variable with the path of its file."""

OF_OTHERS = {"OPEN311_DATABASE_PASSWORD"}
"""Prefixed variables that are not settings of the server: compose.yaml reads them."""


def _check_names(environ: Mapping[str, str]) -> None:
    """Reject a misspelled name, which would otherwise leave the default in effect silently."""
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removesuffix(FROM_FILE) not in known | OF_OTHERS:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0)
            raise SettingError(f"{name} is not a setting. Did you mean {nearest[0]}?")


OIDC = ("OPEN311_OIDC_ISSUER", "OPEN311_OIDC_CLIENT_ID", "OPEN311_OIDC_CLIENT_SECRET")


def _check_together(settings: Mapping[str, Any], names: Sequence[str]) -> None:
    missing = [name for name in names if not settings[name]]
    if missing and len(missing) < len(names):
        raise SettingError(f"{missing[0]} is not set. Set all of {', '.join(names)}, or none.")


def _check_needed(settings: Mapping[str, Any], name: str, needed: Sequence[str]) -> None:
    missing = [one for one in needed if settings[name] and not settings[one]]
    if missing:
        raise SettingError(f"{missing[0]} is not set. {name} requires it.")


def _check_inbox(settings: Mapping[str, Any]) -> None:
    if settings[INBOX] is not None:
        try:
            inbox_address(settings[INBOX], settings[SENDER])
        except ValueError as error:
            raise SettingError(f"{INBOX} cannot be used: its address {error}.") from None


def _load(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = _text_of(setting.name, environ) or setting.default
    if text is None:
        meaning = setting.meaning[0].lower() + setting.meaning[1:]
        raise SettingError(f"{setting.name} is required. Set it to {meaning}.")
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{setting.name} cannot be used: {error}.") from None


def _text_of(name: str, environ: Mapping[str, str]) -> str:
    """Return the value of a variable, or what the file contains that NAME_FILE names."""
    text, path = (environ.get(one, "").strip() for one in (name, f"{name}{FROM_FILE}"))
    if not path:
        return text
    if text:
        raise SettingError(f"{name} and {name}{FROM_FILE} are both set. Remove one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not a text in UTF-8"
        raise SettingError(f"{name}{FROM_FILE} cannot be read: {path} ({why}).") from None
