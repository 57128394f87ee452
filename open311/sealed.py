"""Secrets for other servers, encrypted in the database under a key of OPEN311_SECRET_KEY.

A copy of the database alone is of no use to call them.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """The secret was sealed with another OPEN311_SECRET_KEY."""


def seal(secret_key: str, purpose: str, secret: str) -> bytes:
    """Encrypt a secret for a purpose (AES-CBC with HMAC-SHA-256, as Fernet specifies)."""
    return _cipher(secret_key, purpose).encrypt(secret.encode())


def unseal(secret_key: str, purpose: str, sealed: bytes) -> str:
    """Return the secret; raises Unsealable."""
    try:
        return _cipher(secret_key, purpose).decrypt(sealed).decode()
    except InvalidToken:
        raise Unsealable from None


def _cipher(secret_key: str, purpose: str) -> Fernet:
    """Return the cipher of a purpose, whose key HKDF derives (RFC 5869)."""
    info = b"sealed\0" + purpose.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
