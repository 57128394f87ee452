"""Rights of API keys, comments apart from statuses, and reopening within a period."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RIGHTS_KNOWN = (
    "rights <@ ARRAY['report', 'comment', 'comment-any', 'status', 'staff']::text[] "
    "AND cardinality(rights) > 0"
)

# Receipts exist for a day. If a city has had only one key, that key submitted everything that was
# not imported from another server.
FILL_KEYS = """
WITH lone AS (
    SELECT jurisdiction_id, min(id) AS id FROM api_keys GROUP BY jurisdiction_id
    HAVING count(*) = 1
)
UPDATE service_requests AS mine
SET api_key_id = COALESCE(
    (SELECT api_key_id FROM receipts WHERE service_request_pk = mine.pk),
    (SELECT lone.id FROM lone WHERE lone.jurisdiction_id = mine.jurisdiction_id)
)
WHERE NOT sandbox
  AND NOT EXISTS (SELECT 1 FROM former_ids WHERE former_ids.service_request_pk = mine.pk)
"""

REASONS = ("near_border", "no_place", "address_mismatch", "odd_place", "handed_over_often")
NEW_REASONS = ("answered", "said_fixed", "said_open")
STEPS = ("noted", "assigned", "released", "linked", "unlinked", "waits", "resumed")


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("rights", postgresql.ARRAY(sa.Text())))
    op.execute(
        "UPDATE api_keys SET rights = CASE WHEN staff THEN '{report,comment,staff}'::text[] "
        "ELSE '{report,comment}' END"
    )
    op.alter_column("api_keys", "rights", nullable=False)
    op.create_check_constraint(op.f("ck_api_keys_rights_known"), "api_keys", RIGHTS_KNOWN)
    op.drop_column("api_keys", "staff")
    op.add_column("jurisdictions", sa.Column("reopen_days", sa.Integer()))
    op.execute("UPDATE jurisdictions SET reopen_days = 60")
    op.alter_column("jurisdictions", "reopen_days", nullable=False)
    op.create_check_constraint(
        op.f("ck_jurisdictions_reopen_days_counted"), "jurisdictions", "reopen_days >= 0"
    )
    _change_service_requests()
    _change_received_updates()
    _replace_known(reasons=(*REASONS, *NEW_REASONS), steps=(*STEPS, "answered"))


def _change_service_requests() -> None:
    table = "service_requests"
    op.add_column(table, sa.Column("api_key_id", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("continues_pk", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE service_requests DISABLE TRIGGER number_change")
    op.execute(FILL_KEYS)
    op.execute("ALTER TABLE service_requests ENABLE TRIGGER number_change")
    op.create_foreign_key(
        op.f("fk_service_requests_api_key_id"), table, "api_keys", ["api_key_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_service_requests_continues_pk"), table, table, ["continues_pk"], ["pk"]
    )
    op.create_check_constraint(
        op.f("ck_service_requests_continues_another"), table, "continues_pk <> pk"
    )
    op.create_index(
        "uq_service_requests_continues",
        table,
        ["continues_pk"],
        unique=True,
        postgresql_where=sa.text("continues_pk IS NOT NULL"),
    )


def _change_received_updates() -> None:
    table = "received_updates"
    moment = postgresql.TIMESTAMP(timezone=True, precision=0)
    op.add_column(table, sa.Column("by_city", sa.Boolean()))
    op.execute("UPDATE received_updates SET by_city = true")  # every key could set statuses
    op.alter_column(table, "by_city", nullable=False)
    op.add_column(table, sa.Column("claims", sa.Boolean()))
    op.execute("UPDATE received_updates SET claims = false")
    op.alter_column(table, "claims", nullable=False)
    op.add_column(table, sa.Column("comment_id", sa.BigInteger(), nullable=True))
    op.add_column(table, sa.Column("accepted_at", moment, nullable=True))
    op.create_unique_constraint(op.f("uq_received_updates_comment_id"), table, ["comment_id"])
    op.drop_constraint(op.f("ck_received_updates_waits_or_is_accepted"), table)
    for name, condition in {
        "waits_or_is_accepted": (
            "token IS NOT NULL OR status_change_id IS NOT NULL OR comment_id IS NOT NULL"
        ),
        "status_change_or_comment": "status_change_id IS NULL OR comment_id IS NULL",
        "comment_has_accepted_at": "(comment_id IS NULL) = (accepted_at IS NULL)",
    }.items():
        op.create_check_constraint(op.f(f"ck_received_updates_{name}"), table, condition)
    op.create_index(
        "ix_received_updates_comments",
        table,
        ["accepted_at", "comment_id"],
        postgresql_where=sa.text("comment_id IS NOT NULL"),
    )


def _replace_known(reasons: tuple[str, ...], steps: tuple[str, ...]) -> None:
    for table, name, condition in (
        ("triage_entries", "reason_known", f"reason IN {reasons}"),
        ("work_steps", "kind_known", f"kind IN {steps}"),
    ):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    op.execute("DELETE FROM triage_entries WHERE reason IN ('answered', 'said_fixed', 'said_open')")
    op.execute("ALTER TABLE work_steps DISABLE TRIGGER history_stays")
    op.execute("DELETE FROM work_steps WHERE kind = 'answered'")
    op.execute("ALTER TABLE work_steps ENABLE TRIGGER history_stays")
    _replace_known(reasons=REASONS, steps=STEPS)
    op.execute("DELETE FROM received_updates WHERE comment_id IS NOT NULL")
    for column in ("accepted_at", "comment_id", "claims", "by_city"):
        op.drop_column("received_updates", column)
    op.create_check_constraint(
        op.f("ck_received_updates_waits_or_is_accepted"),
        "received_updates",
        "token IS NOT NULL OR status_change_id IS NOT NULL",
    )
    for column in ("continues_pk", "api_key_id"):
        op.drop_column("service_requests", column)
    op.drop_column("jurisdictions", "reopen_days")
    op.add_column("api_keys", sa.Column("staff", sa.Boolean()))
    op.execute("UPDATE api_keys SET staff = 'staff' = ANY (rights)")
    op.alter_column("api_keys", "staff", nullable=False)
    op.drop_column("api_keys", "rights")
