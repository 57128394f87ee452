"""Sign-in with OpenID Connect (Core 1.0).

Authlib implements discovery, the authorization code flow with PKCE, state and nonce, and the check
of the token. The issuer is contacted only when somebody signs in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from open311.errors import SignInRefused
from open311.messages.people import ACCOUNT_NAMELESS, ACCOUNT_SILENT, ACCOUNT_UNFINISHED

SECONDS = 10
"""Maximum seconds to wait for the issuer."""

_oauth = OAuth()

_FAILURES = (AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError)


@dataclass(frozen=True)
class Known:
    """Identity at the issuer: a permanent subject, and the current name, which may be empty."""

    subject: str
    name: str


def know_issuer(app: Flask) -> None:
    """Register the issuer of the settings, if there is one."""
    settings = app.config
    if not settings["OPEN311_OIDC_ISSUER"]:
        return
    _oauth.init_app(app)
    _oauth.register(
        "staff",
        overwrite=True,
        client_id=settings["OPEN311_OIDC_CLIENT_ID"],
        client_secret=settings["OPEN311_OIDC_CLIENT_SECRET"],
        server_metadata_url=f"{settings['OPEN311_OIDC_ISSUER']}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
        },
    )


def label() -> str:
    """Return the label of the sign-in button; empty if there is no issuer."""
    settings = current_app.config
    return str(settings["OPEN311_OIDC_LABEL"]) if settings["OPEN311_OIDC_ISSUER"] else ""


def lead_there(back: str) -> Response:
    """Redirect to the issuer, and from there to a URL of this server; raises SignInRefused."""
    try:
        response: Response = _oauth.staff.authorize_redirect(back)
    except _FAILURES:
        raise SignInRefused(ACCOUNT_SILENT, account=label()) from None
    return response


def come_back() -> Known:
    """Return the identity that the issuer confirms; raises SignInRefused if it does not."""
    try:
        token = _oauth.staff.authorize_access_token()
    except _FAILURES:
        raise SignInRefused(ACCOUNT_UNFINISHED, account=label()) from None
    claims: Mapping[str, Any] = token.get("userinfo") or {}
    if not claims.get("sub"):
        raise SignInRefused(ACCOUNT_NAMELESS, account=label())
    return Known(f"{claims['iss']} {claims['sub']}", _name(claims))


def _name(claims: Mapping[str, Any]) -> str:
    claim = current_app.config["OPEN311_OIDC_CLAIM"]
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    return str(claims.get(claim) or "").strip()
