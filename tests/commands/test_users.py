"""open311 users, and signing in: who gets in, who does not, and who has to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from open311.database import db
from open311.errors import SignInRefused
from open311.models import User
from open311.operations.people.sign_in import MOST_FAILURES, sign_in
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["New User", "--role", "viewer"], "lowercase letters, digits"),
        (["Desk", "--role", "viewer"], "lowercase letters, digits"),
        (["a:b", "--role", "viewer"], "lowercase letters, digits"),
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
    assert "no user named nobody" in open311.refusal("users", "disable", "nobody")


def test_a_short_password_is_refused(app: Flask, open311: CommandLine) -> None:
    refusal = open311.refusal("users", "create", "desk", "--role", "viewer", "--password-stdin")
    assert refusal == "Use a password of 12 characters or more."


def test_who_tries_too_often_has_to_wait(app: Flask, open311: CommandLine) -> None:
    password = create(open311, "desk", "--role", "viewer")
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(SignInRefused, match=WRONG):
            sign_in("desk", "wrong")
    sign_in("desk", password)  # which begins the count anew
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInRefused, match=WRONG):
            sign_in("desk", "wrong")
    with pytest.raises(SignInRefused, match="Too many failed sign-in attempts"):
        sign_in("desk", password)
    assert "locked until" in open311.lines("users", "list")[0]
    past = datetime.now(UTC) - timedelta(seconds=1)
    db.session.execute(update(User).values(locked_until=past))
    db.session.commit()
    assert sign_in("desk", password).name == "desk"


def test_an_unknown_name_is_refused_as_a_wrong_password_is(app: Flask) -> None:
    with pytest.raises(SignInRefused, match=WRONG):
        sign_in("nobody", "nobody")
