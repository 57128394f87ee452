"""Subscriptions of addresses to service requests; the caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, any_, case, delete, exists, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db, table
from open311.models import Alert, Contact, Subscription
from schemas.vocabulary.telling import EMAIL


def store_contact(jurisdiction_id: str, email: str, language: str, now: datetime) -> Any:
    """Store an address unless it is there; return it (id, verified_at), locked until the commit."""
    contacts = table(Contact).c
    known = _contact(jurisdiction_id, EMAIL, email, language, now)
    return db.session.execute(known.returning(contacts.id, contacts.verified_at)).one()


def _contact(jurisdiction_id: str, kind: str, address: str, language: str, now: datetime) -> Any:
    contact = insert_or(table(Contact)).values(
        jurisdiction_id=jurisdiction_id,
        kind=kind,
        address=address.strip().lower(),
        language=language,
        created_at=now,
    )
    same = {"address": contact.excluded.address}  # a known one returns its id only if it is updated
    return contact.on_conflict_do_update(index_elements=["jurisdiction_id", "address"], set_=same)


def store_subscription(
    jurisdiction_id: str,
    pk: int,
    address: str,
    language: str,
    now: datetime,
    *,
    is_reporter: bool,
    kind: str = EMAIL,
) -> int:
    """Store the subscription of an address to a service request; return its id.

    kind is one of CHANNELS; the address of a text message is a phone number (E.164). It is
    unconfirmed until the link of a message was used. A wish that ended begins anew; one that did
    not becomes the reporter's, if it is also theirs.
    """
    known = _contact(jurisdiction_id, kind, address, language, now).returning(table(Contact).c.id)
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


def copy_subscriptions(pk: int, to: int, now: datetime) -> None:
    """Let those who get updates about a service request get them about one that continues it."""
    wishes = table(Subscription)
    found = select(
        wishes.c.contact_id, literal(to), wishes.c.is_reporter, wishes.c.state, literal(now)
    ).where(wishes.c.service_request_pk == pk, wishes.c.state != "ended")
    names = ["contact_id", "service_request_pk", "is_reporter", "state", "created_at"]
    db.session.execute(insert(wishes).from_select(names, found))


def forget_unused(contact_ids: Sequence[int]) -> None:
    """Delete those of some addresses that neither follow a request nor have an alert.

    One that must get no messages is kept: that it asked for this, or does not exist.
    """
    contacts = table(Contact)
    follows = exists().where(table(Subscription).c.contact_id == contacts.c.id)
    alerted = exists().where(table(Alert).c.contact_id == contacts.c.id)
    free = contacts.c.suppressed_until.is_(None)
    is_one = contacts.c.id == any_(literal(list(contact_ids), ARRAY(BigInteger)))
    unused = is_one, ~follows, ~alerted, free
    db.session.execute(delete(contacts).where(*unused))
