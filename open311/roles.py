"""Permissions of staff, by role."""

from typing import Protocol

WORKS_ON: dict[str, frozenset[str]] = {
    "viewer": frozenset(),
    "department": frozenset({"own"}),
    "dispatcher": frozenset({"own", "others"}),
    "administrator": frozenset({"own", "others"}),
}
"""Requests each role may work on: those of its own department, and those of others."""


WITH_WORK = tuple(role for role, allowed in WORKS_ON.items() if allowed)
"""Roles that work on requests, and so may enter them."""


class Member(Protocol):
    """A user, with the attributes that decide permissions."""

    @property
    def role(self) -> str:
        """A key of WORKS_ON."""

    @property
    def department_id(self) -> int | None:
        """The department of a user whose role is department."""


def may_work(member: Member, department_id: int) -> bool:
    """Return whether a user may work on a service request of a department."""
    allowed = WORKS_ON[member.role]
    return "others" in allowed or ("own" in allowed and member.department_id == department_id)
