"""The forms with which administrators run the city."""

import pytest
from marshmallow import ValidationError

from open311.models import people as user
from open311.roles import WORKS_ON
from schemas.catalog.forms import ROLES, read_options


def test_the_roles_are_those_that_the_database_knows_and_that_may_do_something() -> None:
    assert ROLES == user.ROLES
    assert set(ROLES) == set(WORKS_ON)


def test_options_are_a_line_each() -> None:
    assert read_options("A=Apples\n\n B = Bricks = stones \n") == [
        ("A", "Apples"),
        ("B", "Bricks = stones"),
    ]
    assert read_options(" \n ") == []


@pytest.mark.parametrize("text", ["A", "=x", "A=", f"{'A' * 101}=x", f"A={'x' * 501}", "A=1\nA=2"])
def test_what_is_no_option_is_told(text: str) -> None:
    with pytest.raises(ValidationError, match=r"options\."):
        read_options(text)


def test_there_are_not_too_many() -> None:
    with pytest.raises(ValidationError, match=r"options\.too_many.*500"):
        read_options("\n".join(f"K{number}=Name" for number in range(501)))
