"""Authentication of HTTP requests by API key (spec 1.5)."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import request

from open311.errors import ApiKeyRejected
from open311.messages.access import (
    API_KEY_INVALID,
    API_KEY_LACKS_RIGHT,
    API_KEY_MISSING,
    API_KEY_OF_OTHER_CITY,
    API_KEY_OF_SANDBOX,
)
from open311.queries.city import Snapshot
from open311.queries.jurisdictions import Scope
from open311.queries.people.api_keys import hash_of
from open311.web.freshness import snapshot
from open311.web.parameters import first, for_sandbox
from schemas.base import Values
from schemas.vocabulary.rights import RIGHTS_BY_CODE, USUAL_RIGHTS, may

SANDBOX_KEY = "sandbox"
"""Public key that is valid only at the test endpoint."""


@dataclass(frozen=True)
class Sender:
    """Owner of an API key. The sandbox key is for all jurisdictions, so both ids are None."""

    api_key_id: int | None
    jurisdiction_id: str | None
    rights: Collection[str] = USUAL_RIGHTS


def sender(values: Values) -> Sender:
    """Return the owner of the api_key in this HTTP request; raises ApiKeyRejected.

    The key is the parameter api_key or a bearer token.
    """
    key = sent_key(values)
    if not key:
        raise ApiKeyRejected(API_KEY_MISSING, field="api_key")
    if key == SANDBOX_KEY:
        return _sandbox_sender()
    found = find_sender(snapshot(), key)
    if found is None:
        raise ApiKeyRejected(API_KEY_INVALID, field="api_key")
    return found


def sent_key(values: Values) -> str | None:
    """Return the key in this HTTP request, valid or not."""
    return first(values, "api_key") or _bearer_token()


def find_sender(known: Snapshot, key: str) -> Sender | None:
    """Return the owner of a key in a snapshot; None if it is unknown or revoked there."""
    found = known.keys.get(hash_of(key))
    return None if found is None else Sender(found.id, found.jurisdiction_id, found.rights)


def check_key_is_for(jurisdiction: Scope, owner: Sender) -> None:
    """Raise ApiKeyRejected if the key is for another jurisdiction."""
    if owner.jurisdiction_id not in (None, jurisdiction.jurisdiction_id):
        raise ApiKeyRejected(
            API_KEY_OF_OTHER_CITY, field="api_key", jurisdiction_id=jurisdiction.jurisdiction_id
        )


def check_key_may(owner: Sender, right: str) -> None:
    """Raise ApiKeyRejected if the key does not have a right, by its code."""
    if not may(owner.rights, right):
        what = RIGHTS_BY_CODE[right].allows
        raise ApiKeyRejected(API_KEY_LACKS_RIGHT, field="api_key", right=right, what=what)


def _sandbox_sender() -> Sender:
    if not for_sandbox():
        raise ApiKeyRejected(API_KEY_OF_SANDBOX, field="api_key", key=SANDBOX_KEY)
    return Sender(None, None)


def _bearer_token() -> str | None:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token
