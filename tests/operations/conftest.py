"""A Gridtown that the tests of a file share."""

from collections.abc import Callable, Iterator

import pytest
from applications import at_hand
from flask import Flask


@pytest.fixture(scope="module")
def shared_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    return fresh_database(gridtown)


@pytest.fixture
def shared_app(shared_database: str) -> Iterator[Flask]:
    """The application on Gridtown, for a test that does not mind what others of its file did."""
    with at_hand(shared_database) as app:
        yield app
