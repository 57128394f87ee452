"""Following a request: confirmed and ended with the secret link of a message."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update

from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Capability, Contact, ServiceRequest, Subscription
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.queries.residents.capabilities import get_following
from open311.secret_links import hash_of_token
from schemas.vocabulary.telling import FOREVER, NOT_ME


@operation
def settle_following(jurisdiction: Scope, token: str, *, wanted: bool) -> None:
    """Confirm or end the subscription to a request.

    A confirmation verifies the address, and messages to it are no longer suppressed. Raises
    NotFound. A subscription that can no longer begin stays as it is.
    """
    found = _find(jurisdiction, token)
    if wanted and not get_following(jurisdiction, token).can_begin:
        return
    _store_state(found.id, "on" if wanted else "ended")
    if wanted:
        now = datetime.now(UTC).replace(microsecond=0)
        verified = {"verified_at": func.coalesce(Contact.verified_at, now)}
        nothing = {"suppressed_until": None, "suppressed_why": None}
        contact = update(Contact).where(Contact.id == found.contact_id)
        db.session.execute(contact.values(verified | nothing))


@operation
def refuse_messages(jurisdiction: Scope, token: str) -> None:
    """End the subscription, and all messages to its address until it is confirmed again.

    Raises NotFound.
    """
    found = _find(jurisdiction, token)
    _store_state(found.id, "ended")
    contact = update(Contact).where(Contact.id == found.contact_id)
    db.session.execute(contact.values(suppressed_until=FOREVER, suppressed_why=NOT_ME))


def _find(jurisdiction: Scope, token: str) -> Any:
    found = db.session.execute(
        select(Subscription.id, Subscription.contact_id)
        .join(Capability, Capability.subscription_id == Subscription.id)
        .join(ServiceRequest, ServiceRequest.pk == Subscription.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
            Capability.purpose == "follow",
            Capability.token_hash == hash_of_token(token),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(LINK_UNKNOWN)
    return found


def _store_state(subscription_id: int, state: str) -> None:
    mine = Subscription.id == subscription_id
    db.session.execute(update(Subscription).where(mine).values(state=state))
