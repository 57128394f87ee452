"""Signing in to the workspace, and out of it."""

from urllib.parse import urlsplit

from flask import redirect, render_template, session, url_for
from flask_login import login_required, login_user, logout_user
from werkzeug.wrappers import Response

from open311.errors import SignInRefused
from open311.operations.sign_in import sign_in as check_password
from open311.parameters import parse, sent_values
from open311.sessions import SignedIn
from open311.views.staff.pages import staff_pages
from schemas.staff import LanguageSchema, SignInSchema

blueprint = staff_pages("staff_sessions", "/staff")


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Ask for a name and a password."""
    asked = parse(SignInSchema(), sent_values())
    return render_template("staff/sign_in.html", asked=asked, problem="")


@blueprint.post("/sign-in")
def enter() -> Response | tuple[str, int]:
    """Sign in, and go on to where someone wanted to."""
    asked = parse(SignInSchema(), sent_values())
    try:
        user = check_password(asked["name"].strip(), asked["password"])
    except SignInRefused as error:
        problem = " ".join(error.sentences)
        return render_template("staff/sign_in.html", asked=asked, problem=problem), 401
    session.permanent = True
    login_user(SignedIn(user))
    return redirect(_inside(asked["next"]) or url_for("staff_finding.index"), 303)


@blueprint.post("/language")
def speak() -> Response:
    """Speak another language from now on, and go back to the page that was shown."""
    asked = parse(LanguageSchema(), sent_values())
    session["language"] = asked["language"]
    return redirect(_inside(asked["next"]) or url_for("staff_finding.index"), 303)


@blueprint.post("/sign-out")
@login_required  # type: ignore[untyped-decorator]
def leave() -> Response:
    """Sign out."""
    logout_user()
    return redirect(url_for("staff_sessions.sign_in"), 303)


def _inside(address: str) -> str | None:
    """Give an address below /staff on this server; None for any other."""
    parts = urlsplit(address)
    inside = parts.path.startswith("/staff") and "\\" not in address
    return address if inside and not parts.scheme and not parts.netloc else None
