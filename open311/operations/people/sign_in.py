"""Sign-in by password and by OpenID Connect, and sessions."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from open311.database import db, table
from open311.errors import SignInRefused
from open311.messages.people import ACCOUNT_UNKNOWN_HERE, ACCOUNT_WITHOUT_NAME, SIGN_IN_WRONG
from open311.models import User, UserSession
from open311.operations.transaction import operation
from open311.passwords import hash_of_nobody, is_password
from open311.queries.people.users import (
    UserInfo,
    find_user,
    find_user_by_subject,
    hash_of_token,
    name_key,
)
from open311.steps.people import drop_sessions

LONGEST_SESSION = timedelta(hours=12)
"""A session ends this long after the sign-in (NIST SP 800-63B, 4.2.3)."""


def sign_in(name: str, password: str) -> UserInfo:
    """Check a password and return its user; raises SignInRefused.

    The error is the same whether the name does not exist, the user is disabled or has no password,
    or the password is wrong, and a password is always hashed, so that it takes the same time.
    """
    user = find_user(name)
    right = is_password((user and user.password_hash) or hash_of_nobody(), password)
    if user is None or not right or user.password_hash is None or user.disabled_at is not None:
        raise SignInRefused(SIGN_IN_WRONG)
    return user


LONGEST_DEVICE = 200


@operation
def start_session(user: UserInfo, device: str = "") -> str:
    """Start a session, and return its token for the cookie.

    device is what the browser calls itself. Raises SignInRefused if the user was disabled or got
    another password after user was read: the row is locked, so that a session cannot start while
    all are ended.
    """
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    unchanged = (
        update(User)
        .where(
            User.id == user.id,
            User.disabled_at.is_(None),
            User.password_hash.is_not_distinct_from(user.password_hash),
        )
        .values(last_sign_in_at=now)
    )
    if db.session.scalar(unchanged.returning(User.id)) is None:
        raise SignInRefused(SIGN_IN_WRONG)
    row = {
        "device": device[:LONGEST_DEVICE],
        "token_hash": hash_of_token(token),
        "user_id": user.id,
        "created_at": now,
        "expires_at": now + LONGEST_SESSION,
    }
    db.session.execute(insert(table(UserSession)), row)
    return token


@operation
def end_session(token: str) -> None:
    """End a session, if it has not ended."""
    statement = delete(UserSession).where(UserSession.token_hash == hash_of_token(token))
    db.session.execute(statement)


@operation
def end_all_sessions(user: UserInfo) -> None:
    """End all sessions of a user. One that starts at the same time may stay."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    drop_sessions(user.id)


@operation
def end_session_of(user_id: int, token_hash: bytes) -> None:
    """End one session of a user, if it has not ended."""
    one = delete(UserSession).where(
        UserSession.user_id == user_id, UserSession.token_hash == token_hash
    )
    db.session.execute(one)


@operation
def end_other_sessions(user: UserInfo, token_hash: bytes) -> None:
    """End all sessions of a user except one. One that starts at the same time may stay."""
    others = delete(UserSession).where(
        UserSession.user_id == user.id, UserSession.token_hash != token_hash
    )
    db.session.execute(others)


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
    mine = (User.name_key == name_key(name)) & User.password_hash.is_(None)
    statement = (
        update(User)
        .where(mine, User.openid_subject.is_(None), User.disabled_at.is_(None))
        .values(openid_subject=subject)
    )
    taken = db.session.execute(statement.returning(User.id)).all()
    user = find_user(name) if taken else None
    if user is None:
        raise _unknown(name)
    return user


def _unknown(name: str) -> SignInRefused:
    if not name:
        return SignInRefused(ACCOUNT_WITHOUT_NAME)
    return SignInRefused(ACCOUNT_UNKNOWN_HERE, name=name[:100])
