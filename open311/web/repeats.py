"""Detection of retries of a POST, by Idempotency-Key or by content."""

import json
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from flask import current_app, request

from open311.errors import InvalidParameters
from open311.messages.submissions import IDEMPOTENCY_KEY_INVALID
from open311.queries.jurisdictions import Scope
from open311.queries.requests.receipts import Sending
from open311.web.auth import Sender
from open311.web.bodies import SentFile, sent
from schemas.base import Values

MOST_CHARACTERS = 255
"""Limit of an Idempotency-Key."""


def sending_at_hand(values: Values, jurisdiction: Scope, owner: Sender) -> Sending:
    """Describe the current HTTP request, so that a retry can be detected.

    Raises InvalidParameters for an invalid Idempotency-Key.
    """
    return Sending(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        sandbox=jurisdiction.sandbox,
        api_key_id=owner.api_key_id,
        idempotency_key=idempotency_key(request.headers.get("Idempotency-Key", "")),
        fingerprint=fingerprint(
            values, sent().files, salt=f"{jurisdiction.jurisdiction_id} {owner.api_key_id}"
        ),
        repeat_window=timedelta(seconds=current_app.config["OPEN311_REPEAT_SECONDS"]),
    )


def idempotency_key(header: str) -> str | None:
    """Return a checked Idempotency-Key; None if empty. Raises InvalidParameters."""
    key = header.strip()
    if len(key) > MOST_CHARACTERS or not key.isascii() or not key.isprintable():
        raise InvalidParameters(IDEMPOTENCY_KEY_INVALID, limit=MOST_CHARACTERS)
    return key or None


def fingerprint(values: Values, files: Iterable[SentFile], *, salt: str) -> bytes:
    """Return the SHA-256 of a submission: all parameters except api_key, and all files.

    The order of parameters does not matter; the values of one parameter keep theirs. The salt is
    the sender and the jurisdiction, so equal submissions of different apps have different
    fingerprints. As it covers the whole submission, a name or an address cannot be guessed from it
    in practice: all the rest would have to be known.
    """
    parameters = sorted((name, list(texts)) for name, texts in values.items() if name != "api_key")
    digests = sorted((file.parameter, sha256(file.content).hexdigest()) for file in files)
    return sha256(json.dumps([salt, parameters, digests]).encode()).digest()
