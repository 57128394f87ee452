"""Texts and photos that are hidden, with what they replaced; the caller commits."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from open311.database import db, table
from open311.models import Media, Moderation, ReceivedUpdate, ServiceRequest, SiteReport
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction
from open311.queries.requests.linked import list_linked
from open311.steps.requests.history import store_as_changed
from open311.steps.requests.lock import lock_all
from open311.steps.requests.media import link_to
from open311.steps.values.moderation import BY_REPORTER, Decision
from open311.steps.values.submissions import StoredPhoto


def lock_repeating(jurisdiction: Scope, pk: int, text: str) -> list[int]:
    """Lock and list the other service requests of the same person that repeat a description."""
    repeating = [one.other for one in list_linked([pk]) if one.same_requester]
    return lock_all(
        of_jurisdiction(jurisdiction),
        ServiceRequest.pk.in_(repeating),
        ServiceRequest.description == text,
    )


def store_text(
    pk: int, text: str, left: str, now: datetime, decision: Decision = BY_REPORTER
) -> None:
    """Replace the description of a service request, which is text, by what is left of it."""
    _store(pk, "description", text, now, decision)
    mine = ServiceRequest.pk == pk
    db.session.execute(update(ServiceRequest).where(mine).values(description=left))
    report = SiteReport.service_request_pk == pk
    db.session.execute(update(SiteReport).where(report).values(text_digest=None))


def store_comment_text(
    pk: int, update_id: int, text: str, left: str, now: datetime, decision: Decision
) -> None:
    """Replace the text of a comment by what is left of it."""
    _store(pk, "comment", text, now, decision, update_id)
    mine = ReceivedUpdate.id == update_id
    db.session.execute(update(ReceivedUpdate).where(mine).values(description=left))
    store_as_changed(pk)


def store_redacted_photo(
    pk: int, name: str, redacted: StoredPhoto, media_url: str, now: datetime, decision: Decision
) -> None:
    """Put a changed photo, with a new name, in the place of one; the former link is 404.

    media_url is the first link of the service request, which may be that of the photo.
    """
    found = db.session.execute(
        update(Media)
        .where(Media.name == name)
        .values(
            name=redacted.name, width=redacted.width, height=redacted.height, size=redacted.size
        )
        .returning(Media.received_update_id)
    ).one()
    _store(pk, "photo", name, now, decision, found.received_update_id)
    was_first = media_url == link_to(StoredPhoto(name, 0, 0, 0))
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == pk)
        .values(media_url=link_to(redacted) if was_first else media_url)
    )


def store_hidden_photo(
    pk: int,
    photo: StoredPhoto,
    received_update_id: int | None,
    media_url: str,
    now: datetime,
    decision: Decision = BY_REPORTER,
) -> None:
    """Remove the row of a photo; its file stays, and its link is 404.

    media_url is the first link of the service request, which may be that of the photo.
    """
    _store(pk, "photo", photo.name, now, decision, received_update_id)
    db.session.execute(delete(Media).where(Media.name == photo.name))
    first = media_url if media_url != link_to(photo) else _first_link(pk)
    # Any update raises the change number, so that copies are updated.
    db.session.execute(
        update(ServiceRequest).where(ServiceRequest.pk == pk).values(media_url=first)
    )


def _first_link(pk: int) -> str:
    """Return the first link that a service request came with; empty without one."""
    row = db.session.execute(
        select(Media.url, Media.name)
        .where(
            Media.service_request_pk == pk,
            Media.received_update_id.is_(None),
            Media.status_change_id.is_(None),
        )
        .order_by(Media.position)
        .limit(1)
    ).one_or_none()
    if row is None:
        return ""
    return link_to(row.url or StoredPhoto(row.name, 0, 0, 0))


def _store(
    pk: int,
    target: str,
    original: str,
    now: datetime,
    decision: Decision,
    received_update_id: int | None = None,
) -> None:
    row = {
        "service_request_pk": pk,
        "received_update_id": received_update_id,
        "target": target,
        "kind": decision.kind,
        "reason": decision.reason,
        "original": original,
        "made_by": decision.made_by,
        "made_at": now,
    }
    db.session.execute(insert(table(Moderation)), row)
