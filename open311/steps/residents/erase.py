"""Erasure of what residents left on the website; the caller commits."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, literal, or_, select, update

from open311.database import Base, db, table
from open311.models import (
    Alert,
    Capability,
    Contact,
    Feedback,
    Flag,
    Forwarding,
    Hold,
    Moderation,
    SiteReport,
    Subscription,
    Support,
)
from open311.personal_data import ERASED, same_phone
from open311.steps.requests.reach import Reach
from schemas.vocabulary.retention import FREE_TEXT, PHOTO, REPORTER, UPDATE_REPORTER
from schemas.vocabulary.telling import SMS


def erase_site_data(pk: int, reach: Reach, count: Callable[[str, int], None]) -> list[str]:
    """Erase from the contacts, the answers, the flags, the originals, and the links of a request.

    With everyone, those who follow it are forgotten, too, and with all texts those who joined it.
    Counts the erased values by kind, and returns the names of photos, whose files the caller
    removes after the commit.
    """
    if reach.series & {REPORTER, UPDATE_REPORTER}:
        count("followers", _erase_subscriptions(pk, reach))
    count("notes", _erase_texts(pk, reach))
    photos = _erase_originals(pk, reach)
    count("photos", len(photos))
    if reach.requester and REPORTER in reach.series:
        _erase_links(pk)
    if reach.everyone and reach.texts and REPORTER in reach.series:
        db.session.execute(delete(table(Support)).where(table(Support).c.service_request_pk == pk))
    return photos


def _erase_subscriptions(pk: int, reach: Reach) -> int:
    """Delete those of the requester, of an address or number among the words, or of everyone."""
    subscriptions, contacts = table(Subscription).c, table(Contact)
    numbers = _list_numbers(pk, reach.words.phones) if reach.words.phones else []
    if not (reach.requester or reach.words.emails or numbers):
        return 0
    wanted: list[ColumnElement[bool]] = [
        subscriptions.contact_id.in_(
            select(contacts.c.id).where(
                contacts.c.address.in_([one.lower() for one in reach.words.emails])
                | contacts.c.address.in_(numbers)
            )
        )
    ]
    if reach.requester:
        wanted.append(subscriptions.is_reporter)
        wanted.append(subscriptions.state == "ended")  # perhaps a former address
    mine = subscriptions.service_request_pk == pk
    gone = mine if reach.everyone else mine & or_(*wanted)
    found = db.session.scalars(
        delete(table(Subscription)).where(gone).returning(subscriptions.contact_id)
    ).all()
    if found:
        left = exists().where(subscriptions.contact_id == contacts.c.id)
        alerted = exists().where(table(Alert).c.contact_id == contacts.c.id)
        db.session.execute(delete(contacts).where(contacts.c.id.in_(found), ~left, ~alerted))
    return len(found)


def _list_numbers(pk: int, phones: Collection[str]) -> list[str]:
    """List the numbers that get text messages about a service request, and are one of some."""
    subscriptions, contacts = table(Subscription).c, table(Contact).c
    texted = (
        select(contacts.address)
        .join(table(Subscription), subscriptions.contact_id == contacts.id)
        .where(subscriptions.service_request_pk == pk, contacts.kind == SMS)
    )
    found = db.session.scalars(texted)
    return [one for one in found if any(same_phone(one, phone) for phone in phones)]


def forget_number(jurisdiction_id: str, phone: str) -> int:
    """Delete a phone number with all its subscriptions, and return their number."""
    contacts = table(Contact)
    here = contacts.c.jurisdiction_id == jurisdiction_id, contacts.c.kind == SMS
    found = db.session.scalars(select(contacts.c.address).where(*here)).all()
    same = [address for address in found if same_phone(address, phone)]
    return sum(forget_contact(jurisdiction_id, address) for address in same)


def forget_contact(jurisdiction_id: str, address: str) -> int:
    """Delete an address with all its subscriptions and alerts, and return their number."""
    contacts = table(Contact)
    mine = contacts.c.jurisdiction_id == jurisdiction_id, contacts.c.address == address.lower()
    wishes = table(Subscription)
    of_it = wishes.c.contact_id.in_(select(contacts.c.id).where(*mine))
    found = db.session.scalars(delete(wishes).where(of_it).returning(wishes.c.id)).all()
    alerts = table(Alert)
    with_it = alerts.c.contact_id.in_(select(contacts.c.id).where(*mine))
    alerted = db.session.scalars(delete(alerts).where(with_it).returning(alerts.c.id)).all()
    known = db.session.scalars(delete(contacts).where(*mine).returning(contacts.c.id)).all()
    return max(len(found) + len(alerted), len(known))


def _erase_texts(pk: int, reach: Reach) -> int:
    """Erase from answers, flags, reasons, what held the request, and what other servers said."""

    public = reach.in_texts_of(FREE_TEXT)

    def words(text: str) -> str:
        return public.words.erase(text)

    def all_of_requester(text: str) -> str:
        return "" if public.requester and FREE_TEXT in reach.series else words(text)

    def all_of_everyone(text: str) -> str:
        return ERASED if public.everyone and public.texts else words(text)

    _change(Hold, "seen", pk, words)
    _change(Forwarding, "sentence", pk, all_of_requester)
    return (
        _change(Feedback, "text", pk, all_of_requester)
        + _change(Flag, "text", pk, all_of_everyone)
        + _change(Moderation, "reason", pk, all_of_everyone)
    )


def _change(model: type[Base], name: str, pk: int, rest: Callable[[str], str]) -> int:
    """Change the texts of a column to what is left of them; return the number of changes."""
    rows = table(model)
    column, keys = rows.c[name], list(rows.primary_key)
    found = db.session.execute(select(*keys, column).where(rows.c.service_request_pk == pk)).all()
    number = 0
    for *key, text in found:
        left = rest(text)
        if left != text:
            same = (part == value for part, value in zip(keys, key, strict=True))
            db.session.execute(update(rows).where(*same).values({name: left}))
            number += 1
    return number


def _erase_originals(pk: int, reach: Reach) -> list[str]:
    """Erase what was hidden or replaced, and return the names of the photos among it."""
    rows = table(Moderation)
    is_photo = rows.c.target == "photo"
    of_series = or_(
        is_photo & literal(PHOTO in reach.series), ~is_photo & literal(FREE_TEXT in reach.series)
    )
    of_reach: ColumnElement[bool] = rows.c.received_update_id.in_(reach.update_ids)
    if reach.requester:
        of_reach = of_reach | rows.c.received_update_id.is_(None)
    mine = rows.c.service_request_pk == pk, rows.c.original != ""
    found = db.session.execute(
        select(rows.c.id, rows.c.target, rows.c.original).where(*mine, of_series, of_reach)
    ).all()
    if found:
        ids = [row.id for row in found]
        db.session.execute(update(rows).where(rows.c.id.in_(ids)).values(original=""))
    _erase_words_of_originals(pk, reach.in_texts_of(FREE_TEXT))
    return sorted(row.original for row in found if row.target == "photo")


def _erase_words_of_originals(pk: int, reach: Reach) -> None:
    rows = table(Moderation)
    texts = select(rows.c.id, rows.c.original).where(
        rows.c.service_request_pk == pk, rows.c.target != "photo"
    )
    for id_, text in db.session.execute(texts).all():
        left = reach.words.erase(text)
        if left != text:
            db.session.execute(update(rows).where(rows.c.id == id_).values(original=left))


def _erase_links(pk: int) -> None:
    """Delete the secret link of the reporter, and what tells similar reports apart."""
    links, reports = table(Capability), table(SiteReport)
    mine = links.c.service_request_pk == pk, links.c.purpose == "track"
    db.session.execute(delete(links).where(*mine))
    nothing: dict[str, Any] = {"sender_digest": None, "text_digest": None, "photo_digests": []}
    db.session.execute(update(reports).where(reports.c.service_request_pk == pk).values(nothing))
