"""Sessions of staff: a random token in a signed cookie, looked up on each request."""

from typing import Any

from flask import Flask, Request, Response, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from open311.operations.people.sign_in import LONGEST_SESSION
from open311.queries.people.users import UserInfo, find_user_of_session
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT

login_manager = LoginManager()

csrf = CSRFProtect()

_OF_PROGRAMS = (f"{ENDPOINT}/", f"{TEST_ENDPOINT}/")


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user for Flask-Login, in the session with this token."""

    def __init__(self, info: UserInfo, token: str) -> None:
        self.info = info
        self.token = token

    def get_id(self) -> str:
        """Return the session token stored in the cookie."""
        return self.token


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, for pages, maps, and photos; without one, no signer is made."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(_OF_PROGRAMS):  # keys say who sends; cookies change nothing
            return None
        cookies = request.environ.get("HTTP_COOKIE", "")  # text: to parse it costs more
        if app.secret_key and self.get_cookie_name(app) not in cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")


def keep_sessions(app: Flask) -> None:
    """Set up sign-in sessions if OPEN311_SECRET_KEY is set."""
    secure = app.config["OPEN311_PUBLIC_URL"].startswith("https:")
    app.config.update(
        SECRET_KEY=app.config["OPEN311_SECRET_KEY"] or None,
        SESSION_COOKIE_NAME="open311_staff",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST_SESSION,
        # A late photo or tile of the page before must not restore a cookie without the notice.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,  # the API uses keys, and accepts forms from any site
    )
    app.session_interface = _Sessions()
    # No user in templates: a page about an outage would ask the database for them.
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    info = find_user_of_session(token)
    return None if info is None else SignedIn(info, token)


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _ask_to_sign_in() -> AnyResponse:
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("staff_sessions.sign_in", next=here or None))


def clear_session() -> None:
    """Remove all that the cookie contains, except the language, at sign-in and sign-out.

    Nothing of one user, such as the key of an app, stays for the next user of the browser.
    """
    language = session.get("language")
    session.clear()
    if language is not None:
        session["language"] = language


def signed_in(user: Any) -> UserInfo | None:
    """Return the user of Flask-Login's current_user; None if nobody is signed in."""
    return user.info if isinstance(user, SignedIn) else None
