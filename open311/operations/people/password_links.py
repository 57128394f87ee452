"""Secret links with which users set a password: invitations, and forgotten passwords.

Each works once. Two-step sign-in stays as it is, so that a mailbox alone opens no account that has
it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, insert, literal, select, update
from sqlalchemy.dialects.postgresql import TIMESTAMP

from open311.database import db, table, tells
from open311.errors import Conflict, NotFound
from open311.messages.people import (
    EMAIL_NEEDED,
    NO_PASSWORD_HERE,
    PASSWORD_LINK_USED,
    USER_DISABLED,
)
from open311.messages.telling import MAIL_OFF
from open311.models import Message, User, UserLink
from open311.operations.transaction import operation
from open311.queries.people.users import get_user, link_works
from open311.queries.telling.staff import list_users_to_tell
from open311.secret_links import hash_of_token
from open311.steps.people import drop_sessions, end_links, hash_of_new, new_link
from open311.steps.telling.staff_messages import store_staff_message
from schemas.vocabulary.notices import INVITATION, OF_PASSWORDS, PASSWORD_RESET


@operation
def invite_user(jurisdiction_id: str, name: str, secret_key: str) -> None:
    """Send a user a link to choose a password, which ends former links.

    Raises NotFound, and Conflict without an address, for a disabled user, for one who signs in with
    the city account, and without a mail server.
    """
    user = get_user(jurisdiction_id, name)
    if not tells():
        raise Conflict(MAIL_OFF)
    if user.disabled_at is not None:
        raise Conflict(USER_DISABLED, name=user.name)
    if user.password_hash is None:
        raise Conflict(NO_PASSWORD_HERE, name=user.name)
    if user.email is None:
        raise Conflict(EMAIL_NEEDED, name=user.name)
    end_links(user.id)
    now = datetime.now(UTC)
    row = new_link(secret_key, INVITATION, now) | {"user_id": user.id}
    db.session.execute(insert(table(UserLink)), row)
    [to] = list_users_to_tell(User.id == user.id)
    store_staff_message(to, INVITATION, now, user_link_id=row["id"])


@operation
def ask_for_password(email: str, secret_key: str) -> None:
    """Send a link for a new password to the user with this address, if there is one.

    The statements are the same whether there is one or not, so that their time tells nobody.
    """
    if not tells():
        return
    now, users = datetime.now(UTC).replace(microsecond=0), table(User)
    row = new_link(secret_key, PASSWORD_RESET, now)
    who = (
        select(users.c.id, users.c.jurisdiction_id, users.c.language)
        .where(
            users.c.email == email.strip().lower(),
            users.c.disabled_at.is_(None),
            users.c.password_hash.is_not(None),
        )
        .cte("who")
    )
    links = table(UserLink).c
    columns = [literal(value, links[name].type) for name, value in row.items()]
    link = (
        insert(table(UserLink))
        .from_select([*row, "user_id"], select(*columns, who.c.id))
        .returning(links.id)
        .cte("link")
    )
    message = _reset_message(who.c, link.c, now)
    found = select(*message.values()).select_from(who.join(link, literal(True)))
    db.session.execute(insert(table(Message)).from_select(list(message), found))


def _reset_message(who: Any, link: Any, now: datetime) -> dict[str, ColumnElement[Any]]:
    """Return the columns of the message with a link, from those of its user."""
    moment = literal(now, TIMESTAMP(timezone=True))
    return {
        "jurisdiction_id": who.jurisdiction_id,
        "kind": literal(PASSWORD_RESET, String),
        "user_link_id": link.id,
        "user_id": who.id,
        "channel": literal("email", String),
        "language": who.language,
        "state": literal("waiting", String),
        "failure": literal("", String),
        "attempts": literal(0, Integer),
        "made_at": moment,
        "due_at": moment,
    }


@operation
def set_password_by_link(token: str, password: str) -> str:
    """Store the password that a user has chosen, and return the name of the user.

    All sessions and other links of the user end. Raises NotFound if the link does not work any
    more, and InvalidParameters for a short password; then the link still works.
    """
    now = datetime.now(UTC)
    taken = (
        update(UserLink)
        .where(UserLink.token_hash == hash_of_token(token), link_works(*OF_PASSWORDS))
        .values(used_at=now)
        .returning(UserLink.user_id)
    )
    user_id = db.session.scalar(taken)
    usable = User.disabled_at.is_(None) & User.password_hash.is_not(None)
    name = db.session.scalar(
        select(User.name).where(User.id == user_id, usable).with_for_update(key_share=True)
    )
    if user_id is None or name is None:
        raise NotFound(PASSWORD_LINK_USED)
    new = hash_of_new(password)
    db.session.execute(update(User).where(User.id == user_id).values(password_hash=new))
    drop_sessions(user_id)
    end_links(user_id)
    return name
