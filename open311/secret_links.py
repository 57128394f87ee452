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


def token_of(secret_key: str, purpose: str, row: int, generation: int = 1) -> str:
    """Return the token of a row for a purpose: 22 characters of base64url."""
    what = f"{purpose} {row} {generation}".encode()
    digest = hmac.new(secret_key.encode(), b"secret link\0" + what, sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode("ascii").rstrip("=")


def hash_of_token(token: str) -> bytes:
    """Return what is stored of a token. It is long and random, so a plain hash protects it."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
