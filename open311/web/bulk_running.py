"""Bulk actions as jobs do them: request by request, through the operation for one."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from open311.database import end_reads
from open311.errors import Conflict, NotAllowed, NotFound, Open311Error
from open311.logs import log_failure
from open311.mail.markup import fill_plain
from open311.messages.bulk import BULK_FAILED, BULK_OTHER_SERVICE, BULK_USER_GONE
from open311.messages.people import READ_ONLY
from open311.messages.problem import Problem
from open311.messages.requests import REQUEST_CLOSED, REQUEST_UNKNOWN
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.assign import assign
from open311.operations.requests.bulk import (
    ItemTaken,
    go_on,
    go_on_undoing,
    keep_item,
    refuse_item,
    storing_item,
    undo_item,
)
from open311.operations.requests.change import change_service
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.priority import set_priority
from open311.operations.requests.status import change_status
from open311.operations.requests.tags import add_tags, remove_tags
from open311.operations.routing.department import hand_over, take_on
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo, get_user_by_id
from open311.queries.requests.bulk import BulkInfo, Item, find_bulk_change, list_items
from open311.queries.requests.bulk_state import Candidate, find_candidate
from open311.queries.requests.conditions import gone
from open311.web.bulk_plans import Plan, find_obstacle, read_plan
from open311.web.freshness import snapshots
from open311.web.response_words import first_of, in_order, values_of
from schemas.vocabulary import bulk

CHUNK = 100
"""Requests of one job; the next job does the next ones."""

AWAY = (OperationalError, PoolTimeout)
"""The database does not answer, or no connection is free."""

log = logging.getLogger(__name__)


def run_bulk_change(change_id: int) -> None:
    """Do the next CHUNK requests of a bulk action, and call a job for the rest.

    A job that was killed is run again, and does what is still waiting.
    """
    change = find_bulk_change(change_id)
    if change is None or change.finished_at is not None:
        return
    city = snapshots().current().cities[change.jurisdiction_id]
    items = list_items(change_id, bulk.WAITING, CHUNK)
    try:
        plan = read_plan(city.scope, change.action, change.fields, _user(change.user_id))
    except Open311Error as error:
        for item in items:
            _store(refuse_item, change_id, item, error.problems[0])
    else:
        for item in items:
            _do(city, plan, change, item)
    go_on(change_id)


def undo_bulk_change(change_id: int) -> None:
    """Restore the next CHUNK requests of a bulk action, and call a job for the rest."""
    change = find_bulk_change(change_id)
    if change is None or change.undo_user_id is None or change.undone_at is not None:
        return
    scope = snapshots().current().cities[change.jurisdiction_id].scope
    for item in list_items(change_id, bulk.DONE, CHUNK):
        _undo(scope, change, item)
    go_on_undoing(change_id)


@dataclass(frozen=True)
class RequestToChange:
    """One request of a bulk action, with the city and the plan; seen is its change number."""

    city: City
    plan: Plan
    one: Candidate
    seen: int

    @property
    def common(self) -> tuple[Scope, str]:
        """The first parameters of each operation."""
        return self.city.scope, self.one.name

    @property
    def by(self) -> str:
        """The name of the user."""
        return self.plan.by.name


def _user(user_id: int) -> UserInfo:
    user = get_user_by_id(user_id)
    if user is None or user.disabled_at is not None:
        raise Conflict(BULK_USER_GONE, name="" if user is None else user.name)
    return user


def _do(city: City, plan: Plan, change: BulkInfo, item: Item) -> None:
    name = ""
    try:
        one = _find(city.scope, item)
        name = one.name
        _check(plan, one)
        with storing_item(change.id, item, one.state):
            _OPERATIONS[plan.action](RequestToChange(city, plan, one, item.seen))
    except ItemTaken:
        end_reads()
    except Open311Error as error:
        _store(refuse_item, change.id, item, error.problems[0])
    except AWAY:
        raise  # the job is tried again
    except Exception as error:
        log_failure(log, f"Bulk action {change.id}, position {item.position}", error)
        _store(refuse_item, change.id, item, Problem(BULK_FAILED, {"id": name}))


def _find(scope: Scope, item: Item) -> Candidate:
    one = find_candidate(scope, item.pk)
    if one is None:
        raise NotFound(REQUEST_UNKNOWN, id="")
    if one.withdrawn:
        raise gone(one.name)
    return one


def _check(plan: Plan, one: Candidate) -> None:
    """Raise the obstacles that the operations for one request do not know."""
    obstacle = find_obstacle(plan, one)
    if obstacle == "rights":
        raise NotAllowed(READ_ONLY)
    if obstacle == "closed":
        raise Conflict(REQUEST_CLOSED, id=one.name)
    if obstacle == "template":
        raise Conflict(BULK_OTHER_SERVICE, id=one.name)


def _undo(scope: Scope, change: BulkInfo, item: Item) -> None:
    name = ""
    try:
        name = _find(scope, item).name
        undo_item(scope, change, item, name, _user(change.undo_user_id or 0))
    except ItemTaken:
        end_reads()
    except Open311Error as error:
        _store(keep_item, change.id, item, error.problems[0])
    except AWAY:
        raise
    except Exception as error:
        log_failure(log, f"Undo of bulk action {change.id}, position {item.position}", error)
        _store(keep_item, change.id, item, Problem(BULK_FAILED, {"id": name}))


def _store(
    store: Callable[[int, Item, Problem], None], change_id: int, item: Item, problem: Problem
) -> None:
    end_reads()  # discard what the failed action began
    try:
        store(change_id, item, problem)
    except ItemTaken:
        end_reads()


def _acknowledge(doing: RequestToChange) -> None:
    take_on(*doing.common, doing.by, doing.seen)


def _assign(doing: RequestToChange) -> None:
    assign(*doing.common, doing.plan.fields["name"], doing.by, doing.seen)


def _transfer(doing: RequestToChange) -> None:
    fields = doing.plan.fields
    hand_over(*doing.common, fields["department"], fields["reason"], doing.by, doing.seen)


def _update_status(doing: RequestToChange) -> None:
    fields = doing.plan.fields
    change_status(
        *(*doing.common, fields["status"], fields["status_notes"].strip()),
        made_by=doing.by,
        internal_note=fields["internal_note"].strip(),
        seen=doing.seen,
    )


def _respond(doing: RequestToChange) -> None:
    """Fill in the template for the request, in the language of the requester if it has that."""
    fields, one = doing.plan.fields, doing.one
    order = in_order(doing.city, one.language)
    language = first_of(order, fields["notes"])
    shown = {**vars(one), "service_request_id": one.name}
    values = values_of(doing.city, shown, one.department_id, language or order[0])
    change_status(
        *(*doing.common, fields["status"]),
        fill_plain(fields["notes"][language], values) if language else "",
        made_by=doing.by,
        internal_note=fill_plain(fields["internal_note"], values),
        seen=doing.seen,
    )


def _change_service(doing: RequestToChange) -> None:
    change_service(*doing.common, doing.plan.fields["service_code"], doing.by, doing.seen)


def _link(doing: RequestToChange) -> None:
    link_duplicate(*doing.common, doing.plan.fields["main"].strip(), doing.by, doing.seen)


def _approve(doing: RequestToChange) -> None:
    accept_service_request(*doing.common, doing.by, doing.seen)


def _set_priority(doing: RequestToChange) -> None:
    set_priority(*doing.common, doing.plan.fields["priority"], doing.by, doing.seen)


def _add_tags(doing: RequestToChange) -> None:
    add_tags(*doing.common, doing.plan.fields["tags"], doing.by, doing.seen)


def _remove_tags(doing: RequestToChange) -> None:
    remove_tags(*doing.common, doing.plan.fields["tags"], doing.by, doing.seen)


_OPERATIONS: Mapping[str, Callable[[RequestToChange], None]] = {
    bulk.ACKNOWLEDGE: _acknowledge,
    bulk.ASSIGN: _assign,
    bulk.TRANSFER: _transfer,
    bulk.UPDATE_STATUS: _update_status,
    bulk.RESPOND: _respond,
    bulk.CHANGE_SERVICE: _change_service,
    bulk.LINK: _link,
    bulk.APPROVE: _approve,
    bulk.SET_PRIORITY: _set_priority,
    bulk.ADD_TAGS: _add_tags,
    bulk.REMOVE_TAGS: _remove_tags,
}
