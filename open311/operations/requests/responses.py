"""Response templates: added, changed, ordered, and removed."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from open311.database import db
from open311.errors import ChangedMeanwhile, Conflict, InvalidParameters, NotFound
from open311.messages.catalog import ORDER_CHANGED_SINCE
from open311.messages.requests import (
    RESPONSE_CHANGED_SINCE,
    RESPONSE_FIRST,
    RESPONSE_NAME_TAKEN,
    RESPONSE_UNKNOWN,
)
from open311.models import ResponseTemplate
from open311.operations.transaction import operation
from open311.queries.requests.responses import get_response, list_responses
from open311.steps.lock import lock_city
from open311.steps.requests.responses import replace_response, store_response
from open311.steps.values.responses import ResponseValues, find_response_problems


@operation
def add_response(jurisdiction_id: str, values: ResponseValues) -> int:
    """Store a template after the others, and return its id.

    Raises InvalidParameters for texts that cannot be filled in, Conflict for a name that is taken,
    and NotFound for an unknown service.
    """
    _check(values)
    lock_city(jurisdiction_id)
    try:
        return store_response(jurisdiction_id, values)
    except IntegrityError:
        raise Conflict(RESPONSE_NAME_TAKEN, field="name", name=values.name) from None


@operation
def change_response(
    jurisdiction_id: str, template_id: int, seen: int, values: ResponseValues
) -> None:
    """Change a template whose version someone saw; raises ChangedMeanwhile, and as add_response."""
    _check(values)
    lock_city(jurisdiction_id)
    stored = get_response(jurisdiction_id, template_id)
    if stored.version != seen:
        raise ChangedMeanwhile(RESPONSE_CHANGED_SINCE)
    try:
        replace_response(jurisdiction_id, template_id, seen, values)
    except IntegrityError:
        raise Conflict(RESPONSE_NAME_TAKEN, field="name", name=values.name) from None


@operation
def move_response_up(jurisdiction_id: str, template_id: int) -> None:
    """Swap a template with the previous one; raises NotFound, and Conflict if it is the first."""
    lock_city(jurisdiction_id)
    ids = [one.id for one in list_responses(jurisdiction_id)]
    if template_id not in ids:
        raise NotFound(RESPONSE_UNKNOWN)
    place = ids.index(template_id)
    if place == 0:
        raise Conflict(RESPONSE_FIRST)
    ids[place - 1], ids[place] = ids[place], ids[place - 1]
    for position, one in enumerate(ids, start=1):
        statement = update(ResponseTemplate).where(ResponseTemplate.id == one)
        db.session.execute(statement.values(position=position))


@operation
def order_responses(jurisdiction_id: str, ids: Sequence[int]) -> None:
    """Put the templates in an order; ids are all of them. Raises ChangedMeanwhile if not."""
    lock_city(jurisdiction_id)
    if sorted(ids) != sorted(one.id for one in list_responses(jurisdiction_id)):
        raise ChangedMeanwhile(ORDER_CHANGED_SINCE)
    for position, one in enumerate(ids, start=1):
        moved = update(ResponseTemplate).where(
            ResponseTemplate.id == one, ResponseTemplate.position != position
        )
        db.session.execute(moved.values(position=position))


@operation
def drop_response(jurisdiction_id: str, template_id: int) -> None:
    """Remove a template; raises NotFound. Notes that were filled in with it stay."""
    lock_city(jurisdiction_id)
    get_response(jurisdiction_id, template_id)
    db.session.execute(delete(ResponseTemplate).where(ResponseTemplate.id == template_id))


def _check(values: ResponseValues) -> None:
    problems = find_response_problems(values)
    if problems:
        raise InvalidParameters.of(problems)
