"""What follows when a database that was restored from a backup is served."""

import secrets

from sqlalchemy import func, text, update

from open311.database import db
from open311.models import CityVersion
from open311.operations.transaction import operation

SKIPPED = 10_000
"""Numbers that each sequence skips: those that were given after the backup."""

_SKIP = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, last_value + :skipped)"
    " FROM pg_sequences WHERE schemaname = current_schema()"
    " AND last_value IS NOT NULL AND last_value <= max_value - :skipped"
)


@operation
def adopt_restored() -> int:
    """Let positions in lists of changes end, and skip numbers; return how many sequences did.

    Clients that copy requests have seen changes that are lost. Their numbers, and those of
    requests, must not be given to others. Each time begins an epoch of its own, as an older backup
    may be restored later.
    """
    epoch = secrets.token_hex(4)
    begun = update(CityVersion).values(version=func.gen_random_uuid(), feed_epoch=epoch)
    db.session.execute(begun)
    return len(db.session.execute(_SKIP, {"skipped": SKIPPED}).all())
