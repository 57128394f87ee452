"""open311 keys: shown once, stored as a hash, kept in a file, revoked."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from open311.database import db
from open311.models import ApiKey
from open311.queries.people.api_keys import find_key
from tests.commands.conftest import CommandLine
from tests.operations.test_api_keys import jurisdiction_of

Contents = Callable[[], dict[str, list[str]]]


def created(open311: CommandLine, name: str, *options: object) -> str:
    [line] = open311.lines("keys", "create", name, *options)
    assert line.startswith("API key: ")
    return line.removeprefix("API key: ")


def test_a_new_key_lets_its_owner_post(app: Flask, open311: CommandLine) -> None:
    key = created(open311, "City app")
    assert len(key) >= 40
    assert jurisdiction_of(key) == "gridtown.example"


def test_a_key_is_shown_once_and_only_its_hash_is_stored(
    app: Flask, open311: CommandLine, contents: Contents
) -> None:
    key = created(open311, "City app")
    statement = select(ApiKey.key_hash).where(ApiKey.name == "City app")
    assert db.session.scalars(statement).all() == [sha256(key.encode()).digest()]
    assert key not in str(contents())
    assert key not in "".join(open311.lines("keys", "list"))


def test_two_keys_differ(app: Flask, open311: CommandLine) -> None:
    assert created(open311, "one") != created(open311, "another")


def test_keys_are_listed_with_their_state_oldest_first(app: Flask, open311: CommandLine) -> None:
    created(open311, "City app")
    open311.lines("keys", "revoke", "tests")
    first, second = open311.lines("keys", "list")
    assert first.startswith("tests: created 2")
    assert ", revoked 2" in first
    assert second.startswith("City app: created 2")
    assert second.endswith(", active")


def test_a_revoked_key_is_refused_from_now_on(app: Flask, open311: CommandLine) -> None:
    key = created(open311, "City app")
    assert open311.lines("keys", "revoke", "City app") == ["API key of City app revoked."]
    assert find_key(key) is None


@pytest.mark.parametrize("name", ["City app", "city app", "nobody"])
def test_only_a_key_in_use_can_be_revoked(app: Flask, open311: CommandLine, name: str) -> None:
    created(open311, "City app")
    open311.lines("keys", "revoke", "City app")
    assert f"no active API key named {name}." in open311.refusal("keys", "revoke", name)


def test_a_name_in_use_is_refused_and_its_key_stays(app: Flask, open311: CommandLine) -> None:
    key = created(open311, "City app")
    assert "already an API key named City app" in open311.refusal("keys", "create", "City app")
    assert jurisdiction_of(key) == "gridtown.example"


def test_the_name_of_a_revoked_key_can_be_taken_again(app: Flask, open311: CommandLine) -> None:
    old = created(open311, "City app")
    open311.lines("keys", "revoke", "City app")
    new = created(open311, "City app")
    assert find_key(old) is None
    assert jurisdiction_of(new) == "gridtown.example"


def test_a_key_file_is_made_once_for_its_owner_alone(
    app: Flask, open311: CommandLine, contents: Contents, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    key = created(open311, "local", "--file", file)
    assert file.read_text() == key
    assert file.stat().st_mode & 0o777 == 0o600
    before = contents()
    assert created(open311, "local", "--file", file) == key
    assert contents() == before
    assert file.read_text() == key


def test_the_key_of_a_file_is_taken_along_to_another_database(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text("a-key-from-elsewhere\n")
    assert created(open311, "local", "--file", file) == "a-key-from-elsewhere"
    assert jurisdiction_of("a-key-from-elsewhere") == "gridtown.example"


def test_a_name_in_use_is_not_blamed_where_the_key_of_the_file_was_revoked(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    created(open311, "local", "--file", file)
    open311.lines("keys", "revoke", "local")
    refusal = open311.refusal("keys", "create", "local", "--file", file)
    assert "revoked" in refusal
    assert "named local" not in refusal


def test_a_key_file_is_for_a_key_with_the_same_rights(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    key = created(open311, "one", "--file", file, "--may", "status,report")
    before = open311.lines("keys", "list")
    words = "contains a key with other rights. Use --may report,status, or choose another file."
    assert words in open311.refusal("keys", "create", "other", "--file", file)
    assert open311.lines("keys", "list") == before
    assert created(open311, "one", "--file", file, "--may", "report,status") == key


def test_a_key_may_do_what_its_rights_say_until_they_change(
    app: Flask, open311: CommandLine
) -> None:
    created(open311, "City app")
    created(open311, "contractor", "--may", " Status , report,status")
    _tests, app_line, contractor = open311.lines("keys", "list")
    assert ", may report, comment, active" in app_line
    assert ", may report, status, active" in contractor
    assert open311.lines("keys", "change", "contractor", "--may", "comment-any") == [
        "contractor may now comment-any."
    ]
    assert ", may comment-any, active" in open311.lines("keys", "list")[2]
    assert "no active API key named nobody." in open311.refusal(
        "keys", "change", "nobody", "--may", "report"
    )


@pytest.mark.parametrize(
    ("may", "words"),
    [
        ("vote", "'vote' is not one of report, comment, comment-any, status, staff, webhooks."),
        (" , ", "Name at least one of report, comment,"),
    ],
)
def test_rights_that_do_not_exist_are_refused(
    shared_app: Flask, open311: CommandLine, may: str, words: str
) -> None:
    assert words in open311.refusal("keys", "create", "app", "--may", may, status=2)


def test_an_empty_key_file_is_filled(app: Flask, open311: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    key = created(open311, "local", "--file", file)
    assert file.read_text() == key
    assert created(open311, "local", "--file", file) == key


@pytest.mark.parametrize("name", ["missing/key", "occupied/key"])
def test_a_key_file_that_cannot_be_made_ends_with_a_sentence(
    app: Flask, open311: CommandLine, contents: Contents, tmp_path: Path, name: str
) -> None:
    (tmp_path / "occupied").touch()
    before = contents()
    open311.refusal("keys", "create", "local", "--file", tmp_path / name)
    assert contents() == before


def test_several_cities_need_to_be_told_apart(two_towns_app: Flask, open311: CommandLine) -> None:
    assert "Add --jurisdiction" in open311.refusal("keys", "create", "app")
    assert "There is no jurisdiction nowhere." in open311.refusal(
        "keys", "create", "app", "--jurisdiction", "nowhere"
    )
    for town in ("gridtown.example", "hilltown.example"):
        assert jurisdiction_of(created(open311, "app", "--jurisdiction", town)) == town


def test_a_key_is_revoked_in_its_own_city_only(two_towns_app: Flask, open311: CommandLine) -> None:
    open311.lines("keys", "revoke", "tests", "--jurisdiction", "hilltown.example")
    [line] = open311.lines("keys", "list", "--jurisdiction", "gridtown.example")
    assert line.endswith(", active")


def test_a_key_needs_a_city(empty_app: Flask, open311: CommandLine) -> None:
    assert "no jurisdiction yet" in open311.refusal("keys", "create", "app")
