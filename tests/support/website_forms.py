"""Fields of the website's forms that a browser fills in: when it was opened, and proof of work."""

import base64
import hmac
import json
import time
from hashlib import sha256

import altcha
import requests
from itsdangerous import Signer
from servers import PATIENCE


def opened(secret: str, seconds_ago: float = 60) -> str:
    """Return the field that tells when a form was opened, for a server with this secret."""
    key = hmac.new(secret.encode(), b"derived key\0form opened", sha256).digest()
    return Signer(key).sign(str(round((time.time() - seconds_ago) * 1000))).decode()


def proof(address: str) -> str:
    """Return a solved challenge of a server."""
    challenge = requests.get(f"{address}/report/challenge", timeout=PATIENCE).json()
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    payload = {"challenge": challenge, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()
