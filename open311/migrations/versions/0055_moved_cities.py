"""Let the rows of a city that moves here keep their change numbers and their audit.

A trigger numbers each change, and others record who changed what. In the transaction of
open311 city import, which sets open311.moving_city, the rows contain both already.
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

IS_MOVING = "coalesce(current_setting('open311.moving_city', true), '') <> ''"

STEP_ASIDE = f"""BEGIN
    IF {IS_MOVING} THEN
        RETURN NULL;
    END IF;
"""

NUMBER_CHANGE = (
    "CREATE OR REPLACE TRIGGER number_change BEFORE INSERT OR UPDATE ON service_requests "
    "FOR EACH ROW {when} EXECUTE FUNCTION number_change()"
)


def upgrade() -> None:
    _replace_audit("BEGIN\n", STEP_ASIDE)
    op.execute(NUMBER_CHANGE.format(when=f"WHEN (NOT {IS_MOVING})"))


def downgrade() -> None:
    op.execute(NUMBER_CHANGE.format(when=""))
    _replace_audit(STEP_ASIDE, "BEGIN\n")


def _replace_audit(found: str, by: str) -> None:
    """Replace the beginning of the function, whose lines an earlier migration has."""
    connection = op.get_bind()
    read = "SELECT pg_get_functiondef('audit'::regproc)"
    definition: str = connection.exec_driver_sql(read).scalar_one()
    if found not in definition:
        raise ValueError("The function audit() does not begin as expected.")
    connection.exec_driver_sql(definition.replace(found, by, 1))
