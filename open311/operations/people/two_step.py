"""Two-step sign-in: turned on, turned off, and its codes used up."""

from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.types import LargeBinary

from open311.database import db
from open311.errors import Conflict, SignInRefused
from open311.messages.people import (
    CODE_WRONG,
    PASSWORD_ELSEWHERE,
    TWO_STEP_OFF,
    TWO_STEP_ON,
)
from open311.models import User
from open311.operations.transaction import operation
from open311.queries.people.users import UserInfo, get_user
from open311.totp import DIGITS, hash_of_code, new_recovery_code, step_of_code, tidy_code

RECOVERY_CODES = 10


@operation
def turn_two_step_on(user: UserInfo, secret: str, code: str) -> list[str]:
    """Store the key of an app after a code of it, and return the recovery codes.

    Raises Conflict for a wrong code, for a user without a password, and if it is on.
    """
    if user.password_hash is None:
        raise Conflict(PASSWORD_ELSEWHERE)
    step = step_of_code(secret, tidy_code(code), -1)
    if step is None:
        raise Conflict(CODE_WRONG, field="code")
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    statement = (
        update(User)
        .where(User.id == user.id, User.totp_secret.is_(None), User.password_hash.is_not(None))
        .values(
            totp_secret=secret, totp_last_step=step, recovery_hashes=list(map(hash_of_code, codes))
        )
    )
    if not db.session.execute(statement.returning(User.id)).all():
        raise Conflict(TWO_STEP_ON)
    return codes


@operation
def turn_two_step_off(jurisdiction_id: str, name: str) -> None:
    """Forget the app and the recovery codes of a user; raises NotFound, and Conflict if off."""
    user = get_user(jurisdiction_id, name)
    if not user.two_step:
        raise Conflict(TWO_STEP_OFF, name=name)
    nothing: dict[str, Any] = {"totp_secret": None, "totp_last_step": None, "recovery_hashes": []}
    db.session.execute(update(User).where(User.id == user.id).values(nothing))


@operation
def use_code(user: UserInfo, code: str) -> None:
    """Use up a code of the app or a recovery code; raises SignInRefused if it is wrong or used."""
    typed = tidy_code(code)
    used = _use_recovery_code(user, typed) if len(typed) > DIGITS else _use_totp(user, typed)
    if not used:
        raise SignInRefused(CODE_WRONG, field="code")


def _use_totp(user: UserInfo, typed: str) -> bool:
    stored = select(User.totp_secret, User.totp_last_step).where(User.id == user.id)
    secret, last = db.session.execute(stored.with_for_update()).one()
    step = None if secret is None or last is None else step_of_code(secret, typed, last)
    if step is None:
        return False
    db.session.execute(update(User).where(User.id == user.id).values(totp_last_step=step))
    return True


def _use_recovery_code(user: UserInfo, typed: str) -> bool:
    hash_ = literal(hash_of_code(typed), LargeBinary)
    left = func.array_remove(User.recovery_hashes, hash_)
    statement = (
        update(User)
        .where(User.id == user.id, User.recovery_hashes.any(hash_))
        .values(recovery_hashes=left)
    )
    return bool(db.session.execute(statement.returning(User.id)).all())
