"""Reading the audit: who changed what in the administration of a city, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select

from open311.database import db
from open311.models import AuditEntry

PAGE = 50

BATCH = 1000
"""Entries that a file reads at once."""


@dataclass(frozen=True, kw_only=True)
class AuditInfo:
    """An entry, with the columns of AuditEntry."""

    id: int
    made_at: datetime
    actor_kind: str
    actor: str
    subject: str
    subject_name: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AuditCriteria:
    """What to find: None or an empty text for any.

    who is a part of the name of who acted, subject a table, and name that of a row in it. since
    and until are moments (both included). words is a part of the name or of a value of what
    changed.
    """

    who: str = ""
    subject: str | None = None
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


def list_entries(
    jurisdiction_id: str,
    criteria: AuditCriteria,
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[AuditInfo]:
    """List entries of a city, newest first; before is the id of one."""
    columns = [getattr(AuditEntry, name) for name in AuditInfo.__dataclass_fields__]
    wanted = [AuditEntry.jurisdiction_id == jurisdiction_id, *_conditions(criteria)]
    if before is not None:
        wanted.append(AuditEntry.id < before)
    newest = select(*columns).where(*wanted).order_by(AuditEntry.id.desc()).limit(limit)
    return [AuditInfo(**row) for row in db.session.execute(newest).mappings()]


def walk_entries(jurisdiction_id: str, criteria: AuditCriteria) -> Iterator[AuditInfo]:
    """Yield all entries of a city that meet the criteria, newest first."""
    before = None
    while some := list_entries(jurisdiction_id, criteria, before, BATCH):
        yield from some
        before = some[-1].id


def _conditions(criteria: AuditCriteria) -> Iterator[ColumnElement[bool]]:
    if criteria.who:
        yield AuditEntry.actor.icontains(criteria.who, autoescape=True)
    if criteria.subject is not None:
        yield AuditEntry.subject == criteria.subject
    if criteria.name is not None:
        yield AuditEntry.subject_name == criteria.name
    if criteria.since is not None:
        yield AuditEntry.made_at >= criteria.since
    if criteria.until is not None:
        yield AuditEntry.made_at <= criteria.until
    if criteria.words:
        texts = (AuditEntry.subject_name, *(cast(one, String) for one in _VALUES))
        yield or_(*(one.icontains(criteria.words, autoescape=True) for one in texts))


_VALUES = (AuditEntry.before, AuditEntry.after)
