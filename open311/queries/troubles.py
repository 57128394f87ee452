"""What operators should look at: deliveries to others that are late, paused, or have failed."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from open311.database import db
from open311.models import Message, WebhookEndpoint
from open311.queries.forwarding.forwardings import list_forwardings
from open311.queries.jurisdictions import list_jurisdictions
from open311.queries.webhooks.endpoints import find_lag, list_working_endpoints
from schemas.vocabulary.telling import HAVE_FAILED
from schemas.vocabulary.webhooks import BY_HAND, PAUSED

RECENT = timedelta(hours=24)
"""Time for which a failed email counts."""


class Troubles(NamedTuple):
    """Numbers of all cities. behind are webhooks, paused those that were paused by failures.

    stuck are forwardings that need a decision, and failed_emails the messages of RECENT, which are
    text messages as well.
    """

    behind: int
    paused: int
    stuck: int
    failed_emails: int


def count_troubles(now: datetime, minutes: int) -> Troubles:
    """Count what needs attention; a webhook is behind if it is late by more than some minutes."""
    cities = [one.jurisdiction_id for one in list_jurisdictions()]
    paused = (WebhookEndpoint.state == PAUSED) & (WebhookEndpoint.reason != BY_HAND)
    failed = (
        Message.state.in_(HAVE_FAILED)
        & (Message.due_at > now - RECENT)
        & Message.settled_at.is_(None)
    )
    return Troubles(
        behind=sum(find_lag(hook).minutes(now) > minutes for hook in list_working_endpoints()),
        paused=db.session.scalar(select(func.count()).select_from(WebhookEndpoint).where(paused))
        or 0,
        stuck=sum(len(list_forwardings(city, only_stuck=True)) for city in cities),
        failed_emails=db.session.scalar(select(func.count()).select_from(Message).where(failed))
        or 0,
    )
