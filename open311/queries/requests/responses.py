"""Response templates: those of a city, and those that fit a service request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import RESPONSE_UNKNOWN
from open311.models import (
    Contact,
    ResponseNote,
    ResponseService,
    ResponseTemplate,
    Service,
    Subscription,
)
from open311.queries.together import Rows


@dataclass(frozen=True)
class StoredResponse:
    """A template with its public notes by language, and the codes of its services; none for all."""

    id: int
    name: str
    detailed_status: str | None
    internal_note: str
    version: int
    asks: bool
    notes: Mapping[str, str]
    services: Sequence[str]


_NOTES = (
    select(
        func.coalesce(
            func.json_object_agg(ResponseNote.language, ResponseNote.note, type_=JSON),
            literal_column("'{}'::json", JSON),
        )
    )
    .where(ResponseNote.template_id == ResponseTemplate.id)
    .correlate(ResponseTemplate)
    .scalar_subquery()
    .label("notes")
)
_SERVICES = (
    select(func.array_agg(aggregate_order_by(Service.service_code, Service.service_code)))
    .join(ResponseService, ResponseService.service_id == Service.id)
    .where(ResponseService.template_id == ResponseTemplate.id)
    .correlate(ResponseTemplate)
    .scalar_subquery()
    .label("services")
)
_COLUMNS = (
    *(ResponseTemplate.id, ResponseTemplate.name, ResponseTemplate.detailed_status),
    *(ResponseTemplate.internal_note, ResponseTemplate.version, ResponseTemplate.asks),
)
_IN_ORDER = (ResponseTemplate.position, ResponseTemplate.id)


def list_responses(jurisdiction_id: str) -> list[StoredResponse]:
    """List the templates of a city in their order."""
    return _stored(ResponseTemplate.jurisdiction_id == jurisdiction_id)


def get_response(jurisdiction_id: str, template_id: int) -> StoredResponse:
    """Get a template; raises NotFound."""
    is_it = ResponseTemplate.id == template_id
    found = _stored(and_(ResponseTemplate.jurisdiction_id == jurisdiction_id, is_it))
    if not found:
        raise NotFound(RESPONSE_UNKNOWN)
    return found[0]


def _stored(condition: ColumnElement[bool]) -> list[StoredResponse]:
    statement = select(*_COLUMNS, _NOTES, _SERVICES).where(condition).order_by(*_IN_ORDER)
    rows = db.session.execute(statement).mappings()
    return [StoredResponse(**{**row, "services": row["services"] or ()}) for row in rows]


def select_responses(jurisdiction_id: Any, service_id: Any) -> Rows:
    """Select the templates of a city that are for a service, in their order."""
    of_template = ResponseService.template_id == ResponseTemplate.id
    is_named = exists().where(of_template, ResponseService.service_id == service_id)
    fits = or_(~exists().where(of_template), is_named)
    return (
        select(*_COLUMNS, _NOTES)
        .where(ResponseTemplate.jurisdiction_id == jurisdiction_id, fits)
        .order_by(*_IN_ORDER)
    )


def select_requester_languages(pk: Any) -> Rows:
    """Select the languages in which a requester gets messages."""
    return (
        select(Contact.language)
        .join(Subscription, Subscription.contact_id == Contact.id)
        .where(Subscription.service_request_pk == pk, Subscription.is_reporter)
        .order_by(Contact.language)
    )
