"""Beyond the standard: numbered changes, photos, updates, receipts, imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Held until commit, so that within a jurisdiction numbers become visible in their order: a client
# that has seen one number will never miss a lower one.
NUMBER_CHANGE = """
CREATE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.jurisdiction_id, 311));
    NEW.change_number := nextval('change_numbers');
    NEW.changed_at := clock_timestamp();
    IF NEW.public AND NEW.listed_number IS NULL THEN
        NEW.listed_number := NEW.change_number;
    END IF;
    RETURN NEW;
END
$$
"""

STATUS_FOLLOWS_HISTORY = """
CREATE OR REPLACE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    SELECT * INTO latest FROM status_changes
    WHERE service_request_pk = NEW.service_request_pk
    ORDER BY changed_at DESC, id DESC LIMIT 1;
    UPDATE service_requests
    SET status = latest.status,
        detailed_status = latest.detailed_status,
        status_notes = latest.status_notes,
        updated_datetime = latest.changed_at
    WHERE pk = NEW.service_request_pk
      AND (status, detailed_status, status_notes, updated_datetime) IS DISTINCT FROM
          (latest.status, latest.detailed_status, latest.status_notes, latest.changed_at);
    RETURN NULL;
END
$$
"""

STATUS_FOLLOWED_HISTORY = """
CREATE OR REPLACE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    SELECT * INTO latest FROM status_changes
    WHERE service_request_pk = NEW.service_request_pk
    ORDER BY changed_at DESC, id DESC LIMIT 1;
    UPDATE service_requests
    SET status = latest.status,
        status_notes = latest.status_notes,
        updated_datetime = latest.changed_at
    WHERE pk = NEW.service_request_pk
      AND (status, status_notes, updated_datetime)
          IS DISTINCT FROM (latest.status, latest.status_notes, latest.changed_at);
    RETURN NULL;
END
$$
"""

DETAILED_STATUS_KNOWN = """
    CASE status WHEN 'open' THEN detailed_status IN
        ('open', 'for_triage', 'investigating', 'planned', 'action_scheduled', 'in_progress')
    ELSE detailed_status IN
        ('closed', 'fixed', 'no_further_action', 'not_councils_responsibility', 'duplicate',
         'internal_referral', 'cancelled')
    END
"""

FILL_SERVICE_REQUESTS = """
    UPDATE service_requests
    SET sandbox = false,
        detailed_status = status,
        changed_at = updated_datetime,
        change_number = numbered.number,
        listed_number = CASE WHEN public THEN numbered.number END
    FROM (
        SELECT pk, row_number() OVER (ORDER BY updated_datetime, pk) AS number
        FROM service_requests
    ) AS numbered
    WHERE numbered.pk = service_requests.pk
"""

FILL_STATUS_CHANGES = """
    UPDATE status_changes
    SET detailed_status = status,
        opening = id = (
            SELECT min(id) FROM status_changes AS steps
            WHERE steps.service_request_pk = status_changes.service_request_pk
        )
