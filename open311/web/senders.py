"""Who sends an HTTP request, as far as counters need to know: an address, without a name."""

import hmac
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app, request


def client_network() -> str:
    """Return the address of the client; of IPv6 the network, which one client has to itself."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return text


def derived_key(purpose: str) -> bytes:
    """Return a key for one purpose, derived from OPEN311_SECRET_KEY (HMAC-SHA-256, RFC 2104)."""
    secret = str(current_app.config["OPEN311_SECRET_KEY"])
    return hmac.new(secret.encode(), b"derived key\0" + purpose.encode(), sha256).digest()


def sender_digests() -> tuple[bytes, bytes]:
    """Return keyed hashes of the client's address: with the key of today (UTC), and of yesterday.

    Only the first is stored. It tells the same sender apart for a day and a night, and means
    nothing afterward.
    """
    today = datetime.now(UTC).date()
    return _digest_on(today), _digest_on(today - timedelta(days=1))


def _digest_on(day: date) -> bytes:
    key = derived_key(f"address {day.isoformat()}")
    return hmac.new(key, client_network().encode(), sha256).digest()
