"""API keys of the HTTP request at hand (spec 1.5)."""

from flask import request

from open311.errors import ApiKeyRejected
from open311.parameters import first
from open311.queries.api_keys import find_key_jurisdiction
from schemas.base import Values


def key_jurisdiction(values: Values) -> str:
    """Give the jurisdiction_id that the api_key sent is for; raises ApiKeyRejected.

    The key comes as the parameter api_key or as a bearer token.
    """
    key = first(values, "api_key") or _bearer_token()
    if not key:
        raise ApiKeyRejected("api_key is missing: /open311/discovery.xml says how to get one.")
    jurisdiction_id = find_key_jurisdiction(key)
    if jurisdiction_id is None:
        raise ApiKeyRejected("api_key is not valid: /open311/discovery.xml says how to get one.")
    return jurisdiction_id


def _bearer_token() -> str | None:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token


def check_key_is_for(jurisdiction_id: str, key_jurisdiction_id: str) -> None:
    """Raise ApiKeyRejected if a key is for another jurisdiction."""
    if key_jurisdiction_id != jurisdiction_id:
        raise ApiKeyRejected(f"api_key is not for jurisdiction_id {jurisdiction_id!r}.")
