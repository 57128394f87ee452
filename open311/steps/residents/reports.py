"""What belongs to a report that came from the website; the caller commits."""

from datetime import datetime

from sqlalchemy import insert, literal, select

from open311.database import db, table
from open311.models import Capability, SiteReport
from open311.secret_links import hash_of_token, token_of
from open311.steps.requests.holds import insert_holds
from open311.steps.residents.capabilities import store_follow_link
from open311.steps.residents.subscriptions import store_subscription
from open311.steps.telling.tellings import store_confirmation
from open311.steps.values.submissions import SiteSubmission
from schemas.vocabulary.telling import SMS


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
    if site.texts_to:
        id_ = store_subscription(
            *(jurisdiction_id, pk, site.texts_to, site.language, now), is_reporter=True, kind=SMS
        )
        store_follow_link(site.secret_key, pk, id_, now)
        store_confirmation(pk, id_)
