"""What belongs to a report that came from the website; the caller commits."""

from datetime import datetime

from sqlalchemy import case, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db, table
from open311.models import Capability, Contact, SiteReport, Subscription
from open311.secret_links import hash_of_token, token_of
from open311.steps.requests.holds import insert_holds
from open311.steps.residents.capabilities import store_follow_link
from open311.steps.values.submissions import SiteSubmission


def store_site_report(
    jurisdiction_id: str, pk: int, site: SiteSubmission, email: str, now: datetime
) -> None:
    """Store how a report came in, its holds, its secret link, and a subscription to it."""
    report = insert(table(SiteReport)).values(
        service_request_pk=pk,
        language=site.language,
        sender_digest=site.sender_digest,
        text_digest=site.text_digest,
        photo_digests=list(site.photo_digests),
        made_at=now,
    )
    link = insert(table(Capability)).values(
        purpose="track",
        service_request_pk=pk,
        generation=1,
        token_hash=hash_of_token(token_of(site.secret_key, "track", pk)),
        created_at=now,
    )
    parts = [report, link, *([insert_holds(pk, site.holds, now)] if site.holds else [])]
    ctes = (part.cte(f"part_{number}") for number, part in enumerate(parts))
    db.session.execute(select(literal(1)).add_cte(*ctes))
    if email and site.wants_updates:
        id_ = store_subscription(jurisdiction_id, pk, email, site.language, now, is_reporter=True)
        store_follow_link(site.secret_key, pk, id_, now)


def store_subscription(
    jurisdiction_id: str, pk: int, email: str, language: str, now: datetime, *, is_reporter: bool
) -> int:
    """Store the subscription of an address to a service request; return its id.

    It is unconfirmed until the link of a message was used. A wish that ended begins anew; one that
    did not becomes the reporter's, if it is also theirs.
    """
    contact = insert_or(table(Contact)).values(
        jurisdiction_id=jurisdiction_id,
        address=email.strip().lower(),
        language=language,
        created_at=now,
    )
    same = {"address": contact.excluded.address}  # a known one returns its id only if it is updated
    known = contact.on_conflict_do_update(
        index_elements=["jurisdiction_id", "address"], set_=same
    ).returning(table(Contact).c.id)
    wishes = table(Subscription)
    wish = insert_or(wishes).from_select(
        ["contact_id", "service_request_pk", "is_reporter", "state", "created_at"],
        select(
            known.cte("contact").c.id,
            literal(pk),
            literal(is_reporter),
            literal("unconfirmed"),
            literal(now),
        ),
    )
    new = wish.excluded.is_reporter
    is_ended = wishes.c.state == "ended"
    changed = {
        "state": case((is_ended, "unconfirmed"), else_=wishes.c.state),
        "is_reporter": case((is_ended, new), else_=or_(wishes.c.is_reporter, new)),
    }
    stored = wish.on_conflict_do_update(
        index_elements=["contact_id", "service_request_pk"], set_=changed
    ).returning(wishes.c.id)
    return int(db.session.execute(stored).scalar_one())
