"""Who is signed in to the pages of staff: a signed cookie, checked against the user each time."""

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
    """A user as Flask-Login knows one; a new password gives it a new id, and ends all sessions.

    Who has none is known by who they are where they sign in.
    """

    def __init__(self, info: UserInfo) -> None:
        self.info = info

    @property
    def _secret(self) -> str:
        return self.info.password_hash or self.info.openid_subject or ""

    def get_id(self) -> str:
        """Give what the cookie holds."""
        return f"{self.info.id}:{self._secret[-12:]}"


def keep_sessions(app: Flask) -> None:
    """Let staff sign in, where OPEN311_SECRET_KEY is set."""
    secure = app.config["OPEN311_PUBLIC_URL"].startswith("https:")
    app.config.update(
        SECRET_KEY=app.config["OPEN311_SECRET_KEY"] or None,
        SESSION_COOKIE_NAME="open311_staff",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,
        WTF_CSRF_CHECK_DEFAULT=False,  # the API has keys, and forms of anyone's own
    )
    login_manager.init_app(app)
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
    """Give the user behind what Flask-Login calls current; None for nobody."""
    return user.info if isinstance(user, SignedIn) else None
