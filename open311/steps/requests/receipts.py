"""Receipts: the key and the lifetime that belong to the sending of a submission."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import update

from open311.models import Receipt
from open311.queries.requests.receipts import (
    HANDLES,
    SENT,
    Sending,
    SendingForm,
    of_sender,
)
from open311.statements import Call, Statement


def free_key_calls(sending: Sending, now: datetime) -> list[Call]:
    """List what takes an Idempotency-Key that has expired from its receipt, for the next write."""
    if sending.idempotency_key is None:
        return []
    return [Call(_free_key(sending.form), sending.values(now))]


@cache
def _free_key(form: SendingForm) -> Statement:
    statement = update(Receipt).where(
        of_sender(form),
        Receipt.idempotency_key == SENT.idempotency_key,
        Receipt.received_at <= SENT.received_at - SENT.key_lifetime,
    )
    return Statement(statement.values(idempotency_key=None), prepared=True)


def prolong_receipt(sending: Sending, answer: Mapping[str, Any], now: datetime) -> None:
    """Let a response without an id live longer: some clients take it for a failure, and retry."""
    if not answer.keys() & set(HANDLES):
        Call(_prolong(sending.form), sending.values(now)).run()


@cache
def _prolong(form: SendingForm) -> Statement:
    statement = update(Receipt).where(of_sender(form), Receipt.fingerprint == SENT.fingerprint)
    return Statement(statement.values(received_at=SENT.received_at), prepared=True)
