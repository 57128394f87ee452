"""A new API key: shown once, stored as a hash."""

import secrets
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from open311.database import db
from open311.errors import Conflict
from open311.models import ApiKey
from open311.queries.api_keys import hash_of


def create_api_key(jurisdiction_id: str, name: str, key: str | None = None) -> str:
    """Store a key under a name and give it; without a key, make one of 256 random bits.

    Raises Conflict if the name is in use.
    """
    key = key or secrets.token_urlsafe(32)
    try:
        db.session.execute(
            insert(ApiKey),
            {
                "jurisdiction_id": jurisdiction_id,
                "name": name,
                "key_hash": hash_of(key),
                "created_at": datetime.now(UTC),
            },
        )
    except IntegrityError:
        db.session.rollback()
        raise Conflict(
            f"There is an API key named {name!r} already: revoke it or take another name."
        ) from None
    db.session.commit()
    return key
