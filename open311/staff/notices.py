"""The user's own emails: their address, their language, and which ones they get."""

import logging
from collections.abc import Sequence

from flask import current_app, flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.operations.people.notices import choose_notices, send_test
from open311.operations.people.own_email import ask_for_email, remove_own_email
from open311.staff.account import check_password, email_values
from open311.staff.pages import Refusal, city, leave_name, page, refusal, staff_pages, user
from open311.staff.text_trials import count_test
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.people import EmailLanguageSchema, OwnEmailSchema, UserNoticesSchema

blueprint = staff_pages("staff_notices", "/staff/notices", leave_name)

log = logging.getLogger(__name__)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    return _notices()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def choose() -> Response | Refusal:
    """Store the language, and which emails the user wants."""
    try:
        language = parse(EmailLanguageSchema(), sent_values())["language"]
        choose_notices(user().id, language, parse(UserNoticesSchema(), sent_values()))
    except Open311Error as error:
        return refusal(_notices(error.problems), error)
    return _back(_("Your choices are saved."))


@blueprint.post("/email")
@login_required  # type: ignore[untyped-decorator]
def set_email() -> Response | Refusal:
    """Send a link to a new address, which is stored once it is confirmed, or remove the address.

    Its owner can get a new password, so the password is required.
    """
    try:
        asked = parse(OwnEmailSchema(), sent_values())
        if user().password_hash is not None:
            check_password(asked["current_password"])
        count_test()
        secret_key = current_app.config["OPEN311_SECRET_KEY"]
        if asked["email"]:
            ask_for_email(user(), asked["email"], secret_key)
        else:
            remove_own_email(user(), secret_key)
    except Open311Error as error:
        return refusal(_notices(error.problems), error)
    log.info("user %r changes the email address", user().name)
    if not asked["email"]:
        return _back(_("You get no emails."))
    if asked["email"] == user().email:
        return _back(_("Your email address is saved."))
    return _back(_("Open the link that we are sending to %(address)s.", address=asked["email"]))


@blueprint.post("/test")
@login_required  # type: ignore[untyped-decorator]
def test() -> Response | Refusal:
    try:
        count_test()
        send_test(user().id, user().name)
    except Open311Error as error:
        return refusal(_notices(error.problems), error, 409)
    return _back(_("We are sending a test to your address."))


def _notices(problems: Sequence[Problem] = ()) -> str:
    return page("notices.html", city(), **email_values(problems), problems=problems)


def _back(notice: str) -> Response:
    flash(notice)
    return redirect(url_for(".show"), 303)
