"""Users and API keys."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.rights import RIGHT_CODES

ROLES = ("viewer", "department", "dispatcher", "administrator")


class User(Base):
    """A staff user. Only the Argon2 hash of the password is stored.

    Users of OpenID Connect have no password; openid_subject is their subject at the issuer, stored
    at the first sign-in. Only the role department has a department, and works on its requests.
    failed_sign_ins counts failures since the last success; the user is locked until locked_until.
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
    """An API key of one jurisdiction. Only the SHA-256 of the key is stored.

    rights are codes of RIGHTS. name identifies the app: a key with the name of a revoked one
    continues its work.
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
        CheckConstraint(
            f"rights <@ ARRAY{list(RIGHT_CODES)}::text[] AND cardinality(rights) > 0",
            name="rights_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    rights: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
