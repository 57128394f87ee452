"""Limits on failed sign-ins that slow guessing without locking users out.

Failures are counted for each username and client address, for each address, and for each username.
Where this user has signed in before, in the same browser or from the same address, only the
failures there count, so that those of strangers keep nobody out. What is counted does not depend on
whether a username exists.
"""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
)

from open311.errors import SignInDelayed, SignInRefused
from open311.messages.people import SIGN_IN_DELAYED
from open311.queries.people.users import name_key
from open311.web.counters import counters
from open311.web.senders import client_network

Answer = TypeVar("Answer")
Limit = tuple[RateLimitItem, tuple[str, ...]]


@dataclass(frozen=True)
class Limits:
    """Failures that are allowed for a user in one place, for an address, and for a username."""

    user_here: RateLimitItem
    address: RateLimitItem
    user: RateLimitItem


PASSWORDS = Limits(
    RateLimitItemPerMinute(10, 15, "password-here"),
    RateLimitItemPerMinute(30, 15, "password-address"),
    RateLimitItemPerMinute(20, 15, "password-user"),
)

# A code has only six digits, but it is asked for only after the right password.
CODES = Limits(
    RateLimitItemPerMinute(5, 15, "code-here"),
    RateLimitItemPerMinute(30, 15, "code-address"),
    RateLimitItemPerDay(20, 1, "code-user"),
)

# Of a user at an address, as a counter that is never exceeded.
_SIGNED_IN = RateLimitItemPerDay(1, 30, "signed-in")


def limited(limits: Limits, name: str, check: Callable[[], Answer]) -> Answer:
    """Return what a check of a password or a code returns, and count it if it fails.

    Raises SignInDelayed if there were too many failures, without a check, and the error of the
    check.
    """
    failures = counters()
    counted = _limits_of(limits, _digest(name_key(name)))
    reached = [(item, ids) for item, ids in counted if failures.is_reached(item, *ids)]
    if reached:
        seconds = max(failures.seconds(item, *ids) for item, ids in reached)
        minutes = math.ceil(seconds / 60)
        raise SignInDelayed(SIGN_IN_DELAYED, minutes=minutes)
    try:
        answer = check()
    except SignInRefused:
        for item, ids in counted:
            failures.count(item, *ids)
        raise
    own, ids = counted[0]
    failures.forget(own, *ids)
    return answer


LINKS_OF_ADDRESS = RateLimitItemPerHour(3, 1, "password-links")
LINKS_OF_NETWORK = RateLimitItemPerMinute(30, 15, "password-links-network")
"""How often a new password can be asked for: for an email address, and from one network."""


def may_ask_for_password(email: str) -> bool:
    """Count that someone asks for a new password, and return whether an email may be sent.

    Raises SignInDelayed after too many from one network. What is counted does not depend on whether
    a user has the address.
    """
    asked, network = counters(), client_network()
    if not asked.count(LINKS_OF_NETWORK, network):
        minutes = math.ceil(asked.seconds(LINKS_OF_NETWORK, network) / 60)
        raise SignInDelayed(SIGN_IN_DELAYED, minutes=minutes)
    return asked.count(LINKS_OF_ADDRESS, _digest(email))


def remember_address(name: str) -> None:
    """Remember for a month that a user has signed in from this address."""
    failures, user, address = counters(), _digest(name_key(name)), client_network()
    failures.forget(_SIGNED_IN, user, address)  # a month from now, not from the first time
    failures.count(_SIGNED_IN, user, address)


def _limits_of(limits: Limits, user: str) -> list[Limit]:
    address = client_network()
    browser = _Browser.here()
    if user in browser.users:
        return [(limits.user_here, (user, browser.id))]
    here: Limit = (limits.user_here, (user, address))
    if counters().is_reached(_SIGNED_IN, user, address):
        return [here]
    return [here, (limits.address, (address,)), (limits.user, (user,))]


def _digest(text: str) -> str:
    """Return a keyed hash, so that neither counters nor cookies contain usernames."""
    key = _secret().encode()[:64]
    return blake2b(text.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()


COOKIE = "open311_known"

REMEMBERED = 365 * 24 * 3600  # seconds

_MOST_USERS = 5  # of one browser, for shared computers


@dataclass(frozen=True)
class _Browser:
    """A browser in which users have signed in: a random id, and the digests of their names."""

    id: str = ""
    users: tuple[str, ...] = ()

    @classmethod
    def here(cls) -> "_Browser":
        try:
            # Without a secret, cookies are neither issued nor trusted.
            signed = request.cookies.get(COOKIE, "") if _secret() else ""
            id_, *users = _serializer().loads(signed, max_age=REMEMBERED)
            return cls(str(id_), tuple(map(str, users)))
        except (BadData, TypeError, ValueError):
            return cls()


def remember_browser(response: Response, name: str) -> None:
    """Add a cookie that proves that a user has signed in in this browser. It gives no access."""
    known, user = _Browser.here(), _digest(name_key(name))
    others = [one for one in known.users if one != user][: _MOST_USERS - 1]
    response.set_cookie(
        COOKIE,
        _serializer().dumps([known.id or secrets.token_hex(16), user, *others]),
        max_age=REMEMBERED,
        path="/staff",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt=COOKIE)


def _secret() -> str:
    return str(current_app.config["OPEN311_SECRET_KEY"])
