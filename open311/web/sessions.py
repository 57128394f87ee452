"""Sessions of staff: a signed cookie that is checked against the user on each request."""

from datetime import timedelta
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, UserMixin
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from open311.queries.people.users import UserInfo, get_user_by_id

LONGEST = timedelta(hours=12)

login_manager = LoginManager()

csrf = CSRFProtect()


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user for Flask-Login; a new password changes its id and so ends all sessions.

    For a user without a password, the identity at the OpenID Connect issuer takes its place.
    """

    def __init__(self, info: UserInfo) -> None:
        self.info = info

    @property
    def _secret(self) -> str:
        return self.info.password_hash or self.info.openid_subject or ""

    def get_id(self) -> str:
        """Return the content of the cookie."""
        return f"{self.info.id}:{self._secret[-12:]}"


def keep_sessions(app: Flask) -> None:
    """Set up sign-in sessions if OPEN311_SECRET_KEY is set."""
    secure = app.config["OPEN311_PUBLIC_URL"].startswith("https:")
    app.config.update(
        SECRET_KEY=app.config["OPEN311_SECRET_KEY"] or None,
        SESSION_COOKIE_NAME="open311_staff",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,
        WTF_CSRF_CHECK_DEFAULT=False,  # the API uses keys, and accepts forms from any site
    )
    # No user in templates: a page about an outage would ask the database for them.
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(signed: str) -> SignedIn | None:
    number, _, _hash = signed.partition(":")
    info = get_user_by_id(int(number)) if number.isdigit() else None
    if info is None or info.disabled_at is not None:
        return None
    user = SignedIn(info)
    return user if user.get_id() == signed else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _ask_to_sign_in() -> Response:
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("staff_sessions.sign_in", next=here or None))


def signed_in(user: Any) -> UserInfo | None:
    """Return the user of Flask-Login's current_user; None if nobody is signed in."""
    return user.info if isinstance(user, SignedIn) else None
