"""Reads for mails that come in: the message that one answers, and what was read before."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from open311.database import db
from open311.models import (
    Capability,
    Contact,
    IncomingMail,
    Message,
    ReceivedUpdate,
    ServiceRequest,
    Subscription,
)

DAY = timedelta(hours=24)


def find_outcome(digest: bytes) -> str | None:
    """Return what happened to a mail that was read before; None for a new one."""
    return db.session.scalar(select(IncomingMail.outcome).where(IncomingMail.digest == digest))


def find_answered(message_id: int) -> Any:
    """Return the message to a resident that a mail answers; None without one.

    The row has jurisdiction_id, pk (of the service request), withdrawn_at, is_reporter, wish,
    address, and generation, which is that of the secret link or None.
    """
    return db.session.execute(
        select(
            Message.jurisdiction_id,
            ServiceRequest.pk,
            ServiceRequest.withdrawn_at,
            Subscription.is_reporter,
            Subscription.state.label("wish"),
            Contact.address,
            Capability.generation,
        )
        .join(Subscription, Subscription.id == Message.subscription_id)
        .join(Contact, Contact.id == Subscription.contact_id)
        .join(ServiceRequest, ServiceRequest.pk == Message.service_request_pk)
        .outerjoin(
            Capability,
            (Capability.service_request_pk == ServiceRequest.pk) & (Capability.purpose == "track"),
        )
        .where(Message.id == message_id)
    ).one_or_none()


def count_received(pk: int, now: datetime) -> int:
    """Count what was added to a service request in the last 24 hours, but not by staff."""
    number = db.session.scalar(
        select(func.count())
        .select_from(ReceivedUpdate)
        .where(
            ReceivedUpdate.service_request_pk == pk,
            ReceivedUpdate.received_at > now - DAY,
            ReceivedUpdate.added_by.is_(None),
        )
    )
    return number or 0


def count_outcomes() -> dict[str, int]:
    """Count the mails that are remembered, by outcome."""
    rows = db.session.execute(
        select(IncomingMail.outcome, func.count()).group_by(IncomingMail.outcome)
    )
    return {row[0]: row[1] for row in rows}
