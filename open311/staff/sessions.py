"""Sign-in, sign-out, and language of the workspace."""

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import redirect, render_template, session, url_for
from flask_login import login_required, login_user, logout_user
from werkzeug.wrappers import Response

from open311.errors import NotFound, SignInRefused
from open311.messages.access import NO_CITY_ACCOUNT
from open311.messages.problem import Problem
from open311.operations.people.sign_in import sign_in as check_password
from open311.operations.people.sign_in import sign_in_elsewhere
from open311.queries.people.users import UserInfo
from open311.staff.openid import come_back, label, lead_there
from open311.staff.pages import staff_pages
from open311.web.page_problems import page_problems
from open311.web.parameters import parse, public_address, sent_values
from open311.web.sessions import SignedIn
from schemas.people import LanguageSchema, SignInSchema

log = logging.getLogger(__name__)

blueprint = staff_pages("staff_sessions", "/staff")


@blueprint.get("/sign-in")
def sign_in() -> str:
    return _ask()


@blueprint.post("/sign-in")
def enter() -> Response | tuple[str, int]:
    """Sign in, and redirect to the requested page."""
    asked = parse(SignInSchema(), sent_values())
    try:
        user = check_password(asked["name"].strip(), asked["password"])
    except SignInRefused as error:
        return _ask(error.problems), 401
    return _let_in(user, asked["next"])


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


def _let_in(user: UserInfo, wanted: str) -> Response:
    session.permanent = True
    login_user(SignedIn(user))
    return redirect(_inside(wanted) or url_for("staff_finding.index"), 303)


@blueprint.post("/language")
def speak() -> Response:
    """Set the language of the session, and return to the current page."""
    asked = parse(LanguageSchema(), sent_values())
    session["language"] = asked["language"]
    return redirect(_inside(asked["next"]) or url_for("staff_finding.index"), 303)


@blueprint.post("/sign-out")
@login_required  # type: ignore[untyped-decorator]
def leave() -> Response:
    logout_user()
    return redirect(url_for("staff_sessions.sign_in"), 303)


def _inside(address: str) -> str | None:
    """Return the address if it is below /staff on this server; None for any other."""
    parts = urlsplit(address)
    inside = parts.path.startswith("/staff") and "\\" not in address
    return address if inside and not parts.scheme and not parts.netloc else None
