"""Tell that a request was forwarded, and that a webhook was paused."""

from alembic import op

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged'"
OF_STAFF = (
    "'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', 'overdue', 'day', "
    "'invitation', 'password_reset', "
)
FORWARDED = "'forwarded', "


def upgrade() -> None:
    _replace_kinds(FORWARDED, "'test', 'webhook_paused'")


def _replace_kinds(new: str, by_itself: str) -> None:
    """Let tellings, messages, texts, and settings have the kinds with new ones."""
    of_requesters = f"{BEFORE}, {new}'followed'"
    told = f"'received', 'confirm', 'approved', 'question', 'merged', {new}'status'"
    _replace("tellings", "kind_known", f"kind IN ({told})")
    _replace("messages", "kind_known", f"kind IN ({of_requesters}, {OF_STAFF}{by_itself})")
    _replace(
        "messages",
        "recipient_of_kind",
        f"(subscription_id IS NOT NULL) = (kind IN ({of_requesters}))",
    )
    _replace(
        "messages",
        "made_from_one",
        "num_nonnulls(telling_id, day, user_link_id) = "
        f"CASE WHEN kind IN ({by_itself}) THEN 0 ELSE 1 END",
    )
    for table in ("message_templates", "message_settings"):
        _replace(table, "kind_known", f"kind IN ({of_requesters})")


def _replace(table: str, name: str, condition: str) -> None:
    whole = op.f(f"ck_{table}_{name}")
    op.drop_constraint(whole, table)
    op.create_check_constraint(whole, table, condition)


def downgrade() -> None:
    op.execute("DELETE FROM messages WHERE kind IN ('forwarded', 'webhook_paused')")
    op.execute("DELETE FROM tellings WHERE kind = 'forwarded'")
    op.execute("DELETE FROM message_settings WHERE kind = 'forwarded'")
    op.execute("ALTER TABLE message_templates DISABLE TRIGGER history_stays")
    op.execute("DELETE FROM message_templates WHERE kind = 'forwarded'")
    op.execute("ALTER TABLE message_templates ENABLE TRIGGER history_stays")
    _replace_kinds("", "'test'")
