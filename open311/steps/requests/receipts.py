"""Receipts: the lock, the key, and the lifetime that belong to the sending of a submission."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, update

from open311.models import Receipt
from open311.queries.requests.receipts import (
    HANDLES,
    SENT,
    Sending,
    SendingForm,
    of_sender,
)
from open311.statements import Call, Statement

_LOCK = Statement(
    select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger))), prepared=True
)


def lock_calls(sending: Sending, now: datetime) -> list[Call]:
    """List what waits for a concurrent retry, and makes others wait until the transaction ends.

    So one of several is stored. It is a statement of its own: the snapshot of the next one is taken
    after the wait. A receipt whose Idempotency-Key has expired loses it.
    """
    calls = [Call(_LOCK, {"number": sending.lock_number})]
    if sending.idempotency_key is not None:
        calls.append(Call(_free_key(sending.form), sending.values(now)))
    return calls


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
