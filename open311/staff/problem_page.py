"""The page of an error under /staff, with the menu of the user, and where to go."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from open311.database import end_reads
from open311.messages.problem import Problem
from open311.queries.people.users import UserInfo
from open311.staff.pages import city, words
from open311.web.languages import language
from open311.web.languages import say as _
from open311.web.page_problems import page_problems
from open311.web.sessions import signed_in

UNAVAILABLE = 503


def problem_page(code: int, problems: Sequence[Problem]) -> str:
    """Return the page of an error with a status code.

    Without a database or without a user, it has no menu, so that an outage asks nothing of it.
    """
    known = None if code == UNAVAILABLE else _known()
    return render_template(
        "staff/problem.html",
        problems=page_problems(problems),
        ways=list(_ways(known.get("user") if known else None)),
        **{"layout": "staff/base.html", **words(), **known}
        if known
        else {"layout": "staff/bare.html", "language": language},
    )


def _known() -> dict[str, Any] | None:
    """Return the user and the city of the page; None if nobody is signed in, or in an outage."""
    try:
        end_reads()  # what failed may have left a transaction that cannot read
        someone = signed_in(current_user)
        return None if someone is None else {"user": someone, "city": city()}
    except SQLAlchemyError:
        return None


def _ways(user: UserInfo | None) -> Iterator[tuple[str, str]]:
    """Yield addresses and names of pages from which the user can go on."""
    if user is None:
        yield url_for("staff_finding.index"), _("Go to requests")
        return
    if user.role == "administrator" and request.path.startswith("/staff/city"):
        yield url_for("staff_city.index"), _("Administration")
    yield url_for("staff_day.show"), _("Work queue")
    yield url_for("staff_finding.index", status="open"), _("Requests")
