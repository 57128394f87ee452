"""API keys: created, found by their hash, revoked."""

from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.models import ApiKey
from open311.operations.people.api_keys import change_rights, create_api_key, revoke_api_key
from open311.operations.residents.site import change_site
from open311.queries.people.api_keys import find_key, hash_of, list_api_keys
from open311.steps.residents.site import SITE_KEY_NAME

GRIDTOWN = "gridtown.example"


def jurisdiction_of(key: str) -> str:
    found = find_key(key)
    assert found is not None
    return str(found.jurisdiction_id)


def test_a_new_key_is_long_random_and_found(app: Flask) -> None:
    keys = {create_api_key(GRIDTOWN, f"app {number}") for number in range(5)}
    db.session.remove()
    assert len(keys) == 5
    for key in keys:
        assert len(key) == 43
        assert jurisdiction_of(key) == GRIDTOWN


def test_a_given_key_is_stored_as_its_hash_alone(app: Flask) -> None:
    assert create_api_key(GRIDTOWN, "app", "a key of ours") == "a key of ours"
    db.session.remove()
    [row] = db.session.execute(select(ApiKey.__table__).where(ApiKey.name == "app"))
    assert row.key_hash == sha256(b"a key of ours").digest()
    assert "a key of ours" not in str(row)


@pytest.mark.parametrize("key", ["", "Key-of-gridtown", "key-of-gridtown ", "\ud800", "\x00"])
def test_another_key_is_not_found(shared_app: Flask, key: str) -> None:
    assert jurisdiction_of("key-of-gridtown") == GRIDTOWN
    assert find_key(key) is None
    assert find_key(hash_of("key-of-gridtown").hex()) is None


def test_a_name_in_use_is_refused_and_the_connection_stays_usable(app: Flask) -> None:
    with pytest.raises(Conflict, match="already an API key named tests"):
        create_api_key(GRIDTOWN, "tests")
    assert create_api_key(GRIDTOWN, "another")
    assert [row.name for row in list_api_keys(GRIDTOWN)] == ["tests", "another"]


def test_a_key_that_is_there_already_is_refused_without_blaming_the_name(app: Flask) -> None:
    with pytest.raises(Conflict) as refusal:
        create_api_key(GRIDTOWN, "another", "key-of-gridtown")
    assert "named another" not in str(refusal.value)


def test_a_revoked_key_is_not_found_and_stays_listed(app: Flask) -> None:
    revoke_api_key(GRIDTOWN, "tests")
    db.session.remove()
    assert find_key("key-of-gridtown") is None
    [(name, created_at, revoked_at, rights)] = list_api_keys(GRIDTOWN)
    assert (name, rights) == ("tests", ["report", "comment"])
    assert revoked_at is not None
    assert revoked_at >= created_at


def test_a_name_is_free_again_once_its_key_is_revoked(app: Flask) -> None:
    revoke_api_key(GRIDTOWN, "tests")
    create_api_key(GRIDTOWN, "tests")
    assert [row.revoked_at is None for row in list_api_keys(GRIDTOWN)] == [False, True]
    revoke_api_key(GRIDTOWN, "tests")
    assert [row.revoked_at is None for row in list_api_keys(GRIDTOWN)] == [False, False]


@pytest.mark.parametrize(
    ("jurisdiction_id", "name"), [(GRIDTOWN, "nobody"), ("nowhere.example", "tests")]
)
def test_only_a_key_in_use_can_be_revoked(
    shared_app: Flask, jurisdiction_id: str, name: str
) -> None:
    with pytest.raises(NotFound, match=name):
        revoke_api_key(jurisdiction_id, name)
    assert jurisdiction_of("key-of-gridtown") == GRIDTOWN


def test_a_key_cannot_be_revoked_twice(app: Flask) -> None:
    revoke_api_key(GRIDTOWN, "tests")
    with pytest.raises(NotFound, match="no active API key named tests"):
        revoke_api_key(GRIDTOWN, "tests")


def test_the_key_of_a_website_cannot_be_changed_or_revoked(app: Flask) -> None:
    change_site(GRIDTOWN, {})
    with pytest.raises(NotFound):
        revoke_api_key(GRIDTOWN, SITE_KEY_NAME)
    with pytest.raises(NotFound):
        change_rights(GRIDTOWN, SITE_KEY_NAME, ["staff"])
    stored = select(ApiKey.rights, ApiKey.revoked_at).where(ApiKey.kind == "site")
    assert db.session.execute(stored).one() == (["report", "comment"], None)
