"""The page of one user for administrators: sessions, and what was changed."""

from collections.abc import Mapping, Sequence

from flask import current_app, flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.operations.people.users import change_full_name, end_sessions_of
from open311.queries.people.audit import AuditCriteria, list_entries
from open311.queries.people.users import (
    UserInfo,
    get_user,
    list_sessions,
    list_users,
)
from open311.staff.audit_wording import changes, sentence
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.web.browser_names import browser_name
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from schemas.people import FullNameSchema, SessionSchema

blueprint = staff_pages("staff_user", "/staff/city/users", administrators_only)

STATES = ("active", "disabled", "all")


def find_users(jurisdiction_id: str, asked: Mapping[str, Sequence[str]]) -> Sequence[UserInfo]:
    """List the users that the filters of the list find: q, role, and state."""
    words = (first(asked, "q") or "").strip().casefold()
    role, state = first(asked, "find_role"), first(asked, "state")
    return [
        one
        for one in list_users(jurisdiction_id)
        if words in f"{one.name}\n{one.full_name}\n{one.email or ''}".casefold()
        and role in (None, "", one.role)
        and (state not in STATES[:2] or (one.disabled_at is None) == (state == "active"))
    ]


@blueprint.get("/<opaque:name>")
@login_required  # type: ignore[untyped-decorator]
def show(name: str) -> str:
    return _show(name)


@blueprint.post("/<opaque:name>/full-name")
@login_required  # type: ignore[untyped-decorator]
def set_full_name(name: str) -> Response | tuple[str, int]:
    """Store the name of the person, or none."""
    asked = parse(FullNameSchema(), sent_values())
    try:
        change_full_name(city().jurisdiction_id, name, asked["full_name"])
    except Open311Error as error:
        return _show(name, error.problems), 400
    return _back(name, _("Full name saved for %(name)s.", name=name))


@blueprint.post("/<opaque:name>/sessions/end")
@login_required  # type: ignore[untyped-decorator]
def end_sessions(name: str) -> Response:
    """End one session, or all of them if none is named."""
    asked = parse(SessionSchema(), sent_values())
    end_sessions_of(city().jurisdiction_id, name, asked["session"])
    return _back(name, _("Sessions of %(name)s ended.", name=name))


LAST = 20
"""Changes on the page; the audit has all."""


def _show(name: str, problems: Sequence[Problem] = ()) -> str:
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    one = get_user(here, name)
    about = AuditCriteria(subject="users", name=one.name)
    return page(
        "user.html",
        jurisdiction,
        one=one,
        sessions=list_sessions(one.id),
        browser_name=browser_name,
        entries=list_entries(here, about, limit=LAST),
        sentence=sentence,
        changes=changes,
        sends_email=current_app.config["OPEN311_MAIL"] is not None,
        typed_full_name=first(sent_values(), "full_name") if problems else one.full_name,
        problems=problems,
    )


def _back(name: str, notice: str) -> Response:
    flash(notice)
    return redirect(url_for(".show", name=name), 303)
