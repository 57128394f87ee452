"""Codes of an authenticator app (TOTP, RFC 6238), and recovery codes."""

import secrets
import time
from hashlib import sha256
from hmac import compare_digest

import pyotp

DIGITS = 6  # of a code; a recovery code has more

SECONDS = 30  # for which a code is shown

# A clock may be wrong by one code, and typing takes time.
_STEPS_AROUND = (0, -1, 1)

_BYTES = 10  # of a recovery code, too many to guess, so that a plain hash is enough


def new_totp_secret() -> str:
    """Return a new key for an authenticator app, in base32."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str, city: str) -> str:
    """Return the otpauth address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=city)


def step_of_code(secret: str, typed: str, last: int) -> int | None:
    """Return the time step after last whose code was typed; None if there is none.

    The steps of RFC 6238 are numbered from 1970.
    """
    now = int(time.time()) // SECONDS
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)
    steps = [now + around for around in _STEPS_AROUND]
    found = [one for one in steps if compare_digest(totp.generate_otp(one), typed)]
    return next((one for one in found if one > last), None)


def tidy_code(code: str) -> str:
    """Return a code without what people type between its parts."""
    kept = "".join(one for one in code.lower() if one.isalnum())
    return kept if kept.isascii() else ""


def new_recovery_code() -> str:
    """Return a new recovery code, in groups that are easy to type."""
    digits = secrets.token_hex(_BYTES)
    return "-".join(digits[start : start + 5] for start in range(0, len(digits), 5))


def hash_of_code(code: str) -> bytes:
    """Return what is stored of a recovery code."""
    return sha256(tidy_code(code).encode()).digest()
