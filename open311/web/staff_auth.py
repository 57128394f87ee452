"""Who of the city's staff sent the HTTP request at hand: by session, key, or password."""

import secrets
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from cachetools import TTLCache
from flask import request
from flask_login import current_user

from open311.operations.people.sign_in import sign_in
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo, find_user
from open311.web.auth import check_key_is_for, sender, sent_key
from open311.web.sessions import signed_in
from schemas.base import Values

REMEMBERED = 300
"""Seconds for which a password that was right is not hashed again, as maps ask many times."""

# Under a key that no other process has; what is kept is the stored hash that it was checked by.
_secret = secrets.token_bytes(32)

_right: TTLCache[bytes, str] = TTLCache(maxsize=1_000, ttl=REMEMBERED)

_lock = Lock()


@dataclass(frozen=True)
class Staff:
    """Someone of the city's staff. A staff key stands for a dispatcher."""

    name: str
    role: str
    department_id: int | None = None


def find_staff(jurisdiction: Scope, values: Values) -> Staff | None:
    """Find who of a jurisdiction's staff sent this; None for everyone else.

    Raises ApiKeyRejected for a key, and SignInRefused for a password, that is sent and is wrong.
    """
    info = signed_in(current_user)
    if info is not None and info.jurisdiction_id == jurisdiction.jurisdiction_id:
        return Staff(info.name, info.role, info.department_id)
    authorization = request.authorization
    if authorization is not None and authorization.type == "basic":
        user = _signed_in(authorization.username or "", authorization.password or "")
        mine = user.jurisdiction_id == jurisdiction.jurisdiction_id
        return Staff(user.name, user.role, user.department_id) if mine else None
    if not sent_key(values):
        return None
    owner = sender(values)
    check_key_is_for(jurisdiction, owner)
    return Staff("API key", "dispatcher") if owner.staff else None


def remembered_name() -> str | None:
    """Give the name of the user whose password was sent, if it was right a while ago; else None.

    The database is not asked, so that nobody can make it work by sending passwords.
    """
    authorization = request.authorization
    if authorization is None or authorization.type != "basic":
        return None
    name, password = authorization.username or "", authorization.password or ""
    with _lock:
        return name.lower() if _key_of(name, password) in _right else None


def _key_of(name: str, password: str) -> bytes:
    text = f"{name}\n{password}".encode("utf-8", "surrogatepass")
    return blake2b(text, key=_secret).digest()


def _signed_in(name: str, password: str) -> UserInfo:
    key = _key_of(name, password)
    with _lock:
        remembered = _right.get(key)
    user = find_user(name.lower()) if remembered else None
    if user and user.disabled_at is None and user.password_hash == remembered:
        return user
    user = sign_in(name, password)
    with _lock:
        _right[key] = user.password_hash or ""
    return user
