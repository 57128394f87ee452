"""Hold what is sent again and again with one form that was fetched once."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

RULES = (
    *("link", "email", "phone", "word", "same_text", "same_photo", "many"),
    *("no_proof", "look_first", "honeypot", "too_fast"),
)
NEW_RULE = "same_form"


def upgrade() -> None:
    _replace_rules((*RULES, NEW_RULE))


def downgrade() -> None:
    """Keep what is held: by the rule for what one address sends again and again."""
    op.execute(
        sa.text(
            "INSERT INTO holds (service_request_pk, rule, seen, held_at, settled_at, settled_by,"
            " outcome) SELECT service_request_pk, 'many', seen, held_at, settled_at, settled_by,"
            " outcome FROM holds WHERE rule = 'same_form' ON CONFLICT DO NOTHING"
        )
    )
    op.execute(sa.text("DELETE FROM holds WHERE rule = 'same_form'"))
    _replace_rules(RULES)


def _replace_rules(rules: tuple[str, ...]) -> None:
    name = op.f("ck_holds_rule_known")
    op.drop_constraint(name, "holds")
    op.create_check_constraint(name, "holds", f"rule IN {rules}")