"""

WORDS = (
    "to_tsvector('simple'::regconfig, description || ' ' || address_string || ' ' || "
    "coalesce(service_request_id, ''))"
)

FILLED = {
    "service_requests": ("sandbox", "detailed_status", "changed_at", "change_number"),
    "status_changes": ("detailed_status", "opening"),
}


def upgrade() -> None:
    op.execute("CREATE SEQUENCE change_numbers")
    _add_columns()
    _fill_columns()
    _replace_newest(include=["public", "sandbox", "withdrawn_at"])
    op.create_index(
        "ix_service_requests_changes", "service_requests", ["jurisdiction_id", "change_number"]
    )
    op.create_index(
        "ix_service_requests_listed", "service_requests", ["jurisdiction_id", "listed_number"]
    )
    op.create_index(
        "ix_service_requests_words", "service_requests", [sa.text(WORDS)], postgresql_using="gin"
    )
    op.create_index("ix_status_changes_time", "status_changes", ["changed_at", "id"])
    _create_tables()
    op.execute(NUMBER_CHANGE)
    op.execute(STATUS_FOLLOWS_HISTORY)
    op.execute(
        "CREATE TRIGGER number_change BEFORE INSERT OR UPDATE ON service_requests "
        "FOR EACH ROW EXECUTE FUNCTION number_change()"
    )


def _replace_newest(include: list[str]) -> None:
    op.drop_index("ix_service_requests_newest", "service_requests")
    op.create_index(
        "ix_service_requests_newest",
        "service_requests",
        ["jurisdiction_id", "requested_datetime", "pk"],
        postgresql_include=include,
    )


def _add_columns() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    second = postgresql.TIMESTAMP(timezone=True, precision=0)
    for column in (
        sa.Column("sandbox", sa.Boolean()),
        sa.Column("withdrawn_at", second),
        sa.Column("change_number", sa.BigInteger()),
        sa.Column("listed_number", sa.BigInteger()),
        sa.Column("changed_at", moment),
        sa.Column("detailed_status", sa.String()),
    ):
        op.add_column("service_requests", column)
    op.add_column("status_changes", sa.Column("detailed_status", sa.String()))
    op.add_column("status_changes", sa.Column("opening", sa.Boolean()))


def _fill_columns() -> None:
    op.execute(FILL_SERVICE_REQUESTS)
    op.execute("SELECT setval('change_numbers', max(change_number)) FROM service_requests")
    op.execute("ALTER TABLE status_changes DISABLE TRIGGER history_stays")
    op.execute(FILL_STATUS_CHANGES)
    op.execute("ALTER TABLE status_changes ENABLE TRIGGER history_stays")
    for table, columns in FILLED.items():
        for column in columns:
            op.alter_column(table, column, nullable=False)
        op.create_check_constraint(
            op.f(f"ck_{table}_detailed_status_known"), table, DETAILED_STATUS_KNOWN
        )


def _create_tables() -> None:
    op.create_table(
        "import_progress",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "requested_from", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False
        ),
        sa.Column("done_until", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "done_until >= requested_from", name=op.f("ck_import_progress_done_after_begin")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_import_progress_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "source", name=op.f("pk_import_progress")),
    )
    op.create_table(
        "former_ids",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("former_id", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("former_id <> ''", name=op.f("ck_former_ids_former_id_not_empty")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_former_ids_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_former_ids_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "jurisdiction_id", "source", "former_id", name=op.f("pk_former_ids")
        ),
    )
    op.create_index(
        "ix_former_ids_former_id", "former_ids", ["jurisdiction_id", "former_id"], unique=False
    )
    op.create_index(
        "ix_former_ids_service_request_pk", "former_ids", ["service_request_pk"], unique=False
    )
    op.create_table(
        "receipts",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("sandbox", sa.Boolean(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_receipts_api_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_receipts_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_receipts_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_pk", name=op.f("pk_receipts")),
    )
    op.create_index(
        "ix_receipts_fingerprint", "receipts", ["fingerprint", "received_at"], unique=False
    )
    op.create_index("ix_receipts_received_at", "receipts", ["received_at"], unique=False)
    op.create_index(
        "uq_receipts_idempotency_key",
        "receipts",
        ["jurisdiction_id", "sandbox", "api_key_id", "idempotency_key"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="idempotency_key IS NOT NULL",
    )
    op.create_table(
        "received_updates",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("status_change_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("update_id <> ''", name=op.f("ck_received_updates_update_id_not_empty")),
        sa.CheckConstraint(
            "char_length(description) <= 4000", name=op.f("ck_received_updates_description_length")
        ),
        sa.CheckConstraint(
            "token IS NOT NULL OR status_change_id IS NOT NULL",
            name=op.f("ck_received_updates_waits_or_is_accepted"),
        ),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_received_updates_api_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_received_updates_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["status_change_id"],
            ["status_changes.id"],
            name=op.f("fk_received_updates_status_change_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_updates")),
        sa.UniqueConstraint("status_change_id", name=op.f("uq_received_updates_status_change_id")),
        sa.UniqueConstraint("token", name=op.f("uq_received_updates_token")),
    )
    op.create_index(
        "uq_received_updates_update_id",
        "received_updates",
        ["service_request_pk", "api_key_id", "update_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("received_update_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(name IS NULL) = (width IS NULL) AND (name IS NULL) = (height IS NULL) "
            "AND (name IS NULL) = (size IS NULL)",
            name=op.f("ck_media_photo_is_measured"),
        ),
        sa.CheckConstraint("(url IS NULL) <> (name IS NULL)", name=op.f("ck_media_link_or_photo")),
        sa.ForeignKeyConstraint(
            ["received_update_id"],
            ["received_updates.id"],
            name=op.f("fk_media_received_update_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_media_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("name", name=op.f("uq_media_name")),
    )
    op.create_index("ix_media_received_update", "media", ["received_update_id"], unique=False)
    op.create_index("uq_media_position", "media", ["service_request_pk", "position"], unique=True)
    op.create_table(
        "update_reporters",
        sa.Column("received_update_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_update_id"],
            ["received_updates.id"],
            name=op.f("fk_update_reporters_received_update_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("received_update_id", name=op.f("pk_update_reporters")),
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER number_change ON service_requests")
    op.execute("DROP FUNCTION number_change")
    op.execute(STATUS_FOLLOWED_HISTORY)
    for table in (
        "update_reporters",
        "media",
        "received_updates",
        "receipts",
        "former_ids",
        "import_progress",
    ):
        op.drop_table(table)
    _replace_newest(include=[])
    op.drop_index("ix_status_changes_time", "status_changes")
    op.drop_index("ix_service_requests_words", "service_requests")
    for column in ("opening", "detailed_status"):
        op.drop_column("status_changes", column)
    for column in (
        "detailed_status",
        "changed_at",
        "listed_number",
        "change_number",
        "withdrawn_at",
        "sandbox",
    ):
        op.drop_column("service_requests", column)
    op.execute("DROP SEQUENCE change_numbers")
