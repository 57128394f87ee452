"""The email address of a user, and the emails that the user wants."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from open311.database import db, tells
from open311.errors import Conflict
from open311.messages.people import EMAIL_NEEDED, EMAIL_TAKEN
from open311.messages.telling import MAIL_OFF
from open311.models import User
from open311.operations.transaction import operation
from open311.queries.people.users import get_user
from open311.queries.telling.staff import list_users_to_tell
from open311.steps.people import end_links
from open311.steps.telling.staff_messages import store_staff_message
from schemas.vocabulary.notices import TEST


@operation
def change_email(jurisdiction_id: str, name: str, email: str | None) -> None:
    """Store the address of a user, in lower case, or none; links sent to the former one end.

    Raises NotFound, and Conflict if another user has the address.
    """
    user = get_user(jurisdiction_id, name)
    if user.email == email:
        return
    try:
        db.session.execute(update(User).where(User.id == user.id).values(email=email))
    except IntegrityError:
        raise Conflict(EMAIL_TAKEN, field="email") from None
    end_links(user.id)


@operation
def choose_notices(user_id: int, language: str, notices: Mapping[str, str]) -> None:
    """Store the language of emails to a user, and choices of USUAL_OF_USERS."""
    values = {"language": language, "notices": dict(notices)}
    db.session.execute(update(User).where(User.id == user_id).values(values))


@operation
def send_test(user_id: int, name: str) -> None:
    """Send a test email to a user; raises Conflict without an address, or without a mail server."""
    if not tells():
        raise Conflict(MAIL_OFF)
    found = list_users_to_tell(User.id == user_id)
    if not found:
        raise Conflict(EMAIL_NEEDED, name=name)
    store_staff_message(found[0], TEST, datetime.now(UTC))
