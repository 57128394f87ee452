"""What makes a POST a repetition: its Idempotency-Key, or all that it says."""

import json
from collections.abc import Iterable
from hashlib import sha256

from flask import request

from open311.errors import InvalidParameters
from open311.messages.submissions import IDEMPOTENCY_KEY_INVALID
from open311.queries.jurisdictions import Scope
from open311.queries.requests.receipts import Sending
from open311.web.auth import Sender
from open311.web.bodies import SentFile, sent
from schemas.base import Values

MOST_CHARACTERS = 255
"""Of an Idempotency-Key."""


def sending_at_hand(values: Values, jurisdiction: Scope, owner: Sender) -> Sending:
    """Describe the HTTP request at hand, so that a repetition of it can be told.

    Raises InvalidParameters for an Idempotency-Key that cannot be one.
    """
    return Sending(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        sandbox=jurisdiction.sandbox,
        api_key_id=owner.api_key_id,
        idempotency_key=idempotency_key(request.headers.get("Idempotency-Key", "")),
        fingerprint=fingerprint(
            values, sent().files, salt=f"{jurisdiction.jurisdiction_id} {owner.api_key_id}"
        ),
    )


def idempotency_key(header: str) -> str | None:
    """Check what the header holds; an empty one is as good as none. Raises InvalidParameters."""
    key = header.strip()
    if len(key) > MOST_CHARACTERS or not key.isascii() or not key.isprintable():
        raise InvalidParameters(IDEMPOTENCY_KEY_INVALID, limit=MOST_CHARACTERS)
    return key or None


def fingerprint(values: Values, files: Iterable[SentFile], *, salt: str) -> bytes:
    """Give the SHA-256 of a report: all parameters in whatever order but api_key, and all files.

    The values of one parameter keep their order. The salt is who sent it where, so that equal
    reports of different apps have different fingerprints. As it covers the whole report at once,
    a name or an address cannot be read from it in practice: all the rest would have to be known.
    """
    parameters = sorted((name, list(texts)) for name, texts in values.items() if name != "api_key")
    digests = sorted((file.parameter, sha256(file.content).hexdigest()) for file in files)
    return sha256(json.dumps([salt, parameters, digests]).encode()).digest()
