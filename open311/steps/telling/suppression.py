"""Addresses that get nothing for a while, because emails to them failed; the caller commits."""

from datetime import datetime, timedelta

from sqlalchemy import update

from open311.database import db
from open311.models import Contact
from open311.queries.telling.recipients import count_refused
from schemas.vocabulary.telling import FOREVER, REFUSED, REFUSED_OFTEN

REFUSALS, REFUSED_WITHIN, REFUSED_FOR = 3, timedelta(days=14), timedelta(days=30)
"""So many messages that fail within a time end all others for another time."""


def store_failure_of_address(contact_id: int, now: datetime, *, is_unknown_address: bool) -> None:
    """Block an address that does not exist, or one to which messages have often failed.

    The message that has failed now is stored as such already.
    """
    if is_unknown_address:
        _suppress(contact_id, FOREVER, REFUSED)
    elif count_refused(contact_id, now - REFUSED_WITHIN) >= REFUSALS:
        _suppress(contact_id, now + REFUSED_FOR, REFUSED_OFTEN)


def _suppress(contact_id: int, until: datetime, why: str) -> None:
    values = {"suppressed_until": until, "suppressed_why": why}
    db.session.execute(update(Contact).where(Contact.id == contact_id).values(values))
