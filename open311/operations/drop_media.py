"""Taking away what came with service requests, as when they are withdrawn."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, any_, delete, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import Media, ServiceRequest


def drop_media(service_request_pks: Sequence[int]) -> list[str]:
    """Delete all media of service requests and of their updates; the caller commits.

    Gives the names of the photos among them, by name. After the commit, and only then, the
    caller removes their files: store.remove(files_of(names)). A crash in between leaves them to
    sweep_media.
    """
    pks = literal(list(service_request_pks), ARRAY(BigInteger))
    names = db.session.scalars(
        delete(Media).where(Media.service_request_pk == any_(pks)).returning(Media.name)
    ).all()
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == any_(pks), ServiceRequest.media_url != "")
        .values(media_url="")
    )
    return sorted(name for name in names if name is not None)
