"""API keys: created, changed, and revoked. A key is shown once and stored as a hash."""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.people import KEY_NAME_TAKEN, KEY_TAKEN, KEY_UNKNOWN
from open311.models import ApiKey
from open311.operations.transaction import operation
from open311.queries.people.api_keys import hash_of
from schemas.vocabulary.rights import USUAL_RIGHTS, in_order


@operation
def create_api_key(
    jurisdiction_id: str,
    name: str,
    key: str | None = None,
    *,
    rights: Collection[str] = USUAL_RIGHTS,
) -> str:
    """Store an API key under a name, and return it; without a key, create one of 256 random bits.

    rights are codes of RIGHTS, at least one. Raises Conflict if the name is in use, or if the key
    was stored before.
    """
    key = key or secrets.token_urlsafe(32)
    try:
        db.session.execute(
            insert(ApiKey),
            {
                "jurisdiction_id": jurisdiction_id,
                "name": name,
                "key_hash": hash_of(key),
                "rights": in_order(rights),
                "created_at": datetime.now(UTC),
            },
        )
    except IntegrityError as error:
        raise _conflict(error, name) from None
    return key


def _conflict(error: IntegrityError, name: str) -> Conflict:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name == "uq_api_keys_key_hash":
        return Conflict(KEY_TAKEN)
    return Conflict(KEY_NAME_TAKEN, field="name", name=name)


@operation
def change_rights(jurisdiction_id: str, name: str, rights: Collection[str]) -> list[str]:
    """Replace the rights of the active API key with a name; return the new ones in order.

    rights are codes of RIGHTS, at least one. Raises NotFound.
    """
    new = in_order(rights)
    _change(jurisdiction_id, name, rights=new)
    return new


@operation
def revoke_api_key(jurisdiction_id: str, name: str) -> None:
    """Revoke the active API key with a name; raises NotFound."""
    _change(jurisdiction_id, name, revoked_at=datetime.now(UTC))


def _change(jurisdiction_id: str, name: str, **columns: Any) -> None:
    changed = db.session.execute(
        update(ApiKey)
        .where(
            ApiKey.jurisdiction_id == jurisdiction_id,
            ApiKey.name == name,
            ApiKey.kind == "app",  # the key of a website is nobody's
            ApiKey.revoked_at.is_(None),
        )
        .values(**columns)
        .returning(ApiKey.id)
    ).all()
    if not changed:
        raise NotFound(KEY_UNKNOWN, name=name)
