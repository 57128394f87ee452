"""Tell that a request was forwarded, and that a webhook was paused; send text messages."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEFORE = "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged'"
OF_STAFF = (
    "'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', 'overdue', 'day', "
    "'invitation', 'password_reset', "
)
OF_ALERTS = "'confirm_alert', 'alert'"
FORWARDED = "'forwarded', "
REASONS = (
    "'ended', 'confirmed', 'withdrawn', 'hidden', 'suppressed', 'capped', 'not_allowed', "
    "'no_site', 'no_address', 'disabled', 'moved_on', 'nothing', 'used', 'off', "
)
TEXT_REASONS = "'not_confirmed', 'no_gateway', "
ADDRESS = "address = lower(address) AND position('@' in address) > 1"
NUMBER = r"address ~ '^\+[1-9][0-9]{6,14}$'"


def upgrade() -> None:
    _replace_kinds(FORWARDED, "'test', 'webhook_paused'")
    _replace_states("channel IN ('email', 'sms')", "'failed', 'unknown'", TEXT_REASONS)
    known = op.f("ck_messages_emails_are_known")
    op.create_check_constraint(known, "messages", "state <> 'unknown' OR channel = 'sms'")
    op.add_column(
        "contacts", sa.Column("kind", sa.String(), server_default="email", nullable=False)
    )
    kinds = op.f("ck_contacts_kind_known")
    op.create_check_constraint(kinds, "contacts", "kind IN ('email', 'sms')")
    _replace("contacts", "address_form", f"CASE kind WHEN 'sms' THEN {NUMBER} ELSE {ADDRESS} END")
    _replace_index("sent_at IS NOT NULL")


def _replace_index(condition: str) -> None:
    """Let an index find the messages that were sent lately, also those that bounced since."""
    op.drop_index("ix_messages_sent", table_name="messages")
    op.create_index("ix_messages_sent", "messages", ["sent_at"], postgresql_where=condition)


def _replace_states(channels: str, states: str, reasons: str) -> None:
    """Let messages have channels, states, and reasons with new ones."""
    _replace("messages", "channel_known", channels)
    _replace(
        "messages",
        "state_known",
        f"state IN ('waiting', 'sending', 'sent', 'dropped', {states}, 'bounced')",
    )
    _replace("messages", "reason_known", f"reason IN ({REASONS}{reasons}'too_old')")


def _replace_kinds(new: str, by_itself: str) -> None:
    """Let tellings, messages, texts, and settings have the kinds with new ones."""
    of_requesters = f"{BEFORE}, {new}'followed'"
    told = f"'received', 'confirm', 'approved', 'question', 'merged', {new}'status'"
    _replace("tellings", "kind_known", f"kind IN ({told})")
    known = f"{of_requesters}, {OF_STAFF}{by_itself}, {OF_ALERTS}"
    _replace("messages", "kind_known", f"kind IN ({known})")
    _replace(
        "messages",
        "recipient_of_kind",
        f"(subscription_id IS NOT NULL) = (kind IN ({of_requesters}))",
    )
    _replace(
        "messages",
        "made_from_one",
        "num_nonnulls(telling_id, day, user_link_id) = "
        f"CASE WHEN kind IN ({by_itself}, {OF_ALERTS}) THEN 0 ELSE 1 END",
    )
    for table in ("message_templates", "message_settings"):
        _replace(table, "kind_known", f"kind IN ({of_requesters}, {OF_ALERTS})")


def _replace(table: str, name: str, condition: str) -> None:
    whole = op.f(f"ck_{table}_{name}")
    op.drop_constraint(whole, table)
    op.create_check_constraint(whole, table, condition)


def downgrade() -> None:
    _replace_index("state = 'sent'")
    op.execute("DELETE FROM contacts WHERE kind = 'sms'")
    op.execute("DELETE FROM messages WHERE channel = 'sms'")
    op.drop_constraint(op.f("ck_messages_emails_are_known"), "messages")
    _replace_states("channel IN ('email')", "'failed'", "")
    _replace("contacts", "address_form", ADDRESS)
    op.drop_constraint(op.f("ck_contacts_kind_known"), "contacts")
    op.drop_column("contacts", "kind")
    op.execute("DELETE FROM messages WHERE kind IN ('forwarded', 'webhook_paused')")
    op.execute("DELETE FROM tellings WHERE kind = 'forwarded'")
    op.execute("DELETE FROM message_settings WHERE kind = 'forwarded'")
    op.execute("ALTER TABLE message_templates DISABLE TRIGGER history_stays")
    op.execute("DELETE FROM message_templates WHERE kind = 'forwarded'")
    op.execute("ALTER TABLE message_templates ENABLE TRIGGER history_stays")
    _replace_kinds("", "'test'")
