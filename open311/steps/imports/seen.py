"""When imports last read requests at other servers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import FormerId, RequestFact
from open311.queries.jurisdictions import Scope


def store_seen(jurisdiction: Scope, source: str, former_ids: Sequence[str], at: datetime) -> None:
    """Note that known requests of a source were read again, in their facts as well.

    That is no change of the request: its number of change stays, so copies do not read it again.
    The caller holds the locks of the requests, and commits.
    """
    if not former_ids:
        return
    mine = (
        FormerId.jurisdiction_id == jurisdiction.jurisdiction_id,
        FormerId.source == source,
        FormerId.former_id == any_(literal(list(former_ids), ARRAY(String))),
    )
    db.session.execute(update(FormerId).where(*mine).values(seen_at=at))
    pks = select(FormerId.service_request_pk).where(*mine)
    seen = func.greatest(RequestFact.seen_at, at)
    db.session.execute(
        update(RequestFact).where(RequestFact.service_request_pk.in_(pks)).values(seen_at=seen)
    )
