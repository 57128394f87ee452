"""The user's own account: password, two-step sign-in, and sessions."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import segno
from flask import current_app, flash, redirect, request, session, url_for
from flask_login import current_user, login_required, login_user, logout_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from open311.errors import Conflict, InvalidParameters, Open311Error, SignInRefused
from open311.messages.people import PASSWORD_ELSEWHERE, PASSWORD_WRONG
from open311.messages.problem import Problem
from open311.operations.people.sign_in import (
    LONGEST_SESSION,
    end_all_sessions,
    end_other_sessions,
    end_session_of,
    sign_in,
    start_session,
)
from open311.operations.people.two_step import turn_two_step_off, turn_two_step_on
from open311.operations.people.users import change_full_name, change_password
from open311.passwords import SHORTEST
from open311.queries.people.users import (
    find_awaited_email,
    get_user_by_id,
    hash_of_token,
    list_sessions,
)
from open311.staff.pages import Refusal, city, leave_name, page, refusal, staff_pages, user
from open311.totp import new_totp_secret, totp_address
from open311.web.browser_names import browser_name
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from open311.web.sessions import SignedIn, clear_session
from open311.web.sign_in_limits import PASSWORDS, limited
from schemas.people import FullNameSchema, PasswordSchema, SessionSchema, TwoStepSchema
from schemas.vocabulary.notices import USER_EVENT_NAMES, USUAL_OF_USERS, choices_of
from schemas.vocabulary.preferences import AFTER_ACTION

blueprint = staff_pages("staff_account", "/staff", leave_name)

log = logging.getLogger(__name__)

_NEW_SECRET = "new_totp_secret"  # noqa: S105 - a name


@blueprint.get("/account")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    return _account()


@blueprint.post("/account/password")
@login_required  # type: ignore[untyped-decorator]
def set_password() -> Response | Refusal:
    """Store a new password, and end all sessions; this browser gets a new one."""
    asked = parse(PasswordSchema(), sent_values())
    try:
        check_password(asked["current_password"])
        change_password(user().jurisdiction_id, user().name, asked["password"])
    except Open311Error as error:
        return refusal(_account(error.problems), error)
    changed = get_user_by_id(user().id)
    if changed is not None:
        login_user(SignedIn(changed, start_session(changed, request.user_agent.string)))
    log.info("user %r changed the password", user().name)
    return _back(_("Password changed. All other sessions have ended."))


@blueprint.post("/account/sign-out-everywhere")
@login_required  # type: ignore[untyped-decorator]
def leave_everywhere() -> Response:
    """End all sessions, this one included."""
    end_all_sessions(user())
    logout_user()
    clear_session()
    return redirect(url_for("staff_sessions.sign_in"), 303)


@blueprint.get("/account/two-step")
@login_required  # type: ignore[untyped-decorator]
def set_up() -> Response | str:
    """Show the QR code for an authenticator app, with a new key each time."""
    if not _may_set_up():
        return redirect(url_for("staff_account.show"), 303)
    session.pop(_NEW_SECRET, None)
    return _set_up()


@blueprint.post("/account/two-step")
@login_required  # type: ignore[untyped-decorator]
def turn_on() -> Response | str | Refusal:
    """Turn two-step sign-in on, and show the recovery codes once.

    If it is on already, as when that page is loaded again, redirect to the account.
    """
    if not _may_set_up():
        return redirect(url_for("staff_account.show"), 303)
    asked = parse(TwoStepSchema(), sent_values())
    try:
        check_password(asked["current_password"])
        codes = turn_two_step_on(user(), _new_secret(), asked["code"])
    except Open311Error as error:
        return refusal(_set_up(error.problems), error)
    session.pop(_NEW_SECRET, None)
    log.info("user %r turned on two-step sign-in", user().name)
    return page("recovery_codes.html", city(), codes=codes)


@blueprint.post("/account/two-step/off")
@login_required  # type: ignore[untyped-decorator]
def turn_off() -> Response | Refusal:
    asked = parse(TwoStepSchema(), sent_values())
    try:
        check_password(asked["current_password"])
        turn_two_step_off(user().jurisdiction_id, user().name)
    except Open311Error as error:
        return refusal(_account(error.problems), error)
    log.info("user %r turned off two-step sign-in", user().name)
    return _back(_("Two-step sign-in is off."))


def _may_set_up() -> bool:
    return not user().two_step and user().password_hash is not None


def check_password(password: str) -> None:
    """Raise InvalidParameters if this is not the user's password, and SignInDelayed."""
    if user().password_hash is None:
        raise Conflict(PASSWORD_ELSEWHERE)
    try:
        limited(PASSWORDS, user().name, lambda: sign_in(user().name, password))
    except SignInRefused:
        raise InvalidParameters(PASSWORD_WRONG, field="current_password") from None


@blueprint.post("/account/full-name")
@login_required  # type: ignore[untyped-decorator]
def set_full_name() -> Response | Refusal:
    """Store the user's own name, as colleagues read it, or none."""
    asked = parse(FullNameSchema(), sent_values())
    try:
        change_full_name(user().jurisdiction_id, user().name, asked["full_name"])
    except Open311Error as error:
        return refusal(_account(error.problems), error)
    return _back(_("Your name is saved."))


@blueprint.post("/account/sessions/end")
@login_required  # type: ignore[untyped-decorator]
def end_sessions() -> Response:
    """End one session, or all except this one if none is named."""
    asked = parse(SessionSchema(), sent_values())
    if asked["session"] is None:
        end_other_sessions(user(), hash_of_token(current_user.token))
    else:
        end_session_of(user().id, asked["session"])
    return _back(_("The session ended.") if asked["session"] else _("All other sessions ended."))


def email_values(problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return what the forms about the user's emails show; after a problem, what was typed."""
    typed = first(sent_values(), "email") if problems else user().email
    return {
        "events": USER_EVENT_NAMES,
        "choices_of": choices_of,
        "chosen": {**USUAL_OF_USERS, **user().notices},
        "is_on": current_app.config["OPEN311_MAIL"] is not None,
        "typed_email": typed or "",
        "awaited_email": find_awaited_email(user().id),
    }


def _account(problems: Sequence[Problem] = ()) -> str:
    return page(
        "account.html",
        city(),
        **email_values(),
        browser_name=browser_name,
        sessions=list_sessions(user().id),
        this_session=hash_of_token(current_user.token),
        shortest=SHORTEST,
        hours=LONGEST_SESSION // timedelta(hours=1),
        after_action=AFTER_ACTION,
        problems=problems,
    )


def _set_up(problems: Sequence[Problem] = ()) -> str:
    jurisdiction, secret = city(), _new_secret()
    address = totp_address(secret, user().name, jurisdiction.name)
    drawn = segno.make(address, error="m").svg_inline(scale=5, light="white")
    return page(
        "two_step.html",
        jurisdiction,
        picture=Markup(drawn),  # noqa: S704 - numbers alone, drawn by segno
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        problems=problems,
    )


def _new_secret() -> str:
    """Return the key of the app that is being set up, which the session keeps until then."""
    return str(session.setdefault(_NEW_SECRET, new_totp_secret()))


def _back(notice: str) -> Response:
    flash(notice)
    return redirect(url_for("staff_account.show"), 303)
