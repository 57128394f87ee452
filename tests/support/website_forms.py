"""Fields of the website's forms that a browser fills in: when it was opened, and proof of work."""

import base64
import hmac
import json
import time
from hashlib import sha256
from typing import Any

import altcha
import requests
from itsdangerous import Signer
from servers import PATIENCE

from open311.web.proof_of_work import NUMBERS


def opened(secret: str, seconds_ago: float = 60) -> str:
    """Return the field that tells when a form was opened, for a server with this secret."""
    key = hmac.new(secret.encode(), b"derived key\0form opened", sha256).digest()
    return Signer(key).sign(str(round((time.time() - seconds_ago) * 1000))).decode()


def proof(address: str) -> str:
    """Return a solved challenge of a server."""
    return solved(requests.get(f"{address}/report/challenge", timeout=PATIENCE).json())


def solved(challenge: dict[str, Any], **differing: Any) -> str:
    """Return the proof for a challenge; differing are parameters that are changed after it.

    No number before those that can solve it is tried, as a browser has to.
    """
    known = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(known, counter_start=NUMBERS.start)
    assert solution is not None
    parameters = {**challenge["parameters"], **differing}
    payload = {
        "challenge": {**challenge, "parameters": parameters},
        "solution": solution.to_dict(),
    }
    return base64.b64encode(json.dumps(payload).encode()).decode()
