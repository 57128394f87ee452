from collections.abc import Callable, Iterator

import pytest
from applications import in_context
from webhook_receiver import Receiver, webhook_receiver

from tests.webhooks.hooks import SETTINGS, Hooks


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as running:
        yield running


@pytest.fixture(scope="module")
def hooks(
    fresh_database: Callable[[str], str], two_towns: str, receiver: Receiver
) -> Iterator[Hooks]:
    """Webhooks of a Gridtown that the tests of a module share; each adds endpoints of its own."""
    for app in in_context(fresh_database(two_towns), SETTINGS):
        yield Hooks(app, receiver)
