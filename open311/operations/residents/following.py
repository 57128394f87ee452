"""Following a request: confirmed and ended with the secret link of a message."""

from datetime import UTC, datetime

from sqlalchemy import func, select, update

from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Capability, Contact, ServiceRequest, Subscription
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.secret_links import hash_of_token


@operation
def settle_following(jurisdiction: Scope, token: str, *, wanted: bool) -> None:
    """Confirm or end the subscription to a request.

    The first confirmation verifies the address. Raises NotFound.
    """
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
    state = "on" if wanted else "ended"
    mine = Subscription.id == found.id
    db.session.execute(update(Subscription).where(mine).values(state=state))
    if wanted:
        now = datetime.now(UTC).replace(microsecond=0)
        verified = update(Contact).where(Contact.id == found.contact_id)
        db.session.execute(verified.values(verified_at=func.coalesce(Contact.verified_at, now)))
