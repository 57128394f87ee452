"""Gridtown with a website and emails, which a relay on loopback takes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mail_relay import Relay, running_relay
from mailbox_dovecot import Mailbox, running_mailbox
from servers import running_server

from tests.residents.conftest import site_city, site_database  # noqa: F401
from tests.telling.inboxing import InboxTown
from tests.telling.mailing import MailTown, mail_environment


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    with running_relay() as found:
        yield found


@pytest.fixture(scope="module")
def mail_database(fresh_database: Callable[[str], str], site_city: str) -> str:  # noqa: F811
    return fresh_database(site_city)


@pytest.fixture(scope="module")
def served(
    mail_database: str, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MailTown]:
    """The city, served once for the tests of a module."""
    folder: Path = tmp_path_factory.mktemp("mail")
    settings = mail_environment(relay, folder / "media")
    with running_server(mail_database, folder / "log", settings) as address:
        yield MailTown(address, mail_database, relay=relay, settings=settings)


@pytest.fixture
def town(served: MailTown) -> MailTown:
    """The city, in which nothing is left to send."""
    served.forget()
    return served


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with running_mailbox() as found:
        yield found


@pytest.fixture(scope="module")
def answered(
    mail_database: str, relay: Relay, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[InboxTown]:
    """The city with a mailbox that is read, served once for the tests of a module."""
    folder: Path = tmp_path_factory.mktemp("inbox")
    settings = mail_environment(relay, folder / "media") | {"OPEN311_MAIL_INBOX": mailbox.setting}
    with running_server(mail_database, folder / "log", settings) as address:
        yield InboxTown(address, mail_database, relay=relay, settings=settings, mailbox=mailbox)


@pytest.fixture
def inbox(answered: InboxTown) -> InboxTown:
    """The city with an empty mailbox, in which nothing is left to send."""
    answered.forget()
    return answered
