"""open311 users, and signing in: who gets in, and who does not."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from light_work import THOROUGH
from sqlalchemy import select

from open311.database import db
from open311.errors import SignInRefused
from open311.models import User
from open311.operations.people.sign_in import sign_in
from open311.passwords import is_password
from tests.commands.conftest import CommandLine

WRONG = "username or password"


def create(open311: CommandLine, *arguments: str) -> str:
    """Create a user and give the password that was made."""
    [line] = open311.lines("users", "create", *arguments, "--generate")
    return line.rpartition("Password: ")[2]


def test_a_user_is_created_listed_and_disabled(app: Flask, open311: CommandLine) -> None:
    password = create(open311, "desk", "--role", "department", "--department", "WEST")
    create(open311, "chief@example.org", "--role", "administrator")
    assert open311.lines("users", "list") == [
        "chief@example.org: administrator, active",
        "desk: department WEST, active",
    ]
    user = sign_in("Desk", password)
    assert (user.role, user.department) == ("department", "WEST")
    assert open311.lines("users", "disable", "desk") == ["User desk disabled."]
    with pytest.raises(SignInRefused, match=WRONG):
        sign_in("desk", password)
    assert "already disabled" in open311.refusal("users", "disable", "desk")
    assert f"disabled {datetime.now(UTC):%F}" in open311.lines("users", "list")[1]


def test_a_password_is_stored_as_a_hash_and_can_be_another(
    app: Flask, open311: CommandLine
) -> None:
    old = create(open311, "desk", "--role", "viewer")
    stored = db.session.scalar(select(User.password_hash)) or ""
    assert stored.startswith("$argon2id$")
    assert old not in stored
    [line] = open311.lines("users", "password", "desk", "--generate")
    new = line.rpartition(": ")[2]
    assert sign_in("desk", new).name == "desk"
    with pytest.raises(SignInRefused):
        sign_in("desk", old)


def test_outside_of_tests_a_hash_costs_what_rfc_9106_recommends() -> None:
    """The second recommended option, for where memory is scarce: 64 MiB."""
    stored = THOROUGH.hash("a password")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_password(stored, "a password")
    assert not is_password(stored, "another one")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a:b", "--role", "viewer"], "at least one letter or digit, without : or /"),
        (["a/b", "--role", "viewer"], "at least one letter or digit, without : or /"),
        (["..", "--role", "viewer"], "at least one letter or digit, without : or /"),
        (["a\nb", "--role", "viewer"], "at least one letter or digit, without : or /"),
        (["a\u202eb", "--role", "viewer"], "at least one letter or digit, without : or /"),
        (["a" * 101, "--role", "viewer"], "100 characters or fewer"),
        (["desk", "--role", "department"], "A department is required for the role department"),
        (
            ["desk", "--role", "viewer", "--department", "WEST"],
            "required for the role department",
        ),
        (["desk", "--role", "department", "--department", "NOPE"], "Use one of: CORE, EAST"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(
    app: Flask, open311: CommandLine, arguments: list[str], words: str
) -> None:
    assert words in open311.refusal("users", "create", *arguments, "--generate")
    assert open311.lines("users", "list") == []


def test_a_name_is_one_users_alone(app: Flask, open311: CommandLine) -> None:
    create(open311, "desk", "--role", "viewer")
    refusal = open311.refusal("users", "create", "desk", "--role", "viewer", "--generate")
    assert refusal == "There is already a user named desk. Enter a different name."
    refusal = open311.refusal("users", "create", "DESK", "--role", "viewer", "--generate")
    assert refusal == "There is already a user named DESK. Enter a different name."
    assert "no user named nobody" in open311.refusal("users", "disable", "nobody")


def test_a_name_is_as_people_write_it(app: Flask, open311: CommandLine) -> None:
    password = create(open311, " José  Nu\u0301n\u0303ez ", "--role", "viewer")
    assert open311.lines("users", "list") == ["José Núñez: viewer, active"]
    for typed in ("José Núñez", "josé núñez", "JOSE\u0301 NÚÑEZ", " José Núñez "):
        assert sign_in(typed, password).name == "José Núñez"
    create(open311, "O'Brien, Ann", "--role", "viewer")
    assert open311.lines("users", "disable", "o'brien, ann") == ["User o'brien, ann disabled."]


def test_a_short_password_is_refused(app: Flask, open311: CommandLine) -> None:
    refusal = open311.refusal("users", "create", "desk", "--role", "viewer", "--password-stdin")
    assert refusal == "Use a password of 12 characters or more."


def test_an_unknown_name_is_refused_as_a_wrong_password_is(app: Flask) -> None:
    with pytest.raises(SignInRefused, match=WRONG):
        sign_in("nobody", "nobody")
