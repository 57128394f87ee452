"""What a city decides about its messages: their texts, and which kinds are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from open311.database import db, table
from open311.errors import ChangedMeanwhile, Conflict, InvalidParameters, NotFound
from open311.mail.checks import find_text_problems
from open311.messages.telling import NO_SUCH_VERSION, TEST_TO_REQUESTER, TEXT_CHANGED_SINCE
from open311.models import MessageSetting, MessageTemplate
from open311.operations.transaction import operation, trial
from open311.queries.jurisdictions import Scope
from open311.queries.requests.requester import gets_messages_about
from open311.queries.telling.texts import KindSetting, find_newest, list_versions
from open311.steps.lock import lock_city


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """Which text someone changes. seen is the version that they saw, 0 if there was none."""

    jurisdiction_id: str
    kind: str
    language: str
    seen: int
    made_by: str


@operation
def save_text(change: TextChange, subject: str, body: str) -> int:
    """Store a new version of a text, and return its number; the same text is no new version.

    Raises InvalidParameters for a text that would make wrong emails, and ChangedMeanwhile.
    """
    return _store(change, subject, body)


@operation
def use_built_in_text(change: TextChange) -> int:
    """Return to the built-in text, as a new version; raises ChangedMeanwhile."""
    return _store(change, None, None)


@operation
def restore_version(change: TextChange, version: int) -> int:
    """Store an earlier version as the newest one; raises NotFound, and as save_text."""
    found = list_versions(change.jurisdiction_id, change.kind, change.language, version)
    if not found:
        raise NotFound(NO_SUCH_VERSION, version=version)
    return _store(change, found[0].subject, found[0].body)


def _store(change: TextChange, subject: str | None, body: str | None) -> int:
    if subject is not None and body is not None:
        problems = find_text_problems(change.kind, subject, body)
        if problems:
            raise InvalidParameters.of(problems)
    here, kind, language = change.jurisdiction_id, change.kind, change.language
    lock_city(here)  # one version after the other
    newest = find_newest(here, kind, language)
    last = newest.version if newest else 0
    if newest is not None and last != change.seen:
        raise ChangedMeanwhile(TEXT_CHANGED_SINCE, who=newest.made_by, version=last)
    now_used = (newest.subject, newest.body) if newest else (None, None)
    if now_used == (subject, body):
        return last
    row = {"jurisdiction_id": here, "kind": kind, "language": language, "channel": "email"}
    text = {"version": last + 1, "subject": subject, "body": body}
    made = {"made_by": change.made_by, "made_at": datetime.now(UTC)}
    db.session.execute(insert(table(MessageTemplate)).values(**row, **text, **made))
    return last + 1


@trial
def check_test_address(jurisdiction: Scope, service_request_id: str, address: str) -> None:
    """Raise Conflict if an address is that of the requester or of a follower of a request.

    They would take a test about it for news.
    """
    if gets_messages_about(jurisdiction, service_request_id, address):
        raise Conflict(TEST_TO_REQUESTER, field="email", id=service_request_id)


@operation
def change_message_settings(jurisdiction_id: str, settings: Mapping[str, KindSetting]) -> None:
    """Store which kinds of messages a city sends, and how long statuses are collected."""
    rows = [
        {"jurisdiction_id": jurisdiction_id, "kind": kind, **vars(setting)}
        for kind, setting in settings.items()
    ]
    statement = upsert(table(MessageSetting)).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["jurisdiction_id", "kind"],
            set_={name: statement.excluded[name] for name in ("is_on", "delay_minutes")},
        )
    )
