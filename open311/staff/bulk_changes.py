"""Actions on all results of a search: chosen, checked, confirmed, watched, and undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import redirect, request, url_for
from flask_login import login_required
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from open311.errors import Conflict, InvalidParameters, NotAllowed, Open311Error
from open311.messages.bulk import BULK_COUNT_CHANGED, BULK_NONE, BULK_TOO_MANY
from open311.messages.people import READ_ONLY
from open311.messages.problem import Problem, problems_in
from open311.messages.requests import ACTION_NOT_IN_BULK
from open311.operations.requests.bulk import start_bulk_change, start_undo, stop_bulk_change
from open311.queries.people.users import list_users
from open311.queries.requests.bulk import (
    count_items,
    get_bulk_change,
    list_bulk_changes,
    list_untouched,
)
from open311.queries.requests.bulk_state import Candidate, list_found, list_named
from open311.queries.requests.responses import list_responses
from open311.queries.search.staff_counts import count_up_to
from open311.queries.search.tags import list_tags
from open311.roles import WORKS_ON
from open311.staff.bulk_wording import action_name, list_fields, obstacle_name, sentence_of
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.staff.results import SentSearch, read_sent_search
from open311.web.bulk_plans import Checked, Plan, check_all, complete_fields, read_plan
from open311.web.parameters import first, parse, sent_values
from schemas.base import Values
from schemas.requests.bulk import BULK_SCHEMAS, UNSEEN
from schemas.requests.staff_work import read_chosen
from schemas.vocabulary.bulk import (
    BULK_LIMIT,
    CANNOT_BE_UNDONE,
    DONE,
    KEPT,
    REFUSED,
    UNDO_HOURS,
    UNDONE,
    WAITING,
)
from schemas.vocabulary.priorities import PRIORITIES
from schemas.vocabulary.statuses import CLOSED_STATUSES, OPEN_STATUSES

blueprint = staff_pages("staff_bulk_changes", "/staff/bulk-changes")

_ID = "<int(max=2147483647):change_id>"

Page = tuple[str, int]


@dataclass(frozen=True)
class Wanted:
    """The requests that a form is about: all that a search finds, or those that were selected.

    chosen are the numbers of the last changes that were shown, by the name of the request.
    """

    search: SentSearch
    chosen: Mapping[str, int]

    def count(self) -> int:
        """Return how many requests these are, up to one more than BULK_LIMIT."""
        if self.chosen:
            return len(self.chosen)
        found = self.search.search
        return count_up_to(found.jurisdiction, found.wanted.criteria, BULK_LIMIT)

    def read(self) -> list[Candidate]:
        """Return these requests; raises InvalidParameters for more than BULK_LIMIT."""
        found = self.search.search
        if self.chosen:
            return list_named(found.jurisdiction, list(self.chosen))
        several = list_found(found.jurisdiction, found.wanted.criteria, BULK_LIMIT)
        if len(several) > BULK_LIMIT:
            raise InvalidParameters(BULK_TOO_MANY, limit=BULK_LIMIT)
        return several

    def seen(self, one: Candidate) -> int:
        """Return the number of the last change of a request that the user has seen."""
        return self.chosen.get(one.name, one.change_number)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """List the bulk actions of the user; those of everyone for an administrator."""
    return page(
        "bulk_changes.html", city(), changes=list_bulk_changes(user()), action_name=action_name
    )


@blueprint.route("/new", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def choose() -> str | Page | Response:
    """Show the actions on all results of a search, or on those that were selected (POST)."""
    wanted = _wanted(sent_values())
    if wanted is None:
        return redirect(url_for("staff_finding.index"))
    if request.method == "POST" and not wanted.chosen:
        _chosen([])  # says that nothing is selected: it is not all results
    return _choose(wanted)


@blueprint.post("/new/<action>")
@login_required  # type: ignore[untyped-decorator]
def check(action: str) -> str | Page | Response:
    """Show what an action would do; with the numbers of that page, start it.

    If these have changed since, the page shows the new ones (status 409).
    """
    values = sent_values()
    wanted = _wanted(values)
    if action not in BULK_SCHEMAS:
        raise InvalidParameters(ACTION_NOT_IN_BULK)
    if wanted is None:
        return redirect(url_for("staff_finding.index"))
    try:
        plan = _plan(action, values)
        checked = check_all(plan, wanted.read())
        if not checked.able:
            raise Conflict(BULK_NONE)
    except Open311Error as error:
        return _choose(wanted, error.problems, action), 400
    counted = first(values, "counted")
    if counted is None:
        return _check(wanted, plan, checked)
    if counted != checked.counted:
        return _check(wanted, plan, checked, [Problem(BULK_COUNT_CHANGED)]), 409
    found = [(one.pk, wanted.seen(one)) for one in checked.able]
    change_id = start_bulk_change(user(), action, plan.fields, found)
    return redirect(url_for(".show", change_id=change_id), 303)


@blueprint.get(f"/{_ID}")
@login_required  # type: ignore[untyped-decorator]
def show(change_id: int) -> str:
    """Show how far a bulk action is, and what was not changed."""
    return _show(change_id)


@blueprint.post(f"/{_ID}/stop")
@login_required  # type: ignore[untyped-decorator]
def stop(change_id: int) -> Page | Response:
    try:
        stop_bulk_change(user(), change_id)
    except Conflict as error:
        return _show(change_id, error.problems), 409
    return redirect(url_for(".show", change_id=change_id), 303)


@blueprint.post(f"/{_ID}/undo")
@login_required  # type: ignore[untyped-decorator]
def undo(change_id: int) -> Page | Response:
    try:
        start_undo(user(), change_id)
    except Conflict as error:
        return _show(change_id, error.problems), 409
    return redirect(url_for(".show", change_id=change_id), 303)


def _wanted(values: Values) -> Wanted | None:
    """Return what a form is about; None without a search, and raises NotAllowed."""
    if not WORKS_ON[user().role]:
        raise NotAllowed(READ_ONLY)
    search = read_sent_search(values)
    chosen = _chosen(values["chosen"]) if "chosen" in values else {}
    return None if search is None else Wanted(search, chosen)


def _chosen(texts: Sequence[str]) -> dict[str, int]:
    try:
        return dict(read_chosen([*texts]))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None


def _plan(action: str, values: Values) -> Plan:
    sent = parse(BULK_SCHEMAS[action](), {**values, "seen": UNSEEN})
    fields = {name: value for name, value in sent.items() if name != "seen"}
    jurisdiction = city()
    fields = dict(complete_fields(jurisdiction, action, fields))
    return read_plan(jurisdiction, action, fields, user())


def _choose(wanted: Wanted, problems: Sequence[Problem] = (), action: str = "") -> str:
    known, values, mine = city_snapshot(), sent_values(), user()
    people = [
        one.name
        for one in list_users(mine.jurisdiction_id)
        if one.disabled_at is None
        and WORKS_ON[one.role]
        and (mine.department_id is None or one.department_id in (None, mine.department_id))
    ]
    return page(
        "bulk_choose.html",
        city(),
        problems,
        wanted=wanted,
        number=wanted.count(),
        limit=BULK_LIMIT,
        action=action,
        typed=lambda name, usual="": first(values, name) or usual,
        people=people,
        departments=known.departments,
        services=known.listed_services,
        open_statuses=OPEN_STATUSES,
        closed_statuses=CLOSED_STATUSES,
        responses=[one for one in list_responses(mine.jurisdiction_id) if one.detailed_status],
        priorities=PRIORITIES,
        known_tags=list_tags(mine.jurisdiction_id),
        action_name=action_name,
    )


def _check(wanted: Wanted, plan: Plan, checked: Checked, problems: Sequence[Problem] = ()) -> str:
    values = sent_values()
    names = [name for name in BULK_SCHEMAS[plan.action]().fields if name != "seen"]
    return page(
        "bulk_check.html",
        city(),
        problems,
        wanted=wanted,
        plan=plan,
        checked=checked,
        sent=[(name, value) for name in names for value in values.get(name, ())],
        fields=list_fields(city_snapshot(), plan.action, plan.fields),
        is_public=plan.action in ("status", "respond", "link", "accept"),
        undoable=plan.action not in CANNOT_BE_UNDONE,
        hours=UNDO_HOURS,
        action_name=action_name,
        obstacle_name=obstacle_name,
    )


def _show(change_id: int, problems: Sequence[Problem] = ()) -> str:
    change, numbers = get_bulk_change(user(), change_id), count_items(change_id)
    undoing = change.undo_at is not None
    left = numbers[DONE] if undoing else numbers[WAITING]
    return page(
        "bulk_change.html",
        city(),
        problems,
        change=change,
        numbers=_numbers(numbers),
        total=sum(numbers.values()) - (numbers[REFUSED] if undoing else 0),
        left=left,
        runs=change.undone_at is None if undoing else change.finished_at is None,
        undoing=undoing,
        undoable=change.can_be_undone(datetime.now(UTC)),
        untouched=[(one.name, sentence_of(one)) for one in list_untouched(change_id)],
        fields=list_fields(city_snapshot(), change.action, change.fields),
        is_public=change.action in ("status", "respond", "link"),
        action_name=action_name,
    )


def _numbers(by_state: Mapping[str, int]) -> Mapping[str, Any]:
    """Return how many requests were changed, restored, and left, by what the page calls it."""
    return {
        "changed": by_state[DONE] + by_state[UNDONE] + by_state[KEPT],
        "refused": by_state[REFUSED],
        "restored": by_state[UNDONE],
        "kept": by_state[KEPT],
    }
