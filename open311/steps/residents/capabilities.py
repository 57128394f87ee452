"""Secret links: made, and made anew; the caller commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Capability
from open311.secret_links import hash_of_token, token_of
from open311.steps.rows import add_rows


def store_follow_link(secret_key: str, pk: int, subscription_id: int, now: datetime) -> None:
    """Store the link that confirms or ends following a service request, unless it is there."""
    store_links(secret_key, [(pk, subscription_id)], now)


def store_links(secret_key: str, wanted: Iterable[tuple[int, int | None]], now: datetime) -> None:
    """Store secret links of service requests (primary keys), unless they are there.

    Each is that of a subscription, or the reporter's if there is none.
    """
    rows = []
    for pk, subscription_id in wanted:
        of = ("track", pk) if subscription_id is None else ("follow", subscription_id)
        row = {
            "purpose": of[0],
            "service_request_pk": pk,
            "subscription_id": subscription_id,
            "generation": 1,
            "token_hash": f"\\x{hash_of_token(token_of(secret_key, *of)).hex()}",
            "created_at": now,
        }
        rows.append(row)
    add_rows(Capability, rows, unless_known=True)


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
