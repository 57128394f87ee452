"""Settings of the database, and of the ways to it."""

from open311.database_hosts import database_url, read_database_url
from open311.setting_values import Setting, whole_number, yes_or_no

DIRECT_URL, POOLER = "DATABASE_DIRECT_URL", "OPEN311_POOLER"

DATABASE_SETTINGS = (
    Setting(
        "DATABASE_URL",
        database_url,
        None,
        "The PostGIS database, such as postgresql://user:password@host/database",
    ),
    Setting(
        DIRECT_URL,
        lambda text: database_url(text) if text else "",
        "",
        "The same database without PgBouncer, for commands and jobs; by default, DATABASE_URL",
    ),
    Setting(
        POOLER,
        yes_or_no,
        "no",
        "yes: DATABASE_URL leads to PgBouncer, which gives each transaction another connection; "
        "run open311 db role once before",
    ),
    Setting(
        "OPEN311_READ_DATABASE_URL",
        lambda text: read_database_url(text) if text else "",
        "",
        "A standby of the database, from which lists, maps, and exports are read; by default, all "
        "is read from DATABASE_URL",
    ),
    Setting(
        "OPEN311_STATEMENT_SECONDS",
        whole_number(1, 25),
        "10",
        "Maximum time for one database statement of a worker",
    ),
)
