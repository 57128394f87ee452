"""Secret links: anyone who has one may do what it is for, without an account.

A token is derived from the row it belongs to (HMAC-SHA-256, RFC 2104), so that a repeated message
has the same link. Only its hash is stored. A higher generation makes another token, and the former
link stops working.
"""

import base64
import hmac
from hashlib import sha256

_BYTES = 16
"""Of a token: 128 bits, as many as a random UUID has."""

_CODE_BYTES = 10
"""Of a code, which nobody can try fast: each attempt is an email."""


def token_of(secret_key: str, purpose: str, row: int, generation: int = 1) -> str:
    """Return the token of a row for a purpose: 22 characters of base64url."""
    digest = _digest(secret_key, purpose, row, generation)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode("ascii").rstrip("=")


def _digest(secret_key: str, purpose: str, row: int, generation: int) -> bytes:
    what = f"{purpose} {row} {generation}".encode()
    return hmac.new(secret_key.encode(), b"secret link\0" + what, sha256).digest()


def hash_of_token(token: str) -> bytes:
    """Return what is stored of a token. It is long and random, so a plain hash protects it."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def code_of(secret_key: str, purpose: str, row: int, generation: int = 1) -> str:
    """Return a code of 16 lower-case letters and digits (80 bits), for addresses."""
    digest = _digest(secret_key, purpose, row, generation)
    return base64.b32encode(digest[:_CODE_BYTES]).decode("ascii").lower()
