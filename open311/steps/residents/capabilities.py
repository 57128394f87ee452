"""Secret links: made, and made anew; the caller commits."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Capability
from open311.secret_links import hash_of_token, token_of


def store_follow_link(secret_key: str, pk: int, subscription_id: int, now: datetime) -> None:
    """Store the link that confirms or ends following a service request, unless it is there."""
    row = {
        "purpose": "follow",
        "service_request_pk": pk,
        "subscription_id": subscription_id,
        "generation": 1,
        "token_hash": hash_of_token(token_of(secret_key, "follow", subscription_id)),
        "created_at": now,
    }
    db.session.execute(insert(table(Capability)).values(row).on_conflict_do_nothing())


def renew_track_link(secret_key: str, pk: int, now: datetime) -> str:
    """Renew the secret link of a reporter, and return its token; the former one stops working."""
    mine = Capability.service_request_pk == pk, Capability.purpose == "track"
    generation = db.session.scalar(select(Capability.generation).where(*mine).with_for_update())
    if generation is None:
        raise NotFound(LINK_UNKNOWN)
    token = token_of(secret_key, "track", pk, generation + 1)
    values = {
        "generation": generation + 1,
        "token_hash": hash_of_token(token),
        "created_at": now,
    }
    db.session.execute(update(Capability).where(*mine).values(values))
    return token
