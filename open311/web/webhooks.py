"""Messages to other systems: signed, sent, and what they answered (Standard Webhooks 1.0.0)."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from flask import Flask, current_app
from standardwebhooks import Webhook

from open311.database import end_reads
from open311.operations.webhooks.endpoints import begin_ping, store_ping
from open311.operations.webhooks.runs import (
    Message,
    Run,
    begin_run,
    end_run,
    next_message,
    read_changes,
    store_answer,
)
from open311.outgoing import bounded_post, outgoing_session
from open311.steps.values.webhooks import Answer
from open311.web.formats import render_json
from schemas.vocabulary.webhooks import PING

SECONDS = 15
"""Time for one message, from the look-up of the name to the end of the response."""

MOST_READ = 65_536
"""Bytes of a response that are read. None of it is stored."""

MOST_SENT = 20_000
"""Bytes of a body beyond which older notes and updates are left out."""

RUN_SECONDS = 20
"""Time after which a run ends; the next one continues."""


@dataclass(frozen=True)
class Settings:
    """Settings of webhooks: the key that encrypts secrets, private hosts, and the public URL."""

    secret_key: str
    private_hosts: Collection[str]
    public_url: str

    @classmethod
    def of(cls, app: Flask) -> "Settings":
        """Return the settings of an application."""
        config = app.config
        return cls(
            config["OPEN311_SECRET_KEY"],
            config["OPEN311_WEBHOOK_PRIVATE"],
            config["OPEN311_PUBLIC_URL"],
        )


def deliver(endpoint_id: int) -> int:
    """Send an endpoint what it has to know now, and return the number of messages.

    Sends nothing if another run of the endpoint is at work.
    """
    settings = Settings.of(current_app)
    run = begin_run(endpoint_id, settings.secret_key, settings.public_url, _now())
    if run is None:
        return 0
    end = time.monotonic() + RUN_SECONDS
    try:
        with _session(run.url, settings) as session:
            return _deliver_until(run, session, settings, end)
    finally:
        end_run(run)


def _deliver_until(run: Run, session: requests.Session, settings: Settings, end: float) -> int:
    number, has_more = 0, True
    while has_more and time.monotonic() < end:
        has_more = read_changes(run, _now())
        while time.monotonic() < end and (message := next_message(run, _now())) is not None:
            answer = _send(session, run.url, _body(message), message.message_id, run.secrets)
            number += 1
            if store_answer(run, message, answer, _now()) is not None:
                return number
    return number


def ping(jurisdiction_id: str, number: int, api_key_id: int | None = None) -> Answer:
    """Send a test message now, and return the answer; raises NotFound and Conflict."""
    settings = Settings.of(current_app)
    url, secrets = begin_ping(jurisdiction_id, number, api_key_id, secret_key=settings.secret_key)
    message_id = f"msg_{number}_ping_{uuid4().hex}"
    body = render_json("", {"type": PING, "timestamp": _now(), "data": {"webhook": number}})
    end_reads()
    with _session(url, settings) as session:
        answer = _send(session, url, body, message_id, secrets)
    store_ping(number, message_id, answer)
    return answer


def _session(url: str, settings: Settings) -> requests.Session:
    """Return a session for a URL: to a private address only if the city names its host."""
    return outgoing_session(allow_private=urlsplit(url).hostname in settings.private_hosts)


def _body(message: Message) -> bytes:
    """Return the body of a message; the oldest notes and updates are left out of a long one."""
    request, updates = dict(message.service_request), list(message.updates)
    notes: list[Any] = []
    if extended := dict(request.get("extended_attributes") or {}):
        notes = list(extended["notes"])
        request["extended_attributes"] = {**extended, "notes": notes}
    whole = {"notes": len(notes), "updates": len(updates)}
    data: dict[str, Any] = {
        "service_request": request,
        "change_number": message.now.change_number,
        "updates": updates,
    }
    body = _render(message, data)
    while len(body) > MOST_SENT and (notes or updates):
        longer = max((notes, updates), key=len)  # they mostly say the same
        del longer[: max(len(longer) // 4, 1)]
        kept = {"notes": len(notes), "updates": len(updates)}
        data["left_out"] = {name: whole[name] - kept[name] for name in whole}
        body = _render(message, data)
    return body


def _render(message: Message, data: Mapping[str, Any]) -> bytes:
    kind = f"service_request.{message.event}"
    return render_json("", {"type": kind, "timestamp": message.now.changed_at, "data": data})


def _send(
    session: requests.Session, url: str, body: bytes, message_id: str, secrets: Sequence[str]
) -> Answer:
    """Send a body, signed with each secret. Of what fails, the answer tells nothing."""
    now, text = datetime.now(UTC), body.decode()
    signatures = (Webhook(secret).sign(message_id, now, text) for secret in secrets)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    begin = time.monotonic()
    try:
        found = bounded_post(session, url, body, headers, most_bytes=MOST_READ, seconds=SECONDS)
    except requests.RequestException:
        return Answer()
    return Answer(
        status=found.status,
        milliseconds=round((time.monotonic() - begin) * 1000),
        retry_after=found.headers.get("Retry-After"),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
