"""Messages that wait to be sent, as the change feed asks for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import WebhookDelivery, WebhookEndpoint
from open311.queries.webhooks.feed import Change
from schemas.vocabulary.webhooks import WAITING


def store_waiting(endpoint_id: int, changes: Sequence[Change], now: datetime) -> None:
    """Let messages about changes wait. One that waits already keeps its time and its attempts."""
    if not changes:
        return
    rows = [
        {
            "endpoint_id": endpoint_id,
            "service_request_pk": pk,
            "change_number": number,
            "state": WAITING,
            "waiting_since": changed_at,
            "attempts": 0,
            "next_at": now,
        }
        for pk, number, changed_at in changes
    ]
    statement = insert(table(WebhookDelivery)).values(rows)
    new, old = statement.excluded, WebhookDelivery
    waits = old.state == WAITING
    kept = {
        name: case((waits, getattr(old, name)), else_=new[name])
        for name in ("waiting_since", "attempts", "next_at", "failure")
    }
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["endpoint_id", "service_request_pk"],
            set_={"change_number": new.change_number, "state": WAITING, **kept},
        )
    )


def store_cursor(endpoint_id: int, number: int) -> None:
    """Store the number up to which all changes were read for an endpoint."""
    mine = WebhookEndpoint.id == endpoint_id
    db.session.execute(update(WebhookEndpoint).where(mine).values(cursor=number))
