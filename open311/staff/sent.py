"""Emails of a city: what was sent, what waits, and what has failed, for administrators."""

from collections.abc import Mapping, Sequence

from flask import current_app, flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.operations.telling.manage import retry_message, settle_message
from open311.queries.telling.messages import PAGE, count_states, list_messages
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.languages import say as _
from schemas.vocabulary.telling import HAVE_FAILED, MESSAGE_STATES

blueprint = staff_pages("staff_sent", "/staff/city/sent", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """List emails, newest first: those in a state, and those before one of them."""
    return _index()


@blueprint.post("/<int(max=9223372036854775807):message_id>/retry")
@login_required  # type: ignore[untyped-decorator]
def retry(message_id: int) -> Response | tuple[str, int]:
    try:
        retry_message(city().jurisdiction_id, message_id)
    except Open311Error as error:
        return _index(error.problems), 409
    flash(_("We are sending the email again."))
    return redirect(url_for(".index", state="failed"), 303)


@blueprint.post("/<int(max=9223372036854775807):message_id>/settle")
@login_required  # type: ignore[untyped-decorator]
def settle(message_id: int) -> Response | tuple[str, int]:
    try:
        settle_message(city().jurisdiction_id, message_id, user().name)
    except Open311Error as error:
        return _index(error.problems), 409
    flash(_("The failure is settled. The list of all emails still shows it."))
    return redirect(url_for(".index", state="failed"), 303)


SHOWN_STATES: Mapping[str, Sequence[str]] = {
    **{state: (state,) for state in MESSAGE_STATES if state not in HAVE_FAILED},
    "failed": HAVE_FAILED,
}
"""Lists of the page, with the states in each: what bounced has failed, too."""


def _count_shown(jurisdiction_id: str) -> Mapping[str, int]:
    numbers = count_states(jurisdiction_id)
    return {
        name: sum(numbers.get(one, 0) for one in states) for name, states in SHOWN_STATES.items()
    }


def _index(problems: Sequence[Problem] = ()) -> str:
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    state = request.args.get("state")
    chosen = state if state in SHOWN_STATES else None
    before = request.args.get("before", type=int)
    found = list_messages(here, SHOWN_STATES.get(chosen or "", ()), before)
    return page(
        "sent.html",
        jurisdiction,
        problems=problems,
        messages=found,
        have_failed=HAVE_FAILED,
        numbers=_count_shown(here),
        states={state: MESSAGE_STATES[state] for state in SHOWN_STATES},
        chosen=chosen,
        older=found[-1].id if len(found) == PAGE else None,
        is_on=current_app.config["OPEN311_MAIL"] is not None,
    )
