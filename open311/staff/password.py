"""Passwords by a secret link: of invited users, and of those who forgot theirs."""

import logging
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from open311.actor import Actor, act_as
from open311.errors import NotFound, Open311Error
from open311.messages.people import PASSWORD_LINK_USED
from open311.messages.problem import Problem
from open311.operations.people.password_links import ask_for_password, set_password_by_link
from open311.passwords import SHORTEST
from open311.queries.people.users import find_password_link
from open311.staff.pages import Refusal, refusal, staff_pages
from open311.web.languages import say as _
from open311.web.page_problems import page_problems
from open311.web.parameters import parse, sent_values
from open311.web.sign_in_limits import may_ask_for_password
from schemas.people import EmailSchema, NewPasswordSchema

blueprint = staff_pages("staff_password", "/staff")

log = logging.getLogger(__name__)


@blueprint.get("/forgot-password")
def forgot() -> str:
    return _ask()


@blueprint.post("/forgot-password")
def send() -> str | Refusal:
    """Send a link to the user with an address. The answer is the same if there is none."""
    try:
        email = parse(EmailSchema(), sent_values())["email"]
        if email and may_ask_for_password(email):
            ask_for_password(email, current_app.config["OPEN311_SECRET_KEY"])
    except Open311Error as error:
        return refusal(_ask(error.problems), error)
    return _ask(is_sent=bool(email))


def _ask(problems: Sequence[Problem] = (), *, is_sent: bool = False) -> str:
    return render_template(
        "staff/forgot_password.html",
        problems=page_problems(problems),
        is_sent=is_sent,
        is_on=current_app.config["OPEN311_MAIL"] is not None,
    )


@blueprint.get("/password/<opaque:token>")
def choose(token: str) -> str | tuple[str, int]:
    """Show a form for a new password. Nothing changes until it is sent."""
    return _choose(token)


@blueprint.post("/password/<opaque:token>")
def store(token: str) -> Response | str | tuple[str, int]:
    try:
        password = parse(NewPasswordSchema(), sent_values())["password"]
        link = find_password_link(token)
        act_as(Actor("user", link.user) if link else None)
        name = set_password_by_link(token, password)
    except NotFound:
        return _choose(token)
    except Open311Error as error:
        return _choose(token, error.problems)
    log.info("user %r chose a password with a link", name)
    flash(_("Your password is saved. Sign in as %(name)s.", name=name))
    return redirect(url_for("staff_sessions.sign_in"), 303)


def _choose(token: str, problems: Sequence[Problem] = ()) -> str | tuple[str, int]:
    found = find_password_link(token)
    gone = [] if found else [Problem(PASSWORD_LINK_USED)]
    shown = render_template(
        "staff/choose_password.html",
        link=found,
        token=token,
        shortest=SHORTEST,
        problems=page_problems(gone or problems),
    )
    return shown if found and not problems else (shown, 400 if found else 404)
