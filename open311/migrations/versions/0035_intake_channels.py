"""Record how requests came in, and who called about a request that was there already."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CHANNELS = ("phone", "email", "letter", "desk", "staff", "website", "api", "unknown")
BY_STAFF = CHANNELS[:5]
WAITS_OR_IS_ACCEPTED = "token IS NOT NULL OR status_change_id IS NOT NULL OR comment_id IS NOT NULL"


def upgrade() -> None:
    op.add_column(
        "service_requests",
        sa.Column("channel", sa.String(), server_default="unknown", nullable=False),
    )
    # No trigger: nothing that copies or maps show has changed.
    op.execute("ALTER TABLE service_requests DISABLE TRIGGER USER")
    op.execute(
        "UPDATE service_requests SET channel = 'website' FROM site_reports"
        " WHERE site_reports.service_request_pk = service_requests.pk"
    )
    op.execute("ALTER TABLE service_requests ENABLE TRIGGER USER")
    known = op.f("ck_service_requests_channel_known")
    op.create_check_constraint(known, "service_requests", f"channel IN {CHANNELS}")
    for name in ("channel", "added_by"):
        op.add_column("received_updates", sa.Column(name, sa.String(), nullable=True))
    for name, condition in (
        ("channel_known", f"channel IN {BY_STAFF}"),
        ("added_by_someone", "added_by <> ''"),
        ("caller_is_whole", "(channel IS NULL) = (added_by IS NULL)"),
    ):
        op.create_check_constraint(
            op.f(f"ck_received_updates_{name}"), "received_updates", condition
        )
    _replace(f"{WAITS_OR_IS_ACCEPTED} OR added_by IS NOT NULL")


def _replace(condition: str) -> None:
    whole = op.f("ck_received_updates_waits_or_is_accepted")
    op.drop_constraint(whole, "received_updates")
    op.create_check_constraint(whole, "received_updates", condition)


def downgrade() -> None:
    op.execute("DELETE FROM received_updates WHERE added_by IS NOT NULL")
    # Only requests of the website have had such rows before.
    entered = sa.table("service_requests", sa.column("pk"), sa.column("channel"))
    of_website = sa.table("site_reports", sa.column("service_request_pk"))
    op.execute(
        sa.delete(of_website).where(
            of_website.c.service_request_pk == entered.c.pk, entered.c.channel.in_(BY_STAFF)
        )
    )
    _replace(WAITS_OR_IS_ACCEPTED)
    for name in ("caller_is_whole", "added_by_someone", "channel_known"):
        op.drop_constraint(op.f(f"ck_received_updates_{name}"), "received_updates")
    for name in ("added_by", "channel"):
        op.drop_column("received_updates", name)
    op.drop_constraint(op.f("ck_service_requests_channel_known"), "service_requests")
    op.drop_column("service_requests", "channel")
