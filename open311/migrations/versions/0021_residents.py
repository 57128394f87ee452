"""Keep what the residents' website needs: its settings and texts, drafts, links, and holds.

Its settings and the translations of the catalog belong to the snapshot of a city, so that they
renew its version (migration 0015).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

IN_SNAPSHOT = ("sites", "site_texts", "catalog_texts")

CHECKS = {
    "api_keys": {
        "kind_known": "kind IN ('app', 'site')",
        "site_key_stays": "kind <> 'site' OR revoked_at IS NULL",
    },
    "services": {
        "duplicate_meters_counted": "duplicate_meters >= 0",
        "reopen_days_counted": "reopen_days >= 0",
    },
}


def upgrade() -> None:
    op.create_table(
        "spent_challenges",
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_spent_challenges")),
    )
    op.create_index(
        op.f("ix_spent_challenges_expires_at"), "spent_challenges", ["expires_at"], unique=False
    )
    op.create_table(
        "catalog_texts",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind = 'service' AND field IN ('name', 'description', 'group', 'keywords', "
            "'service_notice', 'urgent_text') "
            "OR kind = 'question' AND field IN ('description', 'datatype_description') "
            "OR kind IN ('answer', 'department') AND field = 'name' "
            "OR kind = 'rule' AND field = 'public_reason'",
            name=op.f("ck_catalog_texts_field_known"),
        ),
        sa.CheckConstraint(
            "language IN ('en', 'es')", name=op.f("ck_catalog_texts_language_known")
        ),
        sa.CheckConstraint("code <> ''", name=op.f("ck_catalog_texts_code_not_empty")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_catalog_texts_text_not_empty")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_catalog_texts_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint(
            "jurisdiction_id", "kind", "code", "field", "language", name=op.f("pk_catalog_texts")
        ),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("verified_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True),
        sa.CheckConstraint(
            "address = lower(address) AND position('@' in address) > 1",
            name=op.f("ck_contacts_address_form"),
        ),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_contacts_language_known")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_contacts_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "jurisdiction_id", "address", name=op.f("uq_contacts_jurisdiction_id_address")
        ),
    )
    op.create_table(
        "report_drafts",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(parameters) = 'object'",
            name=op.f("ck_report_drafts_parameters_are_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(photos) = 'array'", name=op.f("ck_report_drafts_photos_are_array")
        ),
        sa.CheckConstraint("length(name_hash) = 32", name=op.f("ck_report_drafts_hashed")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_report_drafts_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_report_drafts")),
    )
    op.create_index("ix_report_drafts_expiry", "report_drafts", ["expires_at"], unique=False)
    op.create_table(
        "sites",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("takes_reports", sa.Boolean(), nullable=False),
        sa.Column("color", sa.String(), nullable=False),
        sa.Column("logo", sa.String(), nullable=True),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("emergency_number", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("embed_origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reports_per_hour", sa.Integer(), nullable=False),
        sa.Column("reports_per_day", sa.Integer(), nullable=False),
        sa.Column("hold_words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_indexed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "cardinality(languages) > 0 AND languages <@ ARRAY['en', 'es']::text[]",
            name=op.f("ck_sites_languages_known"),
        ),
        sa.CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name=op.f("ck_sites_color_form")),
        sa.CheckConstraint("host = lower(host) AND host <> ''", name=op.f("ck_sites_host_lower")),
        sa.CheckConstraint(
            "reports_per_hour > 0 AND reports_per_day >= reports_per_hour",
            name=op.f("ck_sites_limits_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_sites_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_sites")),
        sa.UniqueConstraint("host", name=op.f("uq_sites_host")),
    )
    op.create_table(
        "site_texts",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "key IN ('welcome', 'emergency', 'hours', 'closed', 'about', 'privacy', "
            "'accessibility')",
            name=op.f("ck_site_texts_key_known"),
        ),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_site_texts_language_known")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_site_texts_text_not_empty")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["sites.jurisdiction_id"],
            name=op.f("fk_site_texts_jurisdiction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "key", "language", name=op.f("pk_site_texts")),
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_flags_says_what")),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_flags_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_service_request", "flags", ["service_request_pk", "id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("held_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('published', 'published_without_photo', 'hidden', 'withdrawn')",
            name=op.f("ck_holds_outcome_known"),
        ),
        sa.CheckConstraint(
            "rule IN ('link', 'email', 'phone', 'word', 'same_text', 'same_photo', 'many', "
            "'no_proof', 'look_first', 'honeypot', 'too_fast')",
            name=op.f("ck_holds_rule_known"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL) "
            "AND (settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_holds_settled_is_whole"),
        ),
        sa.CheckConstraint("settled_by <> ''", name=op.f("ck_holds_settled_by_someone")),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_holds_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_pk", "rule", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_waiting",
        "holds",
        ["held_at", "service_request_pk"],
        unique=False,
        postgresql_where="outcome IS NULL",
    )
    op.create_table(
        "site_reports",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sender_digest", sa.LargeBinary(), nullable=True),
        sa.Column("text_digest", sa.LargeBinary(), nullable=True),
        sa.Column("photo_digests", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_site_reports_language_known")),
        sa.CheckConstraint(
            "length(sender_digest) = 32 AND length(text_digest) = 32 "
            "AND array_position(photo_digests, NULL) IS NULL",
            name=op.f("ck_site_reports_hashed"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_site_reports_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_pk", name=op.f("pk_site_reports")),
    )
    op.create_index("ix_site_reports_time", "site_reports", ["made_at"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("is_reporter", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'on', 'ended')", name=op.f("ck_subscriptions_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_subscriptions_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_subscriptions_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "contact_id",
            "service_request_pk",
            name=op.f("uq_subscriptions_contact_id_service_request_pk"),
        ),
        sa.UniqueConstraint(
            "id", "service_request_pk", name=op.f("uq_subscriptions_id_service_request_pk")
        ),
    )
    op.create_index(
        "ix_subscriptions_service_request",
        "subscriptions",
        ["service_request_pk", "state"],
        unique=False,
    )
    op.create_table(
        "supports",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("sender_digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint("length(sender_digest) = 32", name=op.f("ck_supports_hashed")),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_supports_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_pk", "sender_digest", name=op.f("pk_supports")),
    )
    op.create_table(
        "capabilities",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "(purpose = 'track') = (subscription_id IS NULL)",
            name=op.f("ck_capabilities_purpose_has_its_row"),
        ),
        sa.CheckConstraint(
            "purpose IN ('track', 'follow')", name=op.f("ck_capabilities_purpose_known")
        ),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_capabilities_hashed")),
        sa.CheckConstraint("generation > 0", name=op.f("ck_capabilities_generation_positive")),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_capabilities_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id", "service_request_pk"],
            ["subscriptions.id", "subscriptions.service_request_pk"],
            name=op.f("fk_capabilities_subscription_id_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capabilities")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_capabilities_subscription_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_capabilities_token_hash")),
    )
    op.create_index(
        "ix_capabilities_service_request", "capabilities", ["service_request_pk"], unique=False
    )
    op.create_index(
        "uq_capabilities_track",
        "capabilities",
        ["service_request_pk"],
        unique=True,
        postgresql_where="purpose = 'track'",
    )
    op.create_table(
        "feedback",
        sa.Column("status_change_id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'no', 'unsure')", name=op.f("ck_feedback_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_feedback_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["status_change_id"],
            ["status_changes.id"],
            name=op.f("fk_feedback_status_change_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("status_change_id", name=op.f("pk_feedback")),
    )
    op.create_index(
        op.f("ix_feedback_service_request_pk"), "feedback", ["service_request_pk"], unique=False
    )
    op.create_table(
        "moderations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("received_update_id", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "kind IN ('hidden', 'redacted')", name=op.f("ck_moderations_kind_known")
        ),
        sa.CheckConstraint(
            "target IN ('description', 'photo', 'comment')",
            name=op.f("ck_moderations_target_known"),
        ),
        sa.CheckConstraint(
            "target = 'photo' OR (target = 'comment') = (received_update_id IS NOT NULL)",
            name=op.f("ck_moderations_comment_has_update"),
        ),
        sa.CheckConstraint("made_by <> ''", name=op.f("ck_moderations_made_by_someone")),
        sa.ForeignKeyConstraint(
            ["received_update_id"],
            ["received_updates.id"],
            name=op.f("fk_moderations_received_update_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_moderations_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderations")),
    )
    op.create_index(
        "ix_moderations_service_request", "moderations", ["service_request_pk", "id"], unique=False
    )
    op.create_index(
        "ix_moderations_received_update", "moderations", ["received_update_id"], unique=False
    )
    op.add_column("api_keys", sa.Column("kind", sa.String(), server_default="app", nullable=False))
    op.create_index(
        "uq_api_keys_site",
        "api_keys",
        ["jurisdiction_id"],
        unique=True,
        postgresql_where="kind = 'site'",
    )
    op.add_column(
        "routing_rules", sa.Column("public_reason", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "services",
        sa.Column("is_on_site", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.add_column(
        "services", sa.Column("duplicate_meters", sa.Integer(), server_default="50", nullable=False)
    )
    op.add_column(
        "services",
        sa.Column("looked_at_first", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "services", sa.Column("urgent_text", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "services", sa.Column("urgent_phone", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "services",
        sa.Column("needs_contact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("services", sa.Column("reopen_days", sa.Integer(), nullable=True))
    # Each request that is deleted or withdrawn takes its entries with it, settled ones too.
    op.create_index(
        "ix_triage_entries_service_request",
        "triage_entries",
        ["service_request_pk", "id"],
        unique=False,
    )
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table in IN_SNAPSHOT:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER renew_city_version AFTER INSERT OR UPDATE OR DELETE "
            f"ON {table} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW EXECUTE FUNCTION renew_city_version()"
        )
        op.execute(
            f"CREATE TRIGGER renew_city_version_emptied AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION renew_city_version()"
        )


def downgrade() -> None:
    # Reports point to the key of a website, so it stays, as one that nobody has and that leaves its
    # name to the key that another upgrade makes.
    op.drop_constraint(op.f("ck_api_keys_site_key_stays"), "api_keys")
    op.execute("UPDATE api_keys SET revoked_at = now() WHERE kind = 'site'")
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending triggers cannot be altered
    op.drop_index("ix_triage_entries_service_request", table_name="triage_entries")
    op.drop_column("services", "reopen_days")
    op.drop_column("services", "needs_contact")
    op.drop_column("services", "urgent_phone")
    op.drop_column("services", "urgent_text")
    op.drop_column("services", "looked_at_first")
    op.drop_column("services", "duplicate_meters")
    op.drop_column("services", "is_on_site")
    op.drop_column("routing_rules", "public_reason")
    op.drop_index("uq_api_keys_site", table_name="api_keys", postgresql_where="kind = 'site'")
    op.drop_column("api_keys", "kind")
    op.drop_index("ix_moderations_received_update", table_name="moderations")
    op.drop_index("ix_moderations_service_request", table_name="moderations")
    op.drop_table("moderations")
    op.drop_index(op.f("ix_feedback_service_request_pk"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(
        "uq_capabilities_track", table_name="capabilities", postgresql_where="purpose = 'track'"
    )
    op.drop_index("ix_capabilities_service_request", table_name="capabilities")
    op.drop_table("capabilities")
    op.drop_table("supports")
    op.drop_index("ix_subscriptions_service_request", table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index("ix_site_reports_time", table_name="site_reports")
    op.drop_table("site_reports")
    op.drop_index("ix_holds_waiting", table_name="holds", postgresql_where="outcome IS NULL")
    op.drop_table("holds")
    op.drop_index("ix_flags_service_request", table_name="flags")
    op.drop_table("flags")
    op.drop_table("site_texts")
    op.drop_table("sites")
    op.drop_index("ix_report_drafts_expiry", table_name="report_drafts")
    op.drop_table("report_drafts")
    op.drop_table("contacts")
    op.drop_table("catalog_texts")
    op.drop_index(op.f("ix_spent_challenges_expires_at"), table_name="spent_challenges")
    op.drop_table("spent_challenges")
