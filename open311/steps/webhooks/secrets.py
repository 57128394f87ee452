"""Secrets that sign messages: created, encrypted, and read (Standard Webhooks 1.0.0)."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from open311.database import db
from open311.encryption import Unreadable, decrypt, encrypt
from open311.errors import Conflict
from open311.messages.webhooks import WEBHOOK_SECRET_UNREADABLE, WEBHOOKS_CLOSED
from open311.models import WebhookEndpoint

_PURPOSE = "webhook secret"
_BYTES = 32


def new_secret() -> str:
    """Return a new secret, as receivers enter it: whsec_ and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def encrypted_secret(secret_key: str, secret: str) -> bytes:
    """Return what is stored of a secret; raises Conflict if OPEN311_SECRET_KEY is not set."""
    try:
        return encrypt(secret_key, _PURPOSE, secret)
    except Unreadable:
        raise Conflict(WEBHOOKS_CLOSED) from None


def read_secrets(secret_key: str, endpoint_id: int, now: datetime) -> Sequence[str]:
    """Return the secret of an endpoint, and the previous one while it is valid.

    Raises Conflict if they were encrypted with another OPEN311_SECRET_KEY.
    """
    row = db.session.execute(
        select(
            WebhookEndpoint.secret, WebhookEndpoint.previous_secret, WebhookEndpoint.previous_until
        ).where(WebhookEndpoint.id == endpoint_id)
    ).one()
    stored = [row.secret]
    if row.previous_secret is not None and row.previous_until > now:
        stored.append(row.previous_secret)
    try:
        return [decrypt(secret_key, _PURPOSE, one) for one in stored]
    except Unreadable:
        raise Conflict(WEBHOOK_SECRET_UNREADABLE) from None
