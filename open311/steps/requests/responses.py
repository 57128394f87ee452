"""Rows of response templates, for the operations that store them."""

from collections.abc import Mapping

from sqlalchemy import delete, func, insert, select, update

from open311.database import db, table
from open311.errors import NotFound
from open311.messages.catalog import SERVICE_UNKNOWN
from open311.models import ResponseNote, ResponseService, ResponseTemplate
from open311.queries.catalog.services import find_service_ids
from open311.steps.values.responses import ResponseValues


def store_response(jurisdiction_id: str, values: ResponseValues) -> int:
    """Store a template after the others, and return its id; the caller commits.

    Raises NotFound for an unknown service, and IntegrityError for a name that is taken.
    """
    last = select(func.coalesce(func.max(ResponseTemplate.position), 0)).where(
        ResponseTemplate.jurisdiction_id == jurisdiction_id
    )
    row = {"jurisdiction_id": jurisdiction_id, "position": last.scalar_subquery() + 1, "version": 1}
    statement = insert(table(ResponseTemplate)).values(**row, **_own(values))
    inserted = db.session.execute(statement.returning(ResponseTemplate.id))
    template_id = int(inserted.scalar_one())
    _store_parts(jurisdiction_id, template_id, values)
    return template_id


def replace_response(
    jurisdiction_id: str, template_id: int, version: int, values: ResponseValues
) -> None:
    """Replace a template, which gets the version after this one, as store_response does."""
    here = ResponseTemplate.id == template_id
    changed = {**_own(values), "version": version + 1}
    db.session.execute(update(ResponseTemplate).where(here).values(changed))
    for part in (ResponseNote, ResponseService):
        db.session.execute(delete(part).where(part.template_id == template_id))
    _store_parts(jurisdiction_id, template_id, values)


def _own(values: ResponseValues) -> Mapping[str, object]:
    names = ("name", "detailed_status", "internal_note", "asks")
    return {name: getattr(values, name) for name in names}


def _store_parts(jurisdiction_id: str, template_id: int, values: ResponseValues) -> None:
    ids = find_service_ids(jurisdiction_id, values.services)
    if len(ids) != len(set(values.services)):
        raise NotFound(SERVICE_UNKNOWN, field="services", code=", ".join(values.services))
    notes = [
        {"template_id": template_id, "language": language, "note": note}
        for language, note in values.notes.items()
    ]
    services = [
        {"jurisdiction_id": jurisdiction_id, "template_id": template_id, "service_id": id_}
        for id_ in ids
    ]
    for part, rows in ((ResponseNote, notes), (ResponseService, services)):
        if rows:
            db.session.execute(insert(table(part)).values(rows))
