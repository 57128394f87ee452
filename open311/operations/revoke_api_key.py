"""Revoking an API key: it is refused from now on."""

from datetime import UTC, datetime

from sqlalchemy import update

from open311.database import db
from open311.errors import NotFound
from open311.models import ApiKey


def revoke_api_key(jurisdiction_id: str, name: str) -> None:
    """Revoke the key in use under a name; raises NotFound."""
    revoked = db.session.execute(
        update(ApiKey)
        .where(
            ApiKey.jurisdiction_id == jurisdiction_id,
            ApiKey.name == name,
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=datetime.now(UTC))
        .returning(ApiKey.id)
    ).all()
    if not revoked:
        raise NotFound(f"There is no API key named {name!r} in use.")
    db.session.commit()
