"""Tags: on service requests, and of a city."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.messages.requests import (
    NOT_TAGGED,
    SAME_TAGS,
    TAG_UNKNOWN,
    TOO_MANY_TAGS,
)
from open311.models import RequestTag, Tag
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.history import store_as_changed, store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.values.tags import check_tags
from schemas.vocabulary.tags import TAGS_LIMIT


@operation
def add_tags(
    jurisdiction: Scope,
    service_request_id: str,
    names: Sequence[str],
    made_by: str,
    seen: int | None = None,
) -> None:
    """Add tags, as normal_tag writes them, to a service request; new ones to the city, too.

    Raises NotFound, Gone, InvalidParameters for none, for too many or too long ones, Conflict if
    nothing would change, and ChangedMeanwhile if another change was made after seen.
    """
    check_tags(names)
    pk = lock_service_request(jurisdiction, service_request_id, seen=seen).pk
    present = set(_names_of(pk))
    added = [name for name in names if name not in present]
    if not added:
        raise Conflict(SAME_TAGS, field="tags", id=service_request_id)
    if len(present) + len(added) > TAGS_LIMIT:
        raise InvalidParameters(TOO_MANY_TAGS, field="tags", limit=TAGS_LIMIT)
    here = jurisdiction.jurisdiction_id
    rows = [{"jurisdiction_id": here, "name": name} for name in sorted(added)]
    db.session.execute(insert_or_skip(table(Tag)).values(rows).on_conflict_do_nothing())
    ids = select(literal(pk), Tag.id).where(Tag.jurisdiction_id == here, Tag.name.in_(added))
    columns = ["service_request_pk", "tag_id"]
    db.session.execute(insert(table(RequestTag)).from_select(columns, ids))
    store_work_step(pk, "tagged", ", ".join(added), made_by)
    store_as_changed(pk)


@operation
def remove_tags(
    jurisdiction: Scope,
    service_request_id: str,
    names: Sequence[str],
    made_by: str,
    seen: int | None = None,
) -> None:
    """Remove tags from a service request; raises as add_tags."""
    check_tags(names)
    pk = lock_service_request(jurisdiction, service_request_id, seen=seen).pk
    removed = [name for name in _names_of(pk) if name in names]
    if not removed:
        raise Conflict(NOT_TAGGED, field="tags", id=service_request_id)
    here = Tag.jurisdiction_id == jurisdiction.jurisdiction_id
    ids = select(Tag.id).where(here, Tag.name.in_(removed))
    mine = RequestTag.service_request_pk == pk
    db.session.execute(delete(RequestTag).where(mine, RequestTag.tag_id.in_(ids)))
    store_work_step(pk, "untagged", ", ".join(removed), made_by)
    store_as_changed(pk)


@operation
def rename_tag(jurisdiction_id: str, tag_id: int, name: str) -> bool:
    """Rename a tag on all service requests; return whether it was merged into another.

    A name that another tag has already merges the two. The history keeps the former name. Raises
    NotFound, and InvalidParameters for a name that is empty or too long.
    """
    check_tags([name] if name else [])
    _lock(jurisdiction_id, tag_id)
    named = Tag.jurisdiction_id == jurisdiction_id, Tag.name == name
    other = db.session.scalar(select(Tag.id).where(*named).with_for_update())
    if other is None or other == tag_id:
        db.session.execute(update(Tag).where(Tag.id == tag_id).values(name=name))
        return False
    moved = select(RequestTag.service_request_pk, literal(other)).where(RequestTag.tag_id == tag_id)
    columns = ["service_request_pk", "tag_id"]
    statement = insert_or_skip(table(RequestTag)).from_select(columns, moved)
    db.session.execute(statement.on_conflict_do_nothing())
    db.session.execute(delete(Tag).where(Tag.id == tag_id))
    return True


@operation
def drop_tag(jurisdiction_id: str, tag_id: int) -> None:
    """Delete a tag, also from all service requests; the history keeps it. Raises NotFound."""
    _lock(jurisdiction_id, tag_id)
    db.session.execute(delete(Tag).where(Tag.id == tag_id))


def _names_of(pk: int) -> Sequence[str]:
    names = (
        select(Tag.name)
        .join(RequestTag, RequestTag.tag_id == Tag.id)
        .where(RequestTag.service_request_pk == pk)
        .order_by(Tag.name)
    )
    return db.session.scalars(names).all()


def _lock(jurisdiction_id: str, tag_id: int) -> None:
    mine = Tag.jurisdiction_id == jurisdiction_id, Tag.id == tag_id
    if db.session.scalar(select(Tag.id).where(*mine).with_for_update()) is None:
        raise NotFound(TAG_UNKNOWN)
