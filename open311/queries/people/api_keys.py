"""Reading API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Row, select

from open311.database import db
from open311.models import ApiKey


def hash_of(key: str) -> bytes:
    """Return what is stored of a key. Keys are long and random, so a plain hash protects them."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def find_key(key: str) -> Row[int, str, list[str]] | None:
    """Find a key's (id, jurisdiction_id, rights); None if it is unknown or revoked."""
    return db.session.execute(
        select(ApiKey.id, ApiKey.jurisdiction_id, ApiKey.rights).where(
            ApiKey.key_hash == hash_of(key), ApiKey.revoked_at.is_(None)
        )
    ).one_or_none()


@dataclass(frozen=True)
class KeyInfo:
    """A key in use: its id, the jurisdiction that it is for, and the codes of its rights."""

    id: int
    jurisdiction_id: str
    rights: Sequence[str]


def list_keys_in_use() -> dict[bytes, KeyInfo]:
    """List the keys of all jurisdictions that are not revoked, by their hash."""
    rows = db.session.execute(
        select(ApiKey.key_hash, ApiKey.id, ApiKey.jurisdiction_id, ApiKey.rights)
        .where(ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.id)
    )
    return {row.key_hash: KeyInfo(row.id, row.jurisdiction_id, row.rights) for row in rows}


def list_api_keys(jurisdiction_id: str) -> list[Row[str, datetime, datetime | None, list[str]]]:
    """List a jurisdiction's keys as (name, created_at, revoked_at, rights), oldest first."""
    statement = (
        select(ApiKey.name, ApiKey.created_at, ApiKey.revoked_at, ApiKey.rights)
        .where(ApiKey.jurisdiction_id == jurisdiction_id)
        .order_by(ApiKey.created_at, ApiKey.id)
    )
    return list(db.session.execute(statement).all())


def get_key_name(key_id: int) -> str:
    """Return the name of a key, in use or revoked."""
    return db.session.scalars(select(ApiKey.name).where(ApiKey.id == key_id)).one()
