"""Signing in: the password is checked, and who tries too often has to wait."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, update

from open311.database import db
from open311.errors import SignInRefused
from open311.models import User
from open311.passwords import hash_of_nobody, is_password
from open311.queries.users import UserInfo, find_user

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)

REFUSED = "The name or the password is wrong."


def sign_in(name: str, password: str) -> UserInfo:
    """Check a password and give its user; raises SignInRefused.

    After MOST_FAILURES in a row nobody gets in with this name for some time. Whether a name is
    known cannot be told from the answer.
    """
    user = find_user(name.lower())
    now = datetime.now(UTC)
    if user is not None and user.locked_until is not None and user.locked_until > now:
        raise SignInRefused(
            f"There were too many wrong passwords for this name: try again after "
            f"{user.locked_until:%H:%M} UTC."
        )
    right = is_password((user and user.password_hash) or hash_of_nobody(), password)
    if user is None:
        raise SignInRefused(REFUSED)
    _count(user, now, right=right)
    if not right or user.password_hash is None or user.disabled_at is not None:
        raise SignInRefused(REFUSED)
    return user


def _count(user: UserInfo, now: datetime, *, right: bool) -> None:
    failures = User.failed_sign_ins + 1
    locks = failures >= MOST_FAILURES
    failed = {
        "failed_sign_ins": case((locks, 0), else_=failures),
        "locked_until": case((locks, now + LOCKED_FOR), else_=None),
    }
    values = {"failed_sign_ins": 0, "locked_until": None} if right else failed
    db.session.execute(update(User).where(User.id == user.id).values(values))
    db.session.commit()
