"""The log of erasures that the settings name, and what is still to be added to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import current_app

from open311.database import end_reads
from open311.media.erasure_log import ErasureLog, LoggedErasure
from open311.operations.people.repeat import forget_unlogged, repeat_erasure
from open311.personal_data import person_digest
from open311.queries.jurisdictions import Scope, list_jurisdictions
from open311.queries.requests.erasures import find_people_by_digest, list_entries, list_unlogged
from open311.web.sent_media import media_store


def erasure_log() -> ErasureLog:
    """Return the log; by default, it is beside the photos."""
    config = current_app.config
    beside_photos = f"{str(config['OPEN311_MEDIA_STORE']).rstrip('/')}/erasures"
    return ErasureLog(config["OPEN311_ERASURE_LOG"] or beside_photos)


def digest_of_person(basis: str, value: str) -> str:
    """Return what the log has of an email address or a phone number; empty without a secret key."""
    secret_key = current_app.config["OPEN311_SECRET_KEY"]
    return person_digest(secret_key, basis, value) if secret_key and basis != "request" else ""


def log_erasures() -> int:
    """Add the erasures that are not in the log yet, and return their number.

    A process that ends in between adds them again, which does no harm.
    """
    total = 0
    while found := list_unlogged():
        end_reads()
        erasure_log().append(found.values())
        forget_unlogged(list(found))
        total += len(found)
    end_reads()
    return total


def list_missing() -> list[LoggedErasure]:
    """List the erasures of the log that this database does not have, oldest first.

    They are newer than the backup that it was restored from. Raises ValueError for a damaged log.
    """
    known = list_entries()
    found: dict[tuple[UUID, str], LoggedErasure] = {}
    end_reads()
    for line in erasure_log().read():
        if line.entry not in known:
            found.setdefault((line.entry, json.dumps(line.extent, sort_keys=True)), line)
    return sorted(found.values(), key=lambda line: (line.erased_at, str(line.entry)))


@dataclass
class RepeatSummary:
    """How many erasures were repeated, and had nothing to erase, and which requests have a hold."""

    repeated: int = 0
    empty: int = 0
    held: list[str] = field(default_factory=list)


def repeat_missing() -> RepeatSummary:
    """Repeat the erasures of the log that a restored database does not have."""
    missing, summary = list_missing(), RepeatSummary()
    for jurisdiction in list_jurisdictions():
        here = [one for one in missing if one.jurisdiction_id == jurisdiction.jurisdiction_id]
        people = _find_people(jurisdiction, here)
        end_reads()
        for one in here:
            done = repeat_erasure(jurisdiction, one, people.get(one.extent.get("digest", ""), ""))
            if done is None:
                summary.empty += 1
                continue
            media_store().remove_photos(done.photos)
            summary.held += done.held
            summary.repeated += not done.held
    return summary


def _find_people(jurisdiction: Scope, here: Sequence[LoggedErasure]) -> Mapping[str, str]:
    """Return the people whose digests the log has; this reads all texts if there are some."""
    if not any(one.extent.get("digest") for one in here):
        return {}
    return find_people_by_digest(jurisdiction.jurisdiction_id, digest_of_person)
