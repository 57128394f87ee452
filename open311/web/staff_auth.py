"""Authentication of staff by session, API key, or password."""

import secrets
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from cachetools import TTLCache
from flask import request
from flask_login import current_user

from open311.database import end_reads
from open311.errors import NotAllowed
from open311.messages.people import PASSWORD_NOT_ENOUGH
from open311.operations.people.sign_in import sign_in
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo, find_user, name_key
from open311.replica import is_beside, on_primary
from open311.web.auth import check_key_is_for, sender, sent_key
from open311.web.sessions import signed_in
from open311.web.sign_in_limits import PASSWORDS, limited, remember_address
from schemas.base import Values
from schemas.vocabulary.rights import may

REMEMBERED = 300
"""Seconds for which a verified password is not hashed again, because maps send many requests."""

# Keyed with a secret of this process; the value is the stored hash that was matched.
_secret = secrets.token_bytes(32)

_right: TTLCache[bytes, str] = TTLCache(maxsize=1_000, ttl=REMEMBERED)

_lock = Lock()


@dataclass(frozen=True)
class Staff:
    """An authenticated member of staff. A key with the `staff` right has the role of a
    dispatcher."""

    name: str
    role: str
    department_id: int | None = None


def find_staff(jurisdiction: Scope, values: Values) -> Staff | None:
    """Return the member of a jurisdiction's staff who sent this request; None for others.

    Raises ApiKeyRejected for an invalid key, SignInRefused for a wrong password, SignInDelayed
    after too many of them, and NotAllowed for the password of a user with two-step sign-in.
    """
    info = signed_in(current_user)
    if info is not None and info.jurisdiction_id == jurisdiction.jurisdiction_id:
        return Staff(info.name, info.role, info.department_id)
    authorization = request.authorization
    if authorization is not None and authorization.type == "basic":
        user = _by_password(authorization.username or "", authorization.password or "")
        mine = user.jurisdiction_id == jurisdiction.jurisdiction_id
        return Staff(user.name, user.role, user.department_id) if mine else None
    if not sent_key(values):
        return None
    owner = sender(values)
    check_key_is_for(jurisdiction, owner)
    return Staff("API key", "dispatcher") if may(owner.rights, "staff") else None


def remembered_name() -> str | None:
    """Return the name of the user whose password was verified recently; None if it was not.

    This does not read the database, so that sending passwords causes no load there.
    """
    authorization = request.authorization
    if authorization is None or authorization.type != "basic":
        return None
    name, password = authorization.username or "", authorization.password or ""
    with _lock:
        return name_key(name) if _key_of(name, password) in _right else None


def _key_of(name: str, password: str) -> bytes:
    text = f"{name}\n{password}".encode("utf-8", "surrogatepass")
    return blake2b(text, key=_secret).digest()


def _by_password(name: str, password: str) -> UserInfo:
    """Return a user as the primary knows it: a standby may not know yet who is disabled."""
    with on_primary():
        user = _signed_in(name, password)
        if is_beside():
            end_reads()
    return user


def _signed_in(name: str, password: str) -> UserInfo:
    key = _key_of(name, password)
    with _lock:
        remembered = _right.get(key)
    user = find_user(name) if remembered else None
    if not user or user.disabled_at is not None or user.password_hash != remembered:
        user = limited(PASSWORDS, name, lambda: sign_in(name, password))
    if user.two_step:
        raise NotAllowed(PASSWORD_NOT_ENOUGH)
    if user.password_hash != remembered:
        remember_address(name)
        with _lock:
            _right[key] = user.password_hash or ""
    return user
