"""Connections to mail servers are encrypted, and the servers prove who they are.

The servers are real ones on loopback. Only their name is resolved by the test.
"""

import socket
from collections.abc import Iterator, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from certificates import Authority
from mail_relay import Relay as RunningRelay
from mail_relay import running_relay
from mailbox_dovecot import PASSWORD, USER, Mailbox, running_mailbox

from open311.mail.imap import InboxUnusable, open_inbox
from open311.mail.inbox_setting import Inbox
from open311.mail.outlets import Relay
from open311.mail.transport import Refusal, open_post

HOST, OTHER_HOST = "mail.gridtown.example", "mail.other.example"
SENDER = Address(username="311", domain="gridtown.example")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the host names of the servers be those of this machine."""
    usual = socket.getaddrinfo

    def resolved(host: Any, *others: Any, **options: Any) -> Any:
        return usual("127.0.0.1" if host in (HOST, OTHER_HOST) else host, *others, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the servers, as the operator of a server would."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))


class Doorkeeper:
    """Takes one password, and knows how it came."""

    def __init__(self) -> None:
        self.encrypted: list[bool] = []

    def __call__(
        self, server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return AuthResult(success=(data.login, data.password) == (b"311", b"secret"))


@pytest.fixture(params=["smtps", "starttls"])
def encrypted_relay(
    request: pytest.FixtureRequest, authority: Authority
) -> Iterator[tuple[RunningRelay, Relay, Doorkeeper]]:
    """A relay with a certificate and a password, and the setting of it, for either form."""
    context, keeper = authority.certificate(HOST).for_server(), Doorkeeper()
    is_at_once = request.param == "smtps"
    options: Mapping[str, Any] = (
        {"ssl_context": context, "auth_require_tls": False}
        if is_at_once
        else {"tls_context": context, "require_starttls": True, "auth_required": True}
    )
    with running_relay(authenticator=keeper, **options) as running:
        setting = Relay(HOST, running.port, "311", "secret", is_encrypted=is_at_once)
        yield running, setting, keeper


def post(relay: Relay) -> None:
    email = EmailMessage()
    email["Subject"], email["From"], email["To"] = "A test", str(SENDER), "kim@mail.example"
    email.set_content("A test.")
    with open_post(relay, SENDER) as server:
        server.send(email, "kim@mail.example", SENDER.addr_spec)


@pytest.mark.usefixtures("trusted")
def test_emails_and_the_password_are_sent_encrypted(
    encrypted_relay: tuple[RunningRelay, Relay, Doorkeeper],
) -> None:
    running, setting, keeper = encrypted_relay
    post(setting)
    assert [one.email["Subject"] for one in running.taken()] == ["A test"]
    assert keeper.encrypted == [True]


def test_a_relay_that_nobody_trusts_gets_neither_email_nor_password(
    encrypted_relay: tuple[RunningRelay, Relay, Doorkeeper],
) -> None:
    running, setting, keeper = encrypted_relay
    with pytest.raises(Refusal, match="certificate verify failed") as refused:
        post(setting)
    assert refused.value.is_about_all
    assert running.taken() == []
    assert keeper.encrypted == []


@pytest.mark.usefixtures("trusted")
def test_a_relay_with_the_certificate_of_another_name_gets_nothing(
    encrypted_relay: tuple[RunningRelay, Relay, Doorkeeper],
) -> None:
    running, setting, keeper = encrypted_relay
    other = Relay(OTHER_HOST, setting.port, "311", "secret", setting.is_encrypted)
    with pytest.raises(Refusal, match="certificate verify failed"):
        post(other)
    assert (running.taken(), keeper.encrypted) == ([], [])


def test_a_relay_without_starttls_gets_nothing() -> None:
    with running_relay() as running:
        with pytest.raises(Refusal, match="STARTTLS"):
            post(Relay(HOST, running.port))
        assert running.taken() == []


@pytest.fixture(scope="module")
def encrypted_mailbox(authority: Authority) -> Iterator[Mailbox]:
    with running_mailbox(authority.certificate(HOST)) as found:
        yield found


@pytest.fixture(params=["imaps", "starttls"])
def inbox(request: pytest.FixtureRequest, encrypted_mailbox: Mailbox) -> Inbox:
    """The setting of an encrypted mailbox, in either form."""
    if request.param == "imaps":
        return Inbox(HOST, encrypted_mailbox.encrypted_port, USER, PASSWORD, is_encrypted=True)
    return Inbox(HOST, encrypted_mailbox.port, USER, PASSWORD)


@pytest.mark.usefixtures("trusted")
def test_a_mailbox_is_read_encrypted(inbox: Inbox, encrypted_mailbox: Mailbox) -> None:
    with open_inbox(inbox) as opened:
        assert int(opened.numbering()) > 0
    log = encrypted_mailbox.log()
    [signed_in] = [line for line in log.splitlines() if f"user=<{USER}>" in line][-1:]
    assert "TLS" in signed_in


def test_a_mailbox_that_nobody_trusts_is_not_signed_in_to(
    inbox: Inbox, encrypted_mailbox: Mailbox
) -> None:
    before = encrypted_mailbox.log().count(f"user=<{USER}>")
    with pytest.raises(InboxUnusable, match="certificate verify failed"), open_inbox(inbox):
        pass
    assert encrypted_mailbox.log().count(f"user=<{USER}>") == before
