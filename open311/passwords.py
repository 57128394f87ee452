"""Password hashes with Argon2id (RFC 9106)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST = 12
"""Minimum characters of a password (NIST SP 800-63B: 8, or 15 without a second factor)."""

LONGEST = 1000

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store for a password."""
    return _hasher.hash(password)


def is_password(stored: str, password: str) -> bool:
    """Return whether a password matches a stored hash."""
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def hash_of_nobody() -> str:
    """Return a hash to check for unknown usernames, so that both cases take the same time."""
    return hash_password("nobody")
