"""Passwords: hashed with Argon2id (RFC 9106), and checked without telling what was wrong."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST = 12
"""Characters of a password (NIST SP 800-63B asks for 8, and for 15 where it stands alone)."""

LONGEST = 1000

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Give what is stored of a password."""
    return _hasher.hash(password)


def is_password(stored: str, password: str) -> bool:
    """Tell whether a password is the one of which this is stored."""
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def hash_of_nobody() -> str:
    """Give what is checked for a name that is not known, so that both take the same time."""
    return hash_password("nobody")
