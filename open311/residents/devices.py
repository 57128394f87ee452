"""The device that joins a request ("me too"), by a cookie that nothing else uses."""

import base64
import hmac
import re
from hashlib import sha256

from flask import request
from werkzeug.wrappers import Response

from open311.web.senders import derived_key, sender_digests

COOKIE = "device"

A_YEAR = 365 * 24 * 3600  # seconds

_NAME = re.compile(r"[A-Za-z0-9_-]{22}")


def device() -> str:
    """Return the name of the device: that of its cookie, or else a new one.

    A new one is derived from today's address and the browser, so that several taps at once, and
    those of a browser that keeps no cookies, are of one device.
    """
    known = request.cookies.get(COOKIE, "")
    if _NAME.fullmatch(known):
        return known
    seen = sender_digests()[0] + request.user_agent.string.encode("utf-8", "replace")
    digest = hmac.new(derived_key("device"), seen, sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode("ascii").rstrip("=")


def remember(response: Response, name: str) -> Response:
    """Add the cookie of a device to a response."""
    response.set_cookie(
        COOKIE, name, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response
