"""Rounds of sending: what is due goes to its server, one after the other."""

from datetime import UTC, datetime, timedelta

import requests
from flask import current_app

from open311.errors import SourceFailed
from open311.forwarding.form import NoService, form_of
from open311.forwarding.post import post
from open311.forwarding.reach import Unreachable, key_of, session_for, source_of
from open311.georeport_source.service_requests import walk
from open311.georeport_source.windows import Window
from open311.operations.forwarding.sending import claim_next, store_outcome
from open311.queries.forwarding.forwardings import Outgoing
from open311.queries.forwarding.targets import mark_of
from open311.steps.values.forwarding import Later, Outcome, Refused, TakenOn, Unclear

CLOCKS_DIFFER = timedelta(hours=2)


def send_due() -> int:
    """Send what is due to other servers, and return the number of attempts and looks."""
    number = 0
    while (outgoing := claim_next()) is not None:
        store_outcome(outgoing, _attempt(outgoing))
        number += 1
    return number


def _attempt(outgoing: Outgoing) -> Outcome:
    """Send a service request once. If it may be there already, look for it first.

    No transaction is open while the other server answers.
    """
    try:
        with session_for(outgoing.endpoint.url) as session:
            if outgoing.is_unclear:
                return _look_or_unclear(session, outgoing, "it is not found there")
            return _send(session, outgoing)
    except Unreachable as error:
        return Refused(str(error))


def _send(session: requests.Session, outgoing: Outgoing) -> Outcome:
    endpoint = outgoing.endpoint
    if outgoing.attempts > 1:
        try:
            found = _look(session, outgoing)
        except SourceFailed:
            return Later("it cannot be searched for this request")
        if found is not None:
            return found
    public_url = current_app.config["OPEN311_PUBLIC_URL"]
    try:
        form = form_of(outgoing, key_of(endpoint), public_url)
    except NoService as error:
        return Refused(str(error))
    outcome = post(session, endpoint, form, _idempotency_key(outgoing))
    if isinstance(outcome, Unclear):
        return _look_or_unclear(session, outgoing, outcome.sentence)
    return outcome


def _idempotency_key(outgoing: Outgoing) -> str:
    """Return a key that is the same for each attempt, and that no other request has."""
    first = int(outgoing.sent_at.timestamp())
    return f"{outgoing.service_request_id}-{outgoing.forwarding_id}-{first}"


def _look(session: requests.Session, outgoing: Outgoing) -> TakenOn | None:
    """Find a service request on the other server by the mark in its description.

    None means that it is not there: raises SourceFailed if the list cannot be read.
    """
    mark = mark_of(outgoing.city, outgoing.service_request_id)
    period = Window(outgoing.sent_at - CLOCKS_DIFFER, datetime.now(UTC) + CLOCKS_DIFFER)
    source = source_of(session, outgoing.endpoint)
    for window in walk(source, period, 1, UTC):
        for row in window.rows:
            if mark in [line.strip() for line in row.description.splitlines()]:
                return TakenOn(row.service_request_id)
    return None


def _look_or_unclear(session: requests.Session, outgoing: Outgoing, sentence: str) -> Outcome:
    try:
        return _look(session, outgoing) or Unclear(sentence)
    except SourceFailed:
        return Unclear(sentence)
