"""Reports that are being written without scripts: a row for each, until it is sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from open311.database import db
from open311.errors import Gone
from open311.messages.residents import DRAFT_GONE
from open311.models import ReportDraft
from open311.operations.transaction import operation
from open311.steps.values.submissions import StoredPhoto

LIFETIME = timedelta(hours=24)
"""Time for which a draft is kept."""

Parameters = Mapping[str, Sequence[str]]


@operation
def open_draft(
    jurisdiction_id: str, name_hash: bytes, parameters: Parameters, photos: Sequence[StoredPhoto]
) -> None:
    """Store a new draft with what was sent so far."""
    now = datetime.now(UTC)
    db.session.execute(
        insert(ReportDraft).values(
            name_hash=name_hash,
            jurisdiction_id=jurisdiction_id,
            parameters=_lists(parameters),
            photos=[photo.as_json() for photo in photos],
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )


@operation
def change_draft(
    jurisdiction_id: str,
    name_hash: bytes,
    replaced: Collection[str],
    parameters: Parameters,
    added: Sequence[StoredPhoto] = (),
    removed: Collection[str] = (),
) -> None:
    """Replace some parameters of a draft, and add and remove photos.

    replaced are the names that are dropped if parameters do not have them; removed are names of
    photos. Raises Gone for a draft that was sent or has expired.
    """
    draft = db.session.scalars(
        select(ReportDraft)
        .where(
            ReportDraft.name_hash == name_hash,
            ReportDraft.jurisdiction_id == jurisdiction_id,
            ReportDraft.expires_at > datetime.now(UTC),
        )
        .with_for_update()
    ).one_or_none()
    if draft is None:
        raise Gone(DRAFT_GONE)
    kept = {name: texts for name, texts in draft.parameters.items() if name not in replaced}
    draft.parameters = {**kept, **_lists(parameters)}
    staged = [photo for photo in draft.photos if photo["name"] not in removed]
    draft.photos = [*staged, *(photo.as_json() for photo in added)]


@operation
def forget_draft(jurisdiction_id: str, name_hash: bytes) -> None:
    """Delete a draft that was sent. Its photos belong to the service request now."""
    db.session.execute(
        delete(ReportDraft).where(
            ReportDraft.name_hash == name_hash, ReportDraft.jurisdiction_id == jurisdiction_id
        )
    )


def _lists(parameters: Parameters) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in parameters.items()}
