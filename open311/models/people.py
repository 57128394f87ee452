"""Users and API keys: who may sign in and who may submit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

ROLES = ("viewer", "department", "dispatcher", "administrator")


class User(Base):
    """Someone who signs in with a name and a password, of which only the Argon2 hash is stored.

    Who signs in elsewhere, by OpenID Connect, has no password here; openid_subject is who they are
    there, from the first time on.

    Those of role department work on what is with their department, and only they have one.
    failed_sign_ins counts those since the last success; until locked_until none is tried.
    """

    __tablename__ = "users"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint(f"role IN {ROLES}", name="role_known"),
        CheckConstraint(
            "(role = 'department') = (department_id IS NOT NULL)", name="department_of_its_role"
        ),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._@+-]*$'", name="name_form"),
        CheckConstraint("failed_sign_ins >= 0", name="failed_sign_ins_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    department_id: Mapped[int | None]
    password_hash: Mapped[str | None]
    openid_subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int]
    locked_until: Mapped[datetime | None]


class ApiKey(Base):
    """Permission to post in one jurisdiction. Only the SHA-256 of the key is stored.

    staff keys also read what only staff may, such as why a report went where it went.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "uq_api_keys_name_in_use",
            "jurisdiction_id",
            "name",
            unique=True,
            postgresql_where="revoked_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    staff: Mapped[bool]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
