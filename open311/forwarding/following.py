"""Rounds of following: what other servers say becomes steps here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from marshmallow import ValidationError

from open311.database import end_reads
from open311.errors import SourceFailed
from open311.forwarding.post import receipts_in
from open311.forwarding.reach import Unreachable, host_of, is_private, session_for, source_of
from open311.georeport_source.documents import Unreadable, list_entries
from open311.georeport_source.fetch import RemoteServer
from open311.georeport_source.service_requests import list_rows
from open311.media.linked_images import fetch_linked
from open311.operations.forwarding.following import (
    Polling,
    claim_polling,
    end_polling,
    store_number,
    store_their_status,
    store_their_update,
)
from open311.operations.requests.photos import written_photos
from open311.queries.forwarding.endpoints import Endpoint
from open311.queries.forwarding.forwardings import There, find_known_updates
from open311.steps.values.forwarding import TheirStatus, TheirUpdate
from open311.web.sent_media import media_store, photo_limits, put_in_place
from schemas.fields import w3c
from schemas.imports.foreign import detailed_status
from schemas.imports.foreign_answers import ForeignStatusSchema, ForeignUpdateSchema
from schemas.vocabulary.forwarding import TOKEN
from schemas.vocabulary.statuses import UNCHANGED

AT_ONCE = 50
"""Service requests that one request asks for."""

OVERLAP = timedelta(hours=2)
"""How far windows of updates reach back: clocks differ, and updates may be published late."""

LONGEST_WINDOW = timedelta(days=90)
"""Of updates, as servers of this kind answer no longer one (spec 5.6)."""


def follow_due() -> int:
    """Ask the servers whose answers are due, and return their number."""
    number = 0
    while (polling := claim_polling()) is not None:
        if polling.there:
            _follow(polling)
        number += 1
    return number


def _follow(polling: Polling) -> None:
    """Read what a server says, and store its failure or the end of what was read."""
    endpoint, now = polling.endpoint, datetime.now(UTC).replace(microsecond=0)
    try:
        with session_for(endpoint.url) as session:
            _read_all(session, polling, now)
    except (Unreachable, SourceFailed, Unreadable) as error:
        end_polling(endpoint.id, str(error))
    else:
        end_polling(endpoint.id, "", now)


def _read_all(session: requests.Session, polling: Polling, now: datetime) -> None:
    """Exchange tokens, then read updates before statuses, which repeat them. Raises SourceFailed.

    A token that fails does not hold back the others.
    """
    endpoint, source = polling.endpoint, source_of(session, polling.endpoint)
    for one in polling.there:
        if one.state == TOKEN:
            _exchange(source, endpoint, one)
    numbered = [one for one in polling.there if one.foreign_id is not None]
    for start in range(0, len(numbered), AT_ONCE):
        by_id = {str(one.foreign_id): one for one in numbered[start : start + AT_ONCE]}
        if endpoint.has_updates:
            for update in _updates(source, endpoint, by_id, now):
                _store_update(endpoint, by_id[update.service_request_id], update)
        for status in _statuses(source, by_id):
            there = by_id[status.service_request_id]
            if status.seen == there.their_status:
                continue
            known = meaning(endpoint.status_map, status.status)
            store_their_status(endpoint, there.forwarding_id, status, known)


def _exchange(source: RemoteServer, endpoint: Endpoint, there: There) -> None:
    try:
        rows = source.read(f"tokens/{there.token}", receipts_in)
    except Unreadable:
        return
    for row in rows[:1]:
        if row["service_request_id"]:
            store_number(endpoint, there.forwarding_id, row["service_request_id"])


def _updates(
    source: RemoteServer, endpoint: Endpoint, by_id: Mapping[str, There], now: datetime
) -> list[TheirUpdate]:
    """Return the updates that are new here, in the order of the server."""
    since = endpoint.updates_until or min(one.sent_at or now for one in by_id.values())
    start = max(since - OVERLAP, now - LONGEST_WINDOW + OVERLAP)
    rows = source.read(
        "servicerequestupdates",
        list_updates,
        {
            "service_request_id": ",".join(by_id),
            "start_date": w3c(start),
            "end_date": w3c(now + OVERLAP),
        },
    )
    loaded = [_update(row) for row in _loaded(ForeignUpdateSchema(), rows)]
    mine = [one for one in loaded if one.service_request_id in by_id]
    known = find_known_updates(endpoint.id, [one.update_id for one in mine])
    end_reads()
    return [one for one in mine if one.update_id not in known]


def list_updates(document: Any) -> list[Any]:
    """Return the entries of a list of updates, unchecked; raises Unreadable."""
    wrappers = (
        *("service_request_updates", "service_requests_updates"),
        *("request_updates", "request_update"),
    )
    return list_entries(document, *wrappers, mark="update_id")


def _update(row: Mapping[str, Any]) -> TheirUpdate:
    return TheirUpdate(
        update_id=row["update_id"],
        service_request_id=row["service_request_id"],
        status=row["status"],
        text=row["description"],
        links=row["media_url"],
    )


def _statuses(source: RemoteServer, by_id: Mapping[str, There]) -> list[TheirStatus]:
    rows = source.read("requests", list_rows, {"service_request_id": ",".join(by_id)})
    loaded = [
        TheirStatus(
            service_request_id=row["service_request_id"],
            status=row["status"],
            notes=row["status_notes"],
        )
        for row in _loaded(ForeignStatusSchema(), rows)
    ]
    return [one for one in loaded if one.service_request_id in by_id]


def _loaded(schema: Any, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Check rows, and skip those that are not usable."""
    for row in rows:
        try:
            yield dict(schema.load(row))
        except ValidationError:
            continue


def meaning(status_map: Mapping[str, str], word: str) -> str | None:
    """Return the detailed status for a word of another server; None if it is unknown."""
    return status_map.get(word.strip().lower()) or detailed_status(word)


def _store_update(endpoint: Endpoint, there: There, update: TheirUpdate) -> None:
    """Store an update with its photos, which are fetched before."""
    keeps = update.status.strip().lower() in ("", UNCHANGED)
    status = None if keeps else meaning(endpoint.status_map, update.status)
    known = keeps or status is not None
    with _with_photos(endpoint, update) as complete:
        store_their_update(endpoint, there.forwarding_id, complete, status, known=known)
    end_reads()


@contextmanager
def _with_photos(endpoint: Endpoint, update: TheirUpdate) -> Iterator[TheirUpdate]:
    """Yield an update with its photos stored here; a link that leads to none stays a link.

    In the city's own network, only the server itself is asked: it may not name other hosts there.
    """
    limits, host = photo_limits(), host_of(endpoint.url)
    links = update.links[: limits.photos]
    contents = {
        link: content
        for one in links
        for link, content in fetch_linked(
            [one], limits.bytes, allow_private=is_private(one) and host_of(one) == host
        ).items()
    }
    with written_photos(media_store(), put_in_place(links, contents, limits)) as written:
        yield replace(update, media=written.media)
