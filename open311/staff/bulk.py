"""Actions on several service requests, each stored by itself, so that a failure stops no other."""

from dataclasses import dataclass

from flask_login import login_required
from marshmallow import ValidationError

from open311.database import end_reads
from open311.errors import InvalidParameters, NotAllowed, Open311Error
from open311.messages.people import READ_ONLY
from open311.messages.problem import problems_in
from open311.messages.requests import ACTION_NOT_IN_BULK
from open311.queries.jurisdictions import Scope
from open311.queries.requests.nearby import find_repeating
from open311.queries.routing.stored import get_routed
from open311.roles import may_work
from open311.staff.action_input import ActionInput
from open311.staff.actions import ACTIONS, IN_BULK, Action
from open311.staff.pages import city, page, staff_pages, user
from open311.web.page_problems import page_sentences
from open311.web.parameters import parse, sent_values
from schemas.base import Values
from schemas.requests.staff_work import read_chosen

blueprint = staff_pages("staff_bulk", "/staff/bulk")


@dataclass(frozen=True)
class BulkResult:
    """The outcome for one service request."""

    id: str
    done: bool
    sentence: str


@blueprint.post("/<action>")
@login_required  # type: ignore[untyped-decorator]
def act(action: str) -> str:
    """Apply an action to all selected requests, and show the outcome of each."""
    if action not in IN_BULK:
        raise InvalidParameters(ACTION_NOT_IN_BULK)
    values = sent_values()
    try:
        chosen = read_chosen(values.get("chosen", []))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None
    jurisdiction = city()
    # Duplicates come first, because closing their original would close and so change them.
    repeating = find_repeating(jurisdiction, [id_ for id_, _seen in chosen])
    in_order = sorted(chosen, key=lambda one: one[0] not in repeating)
    outcomes = [_one(jurisdiction, ACTIONS[action], id_, seen, values) for id_, seen in in_order]
    return page("bulk.html", jurisdiction, outcomes=outcomes, query=_query(values))


def _one(jurisdiction: Scope, action: Action, id_: str, seen: int, values: Values) -> BulkResult:
    try:
        routed = get_routed(jurisdiction, id_)
        if not may_work(user(), routed.department_id):
            raise NotAllowed(READ_ONLY)
        sent = parse(action.schema(), {**values, "seen": [str(seen)]})
        return BulkResult(id_, True, action.do(ActionInput(jurisdiction, id_, user().name, sent)))
    except Open311Error as error:
        end_reads()  # discard what the failed action began, so that the next one does not store it
        return BulkResult(id_, False, page_sentences(error.problems))


def _query(values: Values) -> str:
    """Return the filters of the list from which requests were selected."""
    return next(iter(values.get("query", [])), "")
