"""What a user may do, and whether they may sign in; somebody can always change it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from open311.database import db
from open311.errors import Conflict
from open311.models import ServiceRequest, User
from open311.operations.create_user import department_of_role
from open311.operations.lock_changes import lock_changes
from open311.operations.store_work_step import store_work_step
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.rerouting import still_open
from open311.queries.users import UserInfo, get_user


def change_role(
    jurisdiction_id: str, name: str, role: str, department: str | None, made_by: str
) -> None:
    """Give a user another role, with a department by its code where the role is department.

    What they had in hand is nobody's then. made_by is who does it.
    Raises NotFound for the user or the department, InvalidParameters where role and department
    do not belong together, and Conflict where nobody would be left who runs the city.
    """
    user = get_user(jurisdiction_id, name)
    department_id = department_of_role(jurisdiction_id, role, department)
    _store(user, role=role, department_id=department_id)
    _release(user, made_by)
    db.session.commit()


def disable_user(jurisdiction_id: str, name: str, made_by: str) -> None:
    """Let a user sign in no more; raises NotFound, and Conflict if it is so already.

    What they had in hand is nobody's then. made_by is who does it.
    Conflict, too, where nobody would be left who runs the city.
    """
    user = get_user(jurisdiction_id, name)
    if user.disabled_at is not None:
        raise Conflict(f"User {name!r} is disabled already.")
    _store(user, disabled_at=datetime.now(UTC))
    _release(user, made_by)
    db.session.commit()


def enable_user(jurisdiction_id: str, name: str) -> None:
    """Let a user sign in again; raises NotFound, and Conflict if they may."""
    user = get_user(jurisdiction_id, name)
    if user.disabled_at is None:
        raise Conflict(f"User {name!r} is in use already.")
    _store(user, disabled_at=None)
    db.session.commit()


def _release(user: UserInfo, made_by: str) -> None:
    """Take what someone has in hand out of their hands, on record; the caller commits."""
    lock_changes(get_jurisdiction(user.jurisdiction_id))
    theirs = (
        update(ServiceRequest)
        .where(ServiceRequest.assigned_user_id == user.id, still_open())
        .values(assigned_user_id=None)
        .returning(ServiceRequest.pk)
    )
    for pk in db.session.scalars(theirs).all():
        store_work_step(pk, "released", "", made_by)


def _store(user: UserInfo, **columns: Any) -> None:
    """Change a user, unless that leaves no administrator; the caller commits.

    Administrators are locked first, so that two of them cannot give up at the same time.
    """
    administrators = select(User.id).where(
        User.jurisdiction_id == user.jurisdiction_id,
        User.role == "administrator",
        User.disabled_at.is_(None),
    )
    before = db.session.scalars(
        administrators.order_by(User.id).with_for_update(key_share=True)
    ).all()
    db.session.execute(update(User).where(User.id == user.id).values(**columns))
    if before and not db.session.scalars(administrators).first():
        db.session.rollback()
        raise Conflict(f"User {user.name!r} is the last administrator: make another one first.")
