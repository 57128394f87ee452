"""OpenID Connect (Core 1.0): who signs in where the city's staff have their accounts.

Authlib does what is to be done: discovery, the authorization code with PKCE, state and nonce, and
the check of the token. The issuer is asked for the first time when somebody signs in.
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
"""Longest time to wait for the issuer."""

_oauth = OAuth()

_FAILURES = (AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError)


@dataclass(frozen=True)
class Known:
    """Who somebody is elsewhere: subject for good, name as it is now, perhaps empty."""

    subject: str
    name: str


def know_issuer(app: Flask) -> None:
    """Let staff sign in at the issuer that the settings name, if they name one."""
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
    """Give what the button says; empty where there is no issuer."""
    settings = current_app.config
    return str(settings["OPEN311_OIDC_LABEL"]) if settings["OPEN311_OIDC_ISSUER"] else ""


def lead_there(back: str) -> Response:
    """Lead to the issuer, and from there to an address of ours; raises SignInRefused."""
    try:
        response: Response = _oauth.staff.authorize_redirect(back)
    except _FAILURES:
        raise SignInRefused(ACCOUNT_SILENT, account=label()) from None
    return response


def come_back() -> Known:
    """Give who came back from the issuer; raises SignInRefused where that cannot be told."""
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
