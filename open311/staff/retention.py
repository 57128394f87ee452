"""Retention rules of the city, what they have for today, legal holds, and what was erased."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import lazy_gettext, lazy_pgettext
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import InvalidParameters, Open311Error
from open311.messages.problem import Problem
from open311.messages.retention import TOO_MANY_MONTHS
from open311.operations.people.retention import drop_retention_rule, set_retention_rule
from open311.operations.requests.legal_holds import lift_legal_hold
from open311.queries.requests.erasures import list_erasures
from open311.queries.requests.legal_holds import list_legal_holds
from open311.queries.requests.retention import RuleInfo, plan_retention
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.requests.retention import RuleSchema
from schemas.vocabulary.retention import (
    ANONYMIZE,
    AUTHORITY_LIMIT,
    DELETE,
    FREE_TEXT,
    LOG,
    MOST_MONTHS,
    PHOTO,
    RECEIPT,
    RECORD_SERIES,
    REPORTER,
    STAFF_NOTE,
    UPDATE_REPORTER,
)

blueprint = staff_pages("staff_retention", "/staff/city/retention", administrators_only)

_SERIES = f"<any({','.join(RECORD_SERIES)}):series>"

ERASURES_SHOWN = 50

SERIES_NAMES = {
    REPORTER: lazy_gettext("Contact information of requesters"),
    UPDATE_REPORTER: lazy_gettext("Contact information of people who sent updates"),
    FREE_TEXT: lazy_gettext("Descriptions, typed answers, comments, and public notes"),
    STAFF_NOTE: lazy_gettext("Internal notes and reasons"),
    PHOTO: lazy_gettext("Photos and links to images"),
    RECEIPT: lazy_gettext("Records of repeated submissions"),
    LOG: lazy_gettext("Records of messages about the request"),
}

ACTION_NAMES = {
    ANONYMIZE: lazy_pgettext("retention", "Anonymize"),
    DELETE: lazy_pgettext("retention", "Delete"),
}

BASIS_NAMES = {
    "email": lazy_gettext("Asked for by email address"),
    "phone": lazy_gettext("Asked for by phone number"),
    "request": lazy_gettext("Asked for by request number"),
    "withdrawal": lazy_gettext("Request withdrawn"),
    "retention": lazy_gettext("Period of the city"),
}


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the rules, what they have for today, the holds, and the newest erasures."""
    return _page()


@blueprint.post(f"/{_SERIES}")
@login_required  # type: ignore[untyped-decorator]
def save(series: str) -> Response | tuple[str, int]:
    """Set the rule for a series; with the button drop, delete it."""
    values = sent_values()
    try:
        if "drop" in values:
            drop_retention_rule(user().jurisdiction_id, series)
        else:
            _set(series, parse(RuleSchema(), values))
    except Open311Error as error:
        return _page(error.problems, series), 400
    flash(_("Rule deleted.") if "drop" in values else _("Rule saved. It applies tonight."))
    return redirect(url_for(".index"), 303)


def _set(series: str, sent: dict[str, Any]) -> None:
    if sent["months"] > MOST_MONTHS:
        raise InvalidParameters(TOO_MANY_MONTHS, field="months", limit=MOST_MONTHS)
    set_retention_rule(user().jurisdiction_id, RuleInfo(series=series, **sent))


@blueprint.post("/holds/<int(max=2147483647):hold_id>/lift")
@login_required  # type: ignore[untyped-decorator]
def lift(hold_id: int) -> Response | tuple[str, int]:
    """Lift a legal hold."""
    try:
        lift_legal_hold(user().jurisdiction_id, hold_id, user().name)
    except Open311Error as error:
        return _page(error.problems), 404
    flash(_("Legal hold lifted."))
    return redirect(url_for(".index"), 303)


def _page(problems: Sequence[Problem] = (), refused: str = "") -> str:
    here = user().jurisdiction_id
    due = {one.rule.series: one for one in plan_retention(here)}
    values = sent_values()
    return page(
        "retention.html",
        city(),
        problems,
        rows=[(series, actions, due.get(series)) for series, actions in RECORD_SERIES.items()],
        refused=refused,
        typed=lambda name: next(iter(values.get(name, ())), ""),
        holds=list_legal_holds(here),
        erasures=list_erasures(here, ERASURES_SHOWN)[::-1],
        series_names=SERIES_NAMES,
        action_names=ACTION_NAMES,
        basis_names=BASIS_NAMES,
        most_months=MOST_MONTHS,
        authority_limit=AUTHORITY_LIMIT,
    )
