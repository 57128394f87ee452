"""What belongs to a report that came from the website; the caller commits."""

from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db
from open311.models import Capability, Contact, SiteReport, Subscription
from open311.secret_links import hash_of_token, token_of
from open311.steps.requests.holds import store_holds
from open311.steps.residents.capabilities import store_follow_link
from open311.steps.values.submissions import SiteSubmission


def store_site_report(
    jurisdiction_id: str, pk: int, site: SiteSubmission, email: str, now: datetime
) -> None:
    """Store how a report came in, its holds, its secret link, and a subscription to it."""
    db.session.execute(
        insert(SiteReport).values(
            service_request_pk=pk,
            language=site.language,
            sender_digest=site.sender_digest,
            text_digest=site.text_digest,
            photo_digests=list(site.photo_digests),
            made_at=now,
        )
    )
    token = token_of(site.secret_key, "track", pk)
    db.session.execute(
        insert(Capability).values(
            purpose="track",
            service_request_pk=pk,
            generation=1,
            token_hash=hash_of_token(token),
            created_at=now,
        )
    )
    store_holds(pk, site.holds, now)
    if email and site.wants_updates:
        id_ = store_subscription(jurisdiction_id, pk, email, site.language, now, is_reporter=True)
        store_follow_link(site.secret_key, pk, id_, now)


def store_subscription(
    jurisdiction_id: str, pk: int, email: str, language: str, now: datetime, *, is_reporter: bool
) -> int:
    """Store the subscription of an address to a service request; return its id.

    It is unconfirmed until the link of a message was used. A wish that ended begins anew.
    """
    address = email.strip().lower()
    known = insert_or(Contact).values(
        jurisdiction_id=jurisdiction_id, address=address, language=language, created_at=now
    )
    db.session.execute(known.on_conflict_do_nothing())
    contact_id = select(Contact.id).where(
        Contact.jurisdiction_id == jurisdiction_id, Contact.address == address
    )
    wish = insert_or(Subscription).from_select(
        ["contact_id", "service_request_pk", "is_reporter", "state", "created_at"],
        select(
            contact_id.scalar_subquery(),
            literal(pk),
            literal(is_reporter),
            literal("unconfirmed"),
            literal(now),
        ),
    )
    ended = Subscription.state == "ended"
    wish = wish.on_conflict_do_update(
        index_elements=["contact_id", "service_request_pk"],
        set_={"state": "unconfirmed"},
        where=ended,
    )
    db.session.execute(wish)
    found: int = db.session.scalars(
        select(Subscription.id).where(
            Subscription.service_request_pk == pk,
            Subscription.contact_id == contact_id.scalar_subquery(),
        )
    ).one()
    return found
