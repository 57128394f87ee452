"""Encryption of secrets that the server has to use, such as those that sign its messages.

The key is derived from OPEN311_SECRET_KEY, so a copy of the database alone reveals nothing. With
another OPEN311_SECRET_KEY, what is stored cannot be read.
"""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """A secret was encrypted with another OPEN311_SECRET_KEY, or there is none."""


def key_fingerprint(secret_key: str) -> str:
    """Return what two equal keys have in common, and what does not tell the key; empty for none."""
    return sha256(f"open311 {secret_key}".encode()).hexdigest()[:16] if secret_key else ""


def encrypt(secret_key: str, purpose: str, secret: str) -> bytes:
    """Return an encrypted secret; only the same purpose decrypts it. Raises Unreadable."""
    return _cipher(secret_key, purpose).encrypt(secret.encode())


def decrypt(secret_key: str, purpose: str, encrypted: bytes) -> str:
    """Return a secret that encrypt encrypted; raises Unreadable."""
    try:
        return _cipher(secret_key, purpose).decrypt(encrypted).decode()
    except InvalidToken:
        raise Unreadable from None


def _cipher(secret_key: str, purpose: str) -> Fernet:
    """Return the cipher of a purpose (HKDF, RFC 5869)."""
    if not secret_key:
        raise Unreadable
    derived = HKDF(SHA256(), 32, None, f"open311 {purpose}".encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
