"""Let what is only ever added go with its city.

Triggers keep the history and the audit from being deleted. In the transaction in which open311 city
delete deletes the rest of a city, which sets open311.moving_city, they let it go.
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

STEP_ASIDE = """BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('open311.moving_city', true), '') <> '' THEN
        RETURN OLD;
    END IF;
"""

FUNCTIONS = ("history_stays", "audit_stays")


def upgrade() -> None:
    for function in FUNCTIONS:
        _replace(function, "BEGIN\n", STEP_ASIDE)


def downgrade() -> None:
    for function in FUNCTIONS:
        _replace(function, STEP_ASIDE, "BEGIN\n")


def _replace(function: str, found: str, by: str) -> None:
    """Replace the beginning of a function, whose lines an earlier migration has."""
    connection = op.get_bind()
    read = f"SELECT pg_get_functiondef('{function}'::regproc)"
    definition: str = connection.exec_driver_sql(read).scalar_one()
    if found not in definition:
        raise ValueError(f"The function {function}() does not begin as expected.")
    changed = definition.replace(found, by, 1)
    connection.exec_driver_sql(changed.replace("%", "%%"))  # else a placeholder
