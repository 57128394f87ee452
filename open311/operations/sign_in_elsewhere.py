"""Signing in as someone whom another server knows: by OpenID Connect."""

from sqlalchemy import update

from open311.database import db
from open311.errors import SignInRefused
from open311.models import User
from open311.queries.users import UserInfo, find_user, find_user_by_subject


def sign_in_elsewhere(subject: str, name: str) -> UserInfo:
    """Give the user who is subject elsewhere; raises SignInRefused.

    subject is the issuer and who it says it is, which stays the same for good. The first time, the
    user of this name is theirs, if it was made without a password and nobody has had it yet: nobody
    becomes another user by taking their name elsewhere.
    """
    user = find_user_by_subject(subject)
    if user is None:
        user = _first_time(subject, name)
    if user.disabled_at is not None:
        raise _unknown(name)
    db.session.commit()
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
    called = f" as {name[:100]}" if name else ""
    return SignInRefused(
        f"You are signed in there{called}, and nobody here is known by that: ask an administrator."
    )
