"""Subscriptions of addresses to service requests; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, any_, case, delete, exists, insert, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, Insert, distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db, table
from open311.models import Alert, Contact, Subscription
from open311.statements import sent_rows
from schemas.vocabulary.telling import EMAIL


def store_contact(jurisdiction_id: str, email: str, language: str, now: datetime) -> Any:
    """Store an address unless it is there; return it (id, verified_at), locked until the commit."""
    contacts = table(Contact).c
    new = insert_or(table(Contact)).values(
        jurisdiction_id=jurisdiction_id,
        kind=EMAIL,
        address=email.strip().lower(),
        language=language,
        created_at=now,
    )
    return db.session.execute(_unless_known(new).returning(contacts.id, contacts.verified_at)).one()


def _unless_known(contact: Insert) -> Insert:
    same = {"address": contact.excluded.address}  # a known one returns its id only if it is updated
    return contact.on_conflict_do_update(index_elements=["jurisdiction_id", "address"], set_=same)


@dataclass(frozen=True)
class Wish:
    """That an address gets messages about a service request.

    kind is one of CHANNELS; the address of a text message is a phone number (E.164).
    """

    jurisdiction_id: str
    service_request_pk: int
    address: str
    language: str
    is_reporter: bool
    kind: str = EMAIL


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
    """Store the subscription of an address to a service request, as a Wish; return its id."""
    wish = Wish(jurisdiction_id, pk, address, language, is_reporter, kind)
    [id_] = store_subscriptions([wish], now)
    return id_


def store_subscriptions(new: Sequence[Wish], now: datetime) -> Sequence[int]:
    """Store wishes, each about another service request; return their ids in any order.

    They are unconfirmed until the link of a message was used. A wish that ended begins anew; one
    that did not becomes the reporter's, if it is also theirs.
    """
    contacts, wishes = table(Contact), table(Subscription)
    named = ("jurisdiction_id", "address", "kind", "language")
    columns = [contacts.c[one] for one in named]
    columns += [wishes.c.service_request_pk, wishes.c.is_reporter]
    rows = [{**vars(one), "address": one.address.strip().lower()} for one in new]
    sent = select(*sent_rows(columns, rows).c).cte("sent")
    place = sent.c.jurisdiction_id, sent.c.address
    addresses = select(*(sent.c[one] for one in named), literal(now)).ext(distinct_on(*place))
    known = _unless_known(
        insert_or(contacts).from_select([*named, "created_at"], addresses.order_by(*place))
    )
    contact = known.returning(contacts.c.id, contacts.c.jurisdiction_id, contacts.c.address).cte()
    is_its = tuple_(contact.c.jurisdiction_id, contact.c.address) == tuple_(*place)
    given = sent.c.service_request_pk, sent.c.is_reporter
    wish = insert_or(wishes).from_select(
        ["contact_id", "service_request_pk", "is_reporter", "state", "created_at"],
        select(contact.c.id, *given, literal("unconfirmed"), literal(now)).join(sent, is_its),
    )
    is_new, is_ended = wish.excluded.is_reporter, wishes.c.state == "ended"
    changed = {
        "state": case((is_ended, "unconfirmed"), else_=wishes.c.state),
        "is_reporter": case((is_ended, is_new), else_=or_(wishes.c.is_reporter, is_new)),
    }
    stored = wish.on_conflict_do_update(
        index_elements=["contact_id", "service_request_pk"], set_=changed
    )
    return db.session.scalars(stored.returning(wishes.c.id)).all()


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
