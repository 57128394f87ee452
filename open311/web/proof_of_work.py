"""Proof of work for forms of the website (ALTCHA, https://altcha.org): costly for who sends many.

A browser searches for a number by hashing again and again, while the form is filled in. The library
does not notice a solution that is used twice; the operation that stores the form does.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha

from open311.errors import ProofRefused
from open311.messages.residents import PROOF_INVALID
from open311.steps.values.submissions import Proof
from open311.web.senders import derived_key

PROOF_FIELD = "proof"
"""The form field with the solution."""

LIFETIME = timedelta(hours=2)
"""Time in which a challenge must be solved and sent."""

ALGORITHM, COST = "PBKDF2/SHA-256", 5000
"""The key derivation and its iterations: some milliseconds for each number that is tried."""

NUMBERS = range(100, 200)
"""The number that solves a challenge. Numbers are tried from 0 on, so the work is bounded."""

_LONGEST = 4000  # characters


def new_challenge() -> dict[str, Any]:
    """Return a new challenge as JSON; its signature names it."""
    now = datetime.now(UTC)
    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=secrets.choice(NUMBERS),
        expires_at=now + LIFETIME,
        hmac_secret=derived_key("challenge"),
        hmac_key_secret=derived_key("solution"),
    )
    return challenge.to_dict()


def read_proof(sent: str | None) -> Proof | None:
    """Return a sent proof of work, None without one; it may have been used before.

    Raises ProofRefused if it is not a solution, has expired, or is of another server.
    """
    if not sent:
        return None
    if len(sent) > _LONGEST or not _is_solved(sent):
        raise ProofRefused(PROOF_INVALID)
    challenge = altcha.Payload.from_base64(sent).challenge
    expires_at = challenge.parameters.expires_at
    if expires_at is None or challenge.signature is None:
        raise ProofRefused(PROOF_INVALID)
    return Proof(challenge.signature, datetime.fromtimestamp(expires_at, UTC))


def _is_solved(sent: str) -> bool:
    result = altcha.verify_solution(
        sent, derived_key("challenge"), hmac_key_secret=derived_key("solution")
    )
    return result.verified
