"""Reading media: photos, and links that were sent."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    any_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from open311.database import db
from open311.media.store import THUMBNAIL_ENDING
from open311.models import (
    Media,
    Moderation,
    NotePhoto,
    ReceivedUpdate,
    ReportDraft,
    ServiceRequest,
    Site,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, or_null
from open311.queries.search.visibility import Audience, visible_to

MEDIA_PATH = "/open311/media"
"""Where photos are served, from the address that the public reaches this server at."""

STAFF_MEDIA_PATH = "/staff/photos"
"""Where photos are served to signed-in staff, also those that are not public."""


def is_published(name: str) -> bool:
    """Return whether anybody may see a photo: its service request is public and not withdrawn.

    False for a photo of an update that waits for approval, or of the sandbox, where anybody could
    publish any picture.
    """
    published = (
        select(Media.id)
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .outerjoin(ReceivedUpdate, ReceivedUpdate.id == Media.received_update_id)
        .where(
            Media.name == name,
            ServiceRequest.public,
            ServiceRequest.sandbox.is_(False),
            not_withdrawn(),
            or_(
                ReceivedUpdate.id.is_(None),
                ReceivedUpdate.status_change_id.is_not(None),
                ReceivedUpdate.comment_id.is_not(None),
            ),
        )
    )
    return db.session.scalar(published) is not None


def is_visible_to_staff(name: str, jurisdiction: Scope) -> bool:
    """Return whether staff may see a photo: they can open the page of its service request."""
    visible = (
        select(Media.id)
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .where(Media.name == name, visible_to(Audience.STAFF, jurisdiction))
    )
    return db.session.scalar(visible) is not None


def is_of_note(name: str, jurisdiction: Scope) -> bool:
    """Return whether a photo is one of an internal note, which staff can read."""
    visible = (
        select(NotePhoto.name)
        .join(ServiceRequest, ServiceRequest.pk == NotePhoto.service_request_pk)
        .where(NotePhoto.name == name, visible_to(Audience.STAFF, jurisdiction))
    )
    return db.session.scalar(visible) is not None


def is_original(name: str, jurisdiction: Scope) -> bool:
    """Return whether a photo is what was hidden or redacted, of a request that staff can open."""
    kept = (
        select(Moderation.id)
        .join(ServiceRequest, ServiceRequest.pk == Moderation.service_request_pk)
        .where(
            Moderation.target == "photo",
            Moderation.original == name,
            visible_to(Audience.STAFF, jurisdiction),
        )
    )
    return db.session.scalar(kept.limit(1)) is not None


def sandbox_bytes() -> int:
    """Return the size of all photos of the sandboxes, in bytes."""
    statement = (
        select(func.coalesce(func.sum(Media.size), 0))
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .where(ServiceRequest.sandbox)
    )
    return db.session.execute(statement).scalar_one() or 0


def find_named(names: Collection[str]) -> set[str]:
    """Find those of some photos that a row names: a medium, note, draft, website, or original."""
    wanted = any_(literal(list(names), ARRAY(String)))
    staged = func.jsonb_array_elements(ReportDraft.photos).table_valued("value")
    staged_name = staged.c.value.op("->>")("name")
    parts = (
        select(Media.name).where(Media.name == wanted),
        select(NotePhoto.name).where(NotePhoto.name == wanted),
        select(staged_name)
        .select_from(ReportDraft)
        .join(staged, true())
        .where(staged_name == wanted),
        select(Site.logo).where(Site.logo == wanted),
        select(Moderation.original).where(
            Moderation.target == "photo", Moderation.original == wanted
        ),
    )
    return {name for name in db.session.scalars(union_all(*parts)) if name is not None}


def next_position(service_request_pk: int) -> int:
    """Return the position of the next medium of a service request; the first has 0."""
    last = select(func.max(Media.position)).where(Media.service_request_pk == service_request_pk)
    found = db.session.scalar(last)
    return 0 if found is None else found + 1


def absolute(link: Any, public_url: str) -> ColumnElement[str | None]:
    """Complete a column of links: a path gets public_url in front, an empty text becomes NULL."""
    completed = literal(public_url).concat(link)
    return case((link.startswith("/"), completed), else_=or_null(link))


def select_media(pk: Any) -> Select[*tuple[Any, ...]]:
    """Select all media of a service request, with links for staff pages.

    Those of a change of status or of an update have its id.
    """
    return (
        select(
            Media.status_change_id,
            Media.received_update_id,
            staff_link_of_medium().label("link"),
            Media.name.is_not(None).label("stored"),
        )
        .where(Media.service_request_pk == pk)
        .order_by(Media.position)
    )


def select_note_photos(pk: Any) -> Select[*tuple[Any, ...]]:
    """Select the photos of the internal notes of a service request, with links for staff pages."""
    link = literal(f"{STAFF_MEDIA_PATH}/").concat(NotePhoto.name)
    return (
        select(NotePhoto.work_step_id, link.label("link"))
        .where(NotePhoto.service_request_pk == pk)
        .order_by(NotePhoto.work_step_id, NotePhoto.position)
    )


def list_links(media: Iterable[Any], media_url: str | None) -> list[tuple[str, bool]]:
    """List what a service request came with, in order: (link, whether it is a photo stored here).

    media are rows of select_media. A request without any, as one from another server, has the link
    of its media_url.
    """
    sent = [
        (row.link, row.stored)
        for row in media
        if row.status_change_id is None and row.received_update_id is None
    ]
    return sent or ([(media_url, False)] if media_url else [])


def list_photos(media: Iterable[Any]) -> list[tuple[str, str]]:
    """List all photos that are stored here, of whatever: (link for staff pages, name)."""
    return [(row.link, row.link.rpartition("/")[2]) for row in media if row.stored]


def link_of_medium(public_url: str) -> ColumnElement[str]:
    """Build the link of a row of media: the one that was sent, or that of the photo stored here."""
    return func.coalesce(Media.url, _photo_url(public_url))


def staff_link_of_medium() -> ColumnElement[str]:
    """Build the link of a row of media for staff pages."""
    return func.coalesce(Media.url, literal(f"{STAFF_MEDIA_PATH}/").concat(Media.name))


def _photo_url(public_url: str) -> ColumnElement[str]:
    return literal(f"{public_url}{MEDIA_PATH}/").concat(Media.name)


def media_attributes(public_url: str) -> dict[str, ColumnElement[Any]]:
    """Build media_urls and photos of a service request, in order; each empty where it has none.

    media_urls are all that came with it, photos only those that are stored here. For a selection
    from service_requests (spec 5.4).
    """
    photo = _photo_url(public_url)
    measured = func.json_build_object(
        *("media_url", photo),
        *("thumbnail_url", func.replace(photo, *THUMBNAIL_ENDING)),
        *("width", Media.width),
        *("height", Media.height),
    )
    # One that came before there were media, or from another server, has the one link alone.
    first = absolute(ServiceRequest.media_url, public_url)
    only = case((first.is_not(None), func.json_build_array(first)))
    nothing = func.json_build_array()
    return {
        "media_urls": func.coalesce(_list(link_of_medium(public_url)), only, nothing),
        "photos": func.coalesce(_list(measured, Media.name.is_not(None)), nothing),
    }


def first_thumbnail(public_url: str) -> ColumnElement[str | None]:
    """Build the link of the thumbnail of the first photo that is stored here; NULL without one.

    For a selection from service_requests, which reads no photos of later updates.
    """
    return (
        select(func.replace(_photo_url(public_url), *THUMBNAIL_ENDING))
        .where(_came_with_request(), Media.name.is_not(None))
        .order_by(Media.position)
        .limit(literal_column("1", Integer))
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _came_with_request() -> ColumnElement[bool]:
    """Return the condition that a medium came with the service request, and not later."""
    return and_(
        Media.service_request_pk == ServiceRequest.pk,
        Media.received_update_id.is_(None),
        Media.status_change_id.is_(None),
    )


def _list(entry: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """Gather the media that a service request came with, not those that came later."""
    return (
        select(func.json_agg(aggregate_order_by(entry, Media.position)))
        .where(_came_with_request(), *conditions)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def list_sandbox_photos() -> list[str]:
    """List the names of all photos of the test endpoint's requests."""
    statement = (
        select(Media.name)
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .where(ServiceRequest.sandbox, Media.name.is_not(None))
    )
    return [name for (name,) in db.session.execute(statement) if name]
