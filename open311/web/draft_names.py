"""Names of drafts: 128 random bits in the address of a page. Only their hash is stored."""

import re
import secrets

from open311.errors import Gone
from open311.messages.residents import DRAFT_GONE
from open311.secret_links import hash_of_token

_NAME = re.compile(r"[A-Za-z0-9_-]{22}")


def new_draft_name() -> str:
    """Return a name that nobody can guess: 22 characters of base64url."""
    return secrets.token_urlsafe(16)


def hash_of_draft(name: str) -> bytes:
    """Return what is stored of a name; raises Gone for a text that is none."""
    if not _NAME.fullmatch(name):
        raise Gone(DRAFT_GONE)
    return hash_of_token(name)


def key_of_draft(name: str) -> str:
    """Return the Idempotency-Key with which a draft is sent."""
    return f"draft {hash_of_draft(name).hex()}"
