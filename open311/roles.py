"""What members of staff may do, by role."""

from typing import Protocol

WORKS_ON: dict[str, frozenset[str]] = {
    "viewer": frozenset(),
    "department": frozenset({"own"}),
    "dispatcher": frozenset({"own", "others"}),
    "administrator": frozenset({"own", "others"}),
}
"""Whose service requests each role may work on: those of its own department, and of others."""


class Member(Protocol):
    """A member of staff, as far as what they may do depends on it."""

    @property
    def role(self) -> str:
        """One of WORKS_ON."""

    @property
    def department_id(self) -> int | None:
        """The department of those of role department."""


def may_work(member: Member, department_id: int) -> bool:
    """Tell whether someone may work on a service request that is with a department."""
    allowed = WORKS_ON[member.role]
    return "others" in allowed or ("own" in allowed and member.department_id == department_id)
