"""Sign-in, sign-out, and language of the workspace."""

import logging
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required, login_user, logout_user
from werkzeug.wrappers import Response

from open311.errors import NotFound, SignInDelayed, SignInRefused
from open311.messages.access import NO_CITY_ACCOUNT
from open311.messages.problem import Problem
from open311.operations.people.sign_in import end_session, sign_in_elsewhere, start_session
from open311.operations.people.sign_in import sign_in as check_password
from open311.operations.people.two_step import use_code
from open311.queries.people.users import UserInfo, get_user_by_id
from open311.staff.openid import come_back, label, lead_there
from open311.staff.pages import Refusal, refusal, staff_pages
from open311.web.page_problems import page_problems
from open311.web.parameters import parse, public_address, sent_values
from open311.web.sessions import SignedIn, clear_session
from open311.web.sign_in_limits import (
    CODES,
    PASSWORDS,
    limited,
    remember_address,
    remember_browser,
)
from schemas.people import CodeSchema, LanguageSchema, SignInSchema

log = logging.getLogger(__name__)

blueprint = staff_pages("staff_sessions", "/staff")


@blueprint.get("/sign-in")
def sign_in() -> str:
    return _ask()


@blueprint.post("/sign-in")
def enter() -> Response | Refusal:
    """Sign in, and redirect to the requested page, or ask for a code first."""
    asked = parse(SignInSchema(), sent_values())
    name, password = asked["name"].strip(), asked["password"]
    try:
        user = limited(PASSWORDS, name, lambda: check_password(name, password))
        if not user.two_step:
            return _let_in(user, asked["next"], by_password=True)
    except (SignInRefused, SignInDelayed) as error:
        return refusal(_ask(error.problems), error, 401)
    session[_WAITS] = {
        "user": user.id,
        "mark": _mark(user),
        "at": int(time.time()),
        "next": asked["next"],
    }
    return redirect(url_for("staff_sessions.ask_code"), 303)


_WAITS = "waits_for_code"

CODE_SECONDS = 600
"""Maximum time between the password and the code."""


@blueprint.get("/sign-in/code")
def ask_code() -> Response | str:
    return _ask_code() if _waiting() else redirect(url_for("staff_sessions.sign_in"), 303)


@blueprint.post("/sign-in/code")
def enter_code() -> Response | Refusal:
    """Sign in a user whose password was correct, by a code of the app or a recovery code."""
    user = _waiting()
    if user is None:
        return redirect(url_for("staff_sessions.sign_in"), 303)
    code = parse(CodeSchema(), sent_values())["code"]
    try:
        limited(CODES, user.name, lambda: use_code(user, code))
        return _let_in(user, session[_WAITS]["next"], by_password=True)
    except (SignInRefused, SignInDelayed) as error:
        return refusal(_ask_code(error.problems), error, 401)


def _waiting() -> UserInfo | None:
    """Return the user whose password was correct a short time ago and has not changed since."""
    waits: dict[str, Any] = session.get(_WAITS) or {}
    if not waits or waits["at"] < time.time() - CODE_SECONDS:
        return None
    user = get_user_by_id(waits["user"])
    usable = user is not None and user.disabled_at is None and user.two_step
    return user if user is not None and usable and _mark(user) == waits["mark"] else None


def _mark(user: UserInfo) -> str:
    """Return what changes with the password and does not reveal it."""
    return sha256((user.password_hash or "").encode()).hexdigest()[:16]


def _ask_code(problems: Sequence[Problem] = ()) -> str:
    return render_template("staff/sign_in_code.html", problems=page_problems(problems))


@blueprint.get("/elsewhere")
def elsewhere() -> Response | tuple[str, int]:
    """Redirect to the OpenID Connect issuer."""
    asked = parse(SignInSchema(), sent_values())
    if not label():
        log.warning("Nobody can sign in elsewhere because OPEN311_OIDC_ISSUER is not set.")
        raise NotFound(NO_CITY_ACCOUNT)
    session["next"] = asked["next"]
    try:
        return lead_there(f"{public_address()}{url_for('staff_sessions.back')}")
    except SignInRefused as error:
        return _ask(error.problems), 401


@blueprint.get("/elsewhere/back")
def back() -> Response | tuple[str, int]:
    """Sign in the user who returns from the issuer, and redirect to the requested page."""
    if not label():
        log.warning("Nobody can sign in elsewhere because OPEN311_OIDC_ISSUER is not set.")
        raise NotFound(NO_CITY_ACCOUNT)
    try:
        known = come_back()
        user = sign_in_elsewhere(known.subject, known.name)
    except SignInRefused as error:
        return _ask(error.problems), 401
    return _let_in(user, session.pop("next", ""))


def _ask(problems: Sequence[Problem] = ()) -> str:
    asked = parse(SignInSchema(), sent_values())
    return render_template(
        "staff/sign_in.html", asked=asked, problems=page_problems(problems), elsewhere=label()
    )


def _let_in(user: UserInfo, wanted: str, *, by_password: bool = False) -> Response:
    """Start a session, and end the one that this browser had."""
    token = start_session(user, request.user_agent.string)
    _end_session()
    clear_session()
    session.permanent = True
    login_user(SignedIn(user, token))
    response = make_response(redirect(_inside(wanted) or url_for("staff_finding.index"), 303))
    if by_password:
        remember_address(user.name)
        remember_browser(response, user.name)
    return response


def _end_session() -> None:
    if isinstance(current_user._get_current_object(), SignedIn):
        end_session(current_user.token)


@blueprint.post("/language")
def speak() -> Response:
    """Set the language of the session, and return to the current page."""
    asked = parse(LanguageSchema(), sent_values())
    session["language"] = asked["language"]
    return redirect(_inside(asked["next"]) or url_for("staff_finding.index"), 303)


@blueprint.post("/sign-out")
@login_required  # type: ignore[untyped-decorator]
def leave() -> Response:
    """End the session here and on the server, so that a copied cookie no longer works."""
    _end_session()
    logout_user()
    clear_session()
    return redirect(url_for("staff_sessions.sign_in"), 303)


def _inside(address: str) -> str | None:
    """Return the address if it is below /staff on this server; None for any other."""
    parts = urlsplit(address)
    inside = parts.path.startswith("/staff") and "\\" not in address
    return address if inside and not parts.scheme and not parts.netloc else None
