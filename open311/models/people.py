"""Users, their sessions, and API keys."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import choices_known, is_address
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.list_columns import COMFORTABLE, DENSITIES, MOST_COLUMNS
from schemas.vocabulary.notices import USUAL_OF_USERS
from schemas.vocabulary.preferences import AFTER_ACTION, STAY
from schemas.vocabulary.rights import RIGHT_CODES

ROLES = ("viewer", "department", "dispatcher", "administrator")


class User(Base):
    """A staff user. Only the Argon2 hash of the password is stored.

    Users of OpenID Connect have no password; openid_subject is their subject at the issuer, stored
    at the first sign-in. Only the role department has a department, and works on its requests.
    name_key is the name without the difference of upper and lower case, for lookups. full_name is
    that of the person; empty if it is not known.

    With two-step sign-in, totp_secret is the key of the authenticator app (RFC 6238, base32),
    totp_last_step the time step of the last code that was used, and recovery_hashes the SHA-256 of
    the recovery codes that are left.

    Emails go to email, which administrators and the user alone see, in language. notices are what
    the user has chosen of USUAL_OF_USERS.

    after_action is one of AFTER_ACTION. shortcuts says whether single keys are shortcuts.
    whole_city says whether the work queue of a user of a department shows the whole city, and
    queue_seen_at is the moment up to which the user has marked its changes as seen.
    list_columns are codes of columns, none for the usual ones; list_density is one of DENSITIES.
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
        CheckConstraint(
            "name IS NFC NORMALIZED AND name = btrim(name) AND name !~ '[[:cntrl:]:/]' "
            "AND char_length(name) BETWEEN 1 AND 100",
            name="name_form",
        ),
        CheckConstraint(
            "(totp_secret IS NULL) = (totp_last_step IS NULL) "
            "AND (totp_secret IS NOT NULL OR recovery_hashes = '{}')",
            name="totp_is_whole",
        ),
        CheckConstraint(
            "totp_secret IS NULL OR password_hash IS NOT NULL", name="totp_with_password"
        ),
        CheckConstraint(is_address("email"), name="email_form"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(choices_known(tuple(USUAL_OF_USERS)), name="notices_known"),
        CheckConstraint(
            "full_name = btrim(full_name) AND full_name !~ '[[:cntrl:]]' "
            "AND char_length(full_name) <= 100",
            name="full_name_form",
        ),
        CheckConstraint(f"after_action IN {tuple(AFTER_ACTION)}", name="after_action_known"),
        CheckConstraint(f"list_density IN {tuple(DENSITIES)}", name="list_density_known"),
        CheckConstraint(
            f"cardinality(list_columns) <= {MOST_COLUMNS}", name="list_columns_limited"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    department_id: Mapped[int | None]
    password_hash: Mapped[str | None]
    openid_subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    email: Mapped[str | None] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(server_default="en")
    notices: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    after_action: Mapped[str] = mapped_column(server_default=STAY)
    shortcuts: Mapped[bool] = mapped_column(server_default=true())
    whole_city: Mapped[bool] = mapped_column(server_default=false())
    queue_seen_at: Mapped[datetime | None]
    full_name: Mapped[str] = mapped_column(server_default="")
    last_sign_in_at: Mapped[datetime | None]
    list_columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    list_density: Mapped[str] = mapped_column(server_default=COMFORTABLE)


class UserSession(Base):
    """A sign-in of a user in one browser. Only the SHA-256 of the token in the cookie is stored.

    device is the start of what the browser calls itself (User-Agent).
    """

    __tablename__ = "user_sessions"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("length(token_hash) = 32", name="hashed"),
        CheckConstraint("char_length(device) <= 200", name="device_limited"),
        Index("ix_user_sessions_user", "user_id"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(server_default="")


KEY_KINDS = ("app", "site")


class ApiKey(Base):
    """An API key of one jurisdiction. Only the SHA-256 of the key is stored.

    kind is app, or site for the sender of what comes from the residents' website: nobody has that
    key, and there is one. rights are codes of RIGHTS. name identifies the app: a key with the name
    of a revoked one continues its work.
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
        CheckConstraint(f"kind IN {KEY_KINDS}", name="kind_known"),
        CheckConstraint("kind <> 'site' OR revoked_at IS NULL", name="site_key_stays"),
        Index("uq_api_keys_site", "jurisdiction_id", unique=True, postgresql_where="kind = 'site'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="app")
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    rights: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
