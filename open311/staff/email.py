"""Confirmation of the address that a user wants, by the secret link that was sent to it."""

import logging
from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from open311.actor import Actor, act_as
from open311.errors import NotFound, Open311Error
from open311.messages.people import EMAIL_LINK_USED
from open311.messages.problem import Problem
from open311.operations.people.own_email import confirm_email
from open311.queries.people.users import find_email_link
from open311.staff.pages import staff_pages
from open311.web.languages import say as _
from open311.web.page_problems import page_problems

blueprint = staff_pages("staff_email", "/staff")

log = logging.getLogger(__name__)


@blueprint.get("/email/<opaque:token>")
def confirm(token: str) -> str | tuple[str, int]:
    """Show a button. Nothing changes until it is pressed, as programs open links, too."""
    return _confirm(token)


@blueprint.post("/email/<opaque:token>")
def store(token: str) -> Response | str | tuple[str, int]:
    try:
        link = find_email_link(token)
        act_as(Actor("user", link.user) if link else None)
        name = confirm_email(token)
    except NotFound:
        return _confirm(token)
    except Open311Error as error:
        return _confirm(token, error.problems)
    log.info("user %r confirmed an email address", name)
    flash(_("Your email address is saved."))
    return redirect(url_for("staff_notices.show"), 303)


def _confirm(token: str, problems: Sequence[Problem] = ()) -> str | tuple[str, int]:
    found = find_email_link(token)
    gone = [] if found else [Problem(EMAIL_LINK_USED)]
    shown = render_template(
        "staff/confirm_email.html",
        link=found,
        token=token,
        problems=page_problems(gone or problems),
    )
    return shown if found and not problems else (shown, 400 if found else 404)
