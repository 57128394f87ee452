"""Sign-in by password, and by OpenID Connect."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, update

from open311.database import db
from open311.errors import SignInRefused
from open311.messages.people import (
    ACCOUNT_UNKNOWN_HERE,
    ACCOUNT_WITHOUT_NAME,
    SIGN_IN_LOCKED,
    SIGN_IN_WRONG,
)
from open311.models import User
from open311.operations.transaction import operation
from open311.passwords import hash_of_nobody, is_password
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.users import UserInfo, find_user, find_user_by_subject

MOST_FAILURES = 10

LOCKED_FOR = timedelta(minutes=15)


def sign_in(name: str, password: str) -> UserInfo:
    """Check a password and return its user; raises SignInRefused.

    After MOST_FAILURES in a row, sign-in with this name is locked for some time. The response does
    not reveal whether a name exists.
    """
    user = find_user(name.lower())
    now = datetime.now(UTC)
    if user is not None and user.locked_until is not None and user.locked_until > now:
        raise SignInRefused(SIGN_IN_LOCKED, time=_local(user, user.locked_until))
    right = is_password((user and user.password_hash) or hash_of_nobody(), password)
    if user is None:
        raise SignInRefused(SIGN_IN_WRONG)
    _count(user, now, right=right)
    if not right or user.password_hash is None or user.disabled_at is not None:
        raise SignInRefused(SIGN_IN_WRONG)
    return user


def _local(user: UserInfo, moment: datetime) -> datetime:
    return moment.astimezone(get_jurisdiction(user.jurisdiction_id).zone)


@operation
def _count(user: UserInfo, now: datetime, *, right: bool) -> None:
    failures = User.failed_sign_ins + 1
    locks = failures >= MOST_FAILURES
    failed = {
        "failed_sign_ins": case((locks, 0), else_=failures),
        "locked_until": case((locks, now + LOCKED_FOR), else_=None),
    }
    values = {"failed_sign_ins": 0, "locked_until": None} if right else failed
    db.session.execute(update(User).where(User.id == user.id).values(values))


@operation
def sign_in_elsewhere(subject: str, name: str) -> UserInfo:
    """Return the user with an OpenID Connect subject; raises SignInRefused.

    subject is the issuer and its subject identifier, which never changes. At the first sign-in, the
    subject is linked to the user of this name, if that user has no password and no subject yet. So
    nobody can become another user by choosing the same name at the provider.
    """
    user = find_user_by_subject(subject)
    if user is None:
        user = _first_time(subject, name)
    if user.disabled_at is not None:
        raise _unknown(name)
    return user


def _first_time(subject: str, name: str) -> UserInfo:
    mine = (User.name == name.lower()) & User.password_hash.is_(None)
    statement = (
        update(User)
        .where(mine, User.openid_subject.is_(None), User.disabled_at.is_(None))
        .values(openid_subject=subject)
    )
    taken = db.session.execute(statement.returning(User.id)).all()
    user = find_user(name.lower()) if taken else None
    if user is None:
        raise _unknown(name)
    return user


def _unknown(name: str) -> SignInRefused:
    if not name:
        return SignInRefused(ACCOUNT_WITHOUT_NAME)
    return SignInRefused(ACCOUNT_UNKNOWN_HERE, name=name[:100])
