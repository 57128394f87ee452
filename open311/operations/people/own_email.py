"""The address of a user, changed by that user, who confirms the new one with a secret link."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table, tells
from open311.errors import Conflict, NotFound
from open311.messages.people import EMAIL_BY_ADMINISTRATOR, EMAIL_LINK_USED, EMAIL_TAKEN
from open311.models import User, UserLink
from open311.operations.transaction import operation
from open311.queries.people.users import UserInfo, link_works
from open311.queries.telling.staff import list_users_to_tell
from open311.secret_links import hash_of_token
from open311.steps.people import end_links, new_link
from open311.steps.telling.staff_messages import store_staff_message
from schemas.vocabulary.notices import EMAIL_CHANGE, EMAIL_CHANGED


@operation
def ask_for_email(user: UserInfo, email: str, secret_key: str) -> None:
    """Send a link to an address that a user wants; the former link ends.

    Raises Conflict if another user has the address, and without a mail server.
    """
    _check_sending()
    if db.session.scalar(select(User.id).where(User.email == email, User.id != user.id)):
        raise Conflict(EMAIL_TAKEN, field="email")
    end_links(user.id, EMAIL_CHANGE)
    if email == user.email:
        return
    now = datetime.now(UTC).replace(microsecond=0)
    row = new_link(secret_key, EMAIL_CHANGE, now) | {"user_id": user.id, "email": email}
    db.session.execute(insert(table(UserLink)), row)
    for to in list_users_to_tell(User.id == user.id, email=_column_of(row["id"])):
        store_staff_message(to, EMAIL_CHANGE, now, user_link_id=row["id"])


@operation
def remove_own_email(user: UserInfo, secret_key: str) -> None:
    """Let a user have no address, and report it to the former one; raises Conflict without mail."""
    _check_sending()
    now = datetime.now(UTC).replace(microsecond=0)
    former = _lock(user.id)
    db.session.execute(update(User).where(User.id == user.id).values(email=None))
    end_links(user.id)
    if former is not None:
        row = new_link(secret_key, EMAIL_CHANGE, now)
        row |= {"user_id": user.id, "used_at": now, "former_email": former}
        db.session.execute(insert(table(UserLink)), row)
        _report(user.id, row["id"], now)


@operation
def confirm_email(token: str) -> str:
    """Store the address that a secret link confirms, and return the name of the user.

    The former address gets a notice, and all other links of the user end. Raises NotFound if the
    link does not work any more, and Conflict if another user has the address by now.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    taken = (
        update(UserLink)
        .where(UserLink.token_hash == hash_of_token(token), link_works(EMAIL_CHANGE))
        .values(used_at=now)
        .returning(UserLink.id, UserLink.user_id, UserLink.email)
    )
    link = db.session.execute(taken).one_or_none()
    usable = User.disabled_at.is_(None)
    name = link and db.session.scalar(select(User.name).where(User.id == link.user_id, usable))
    if link is None or name is None:
        raise NotFound(EMAIL_LINK_USED)
    former = _lock(link.user_id)
    try:
        mine = update(User).where(User.id == link.user_id)
        db.session.execute(mine.values(email=link.email))
    except IntegrityError:
        raise Conflict(EMAIL_TAKEN, field="email") from None
    end_links(link.user_id)
    if former is not None:
        kept = update(UserLink).where(UserLink.id == link.id)
        db.session.execute(kept.values(former_email=former))
        _report(link.user_id, link.id, now)
    return str(name)


def _check_sending() -> None:
    if not tells():
        raise Conflict(EMAIL_BY_ADMINISTRATOR, field="email")


def _lock(user_id: int) -> str | None:
    """Return the present address of a user, whose row is locked until the commit."""
    row = select(User.email).where(User.id == user_id).with_for_update(key_share=True)
    return db.session.scalar(row)


def _column_of(link_id: int) -> ColumnElement[str | None]:
    return select(UserLink.email).where(UserLink.id == link_id).scalar_subquery()


def _report(user_id: int, link_id: int, now: datetime) -> None:
    """Send a notice to the former address, which the link keeps."""
    former = select(UserLink.former_email).where(UserLink.id == link_id).scalar_subquery()
    for to in list_users_to_tell(User.id == user_id, email=former):
        store_staff_message(to, EMAIL_CHANGED, now, user_link_id=link_id)
