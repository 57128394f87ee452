"""The mailbox itself: broken mails, readers that are killed, settings, and what it costs."""

from email.message import EmailMessage

import pytest
from applications import application, propagating
from mailbox_dovecot import PASSWORD
from settings import settings_for

from open311.config import load_settings
from open311.database import Lock, only_process
from open311.errors import SettingError
from open311.jobs.mail import read_mailbox
from open311.jobs.maintenance import CLEANUPS
from open311.jobs.registry import LOOPS
from open311.letters import inbox as reading
from open311.letters.inbox import fetch_mails
from open311.mail import imap
from open311.mail.inbox_setting import Inbox, mail_inbox
from open311.operations.telling.receive import forget_mails
from tests.telling import bounced
from tests.telling.inboxing import ANSWER, KIM, InboxTown, reply
from tests.telling.mailing import MailTown, only
from tests.telling.staffing import Staffed, address_of

SECRET_WORDS = "nobody may read this in a log"


def raw_to(address: str, rest: str) -> bytes:
    return f"From: Kim <{KIM}>\r\nTo: {address}\r\nSubject: {SECRET_WORDS}\r\n{rest}".encode()


BROKEN = (
    "Content-Type: message/rfc822\r\n\r\n" * 1500,
    f"Content-Type: text/plain; charset=idna\r\n\r\n{SECRET_WORDS * 9}..x",
)


def test_broken_mails_are_put_aside_and_the_others_are_read(
    inbox: InboxTown, caplog: pytest.LogCaptureFixture
) -> None:
    one, email = inbox.asked()
    broken = [raw_to(email.email["Reply-To"], rest) for rest in BROKEN]
    with propagating("open311"):
        assert inbox.take(*broken, reply(email)) == {"broken": 2, "replied": 1}
    assert inbox.folders() == (0, 1, 2)
    assert inbox.comments(one) == [(ANSWER, False)]
    assert caplog.text.count("about message") == 2
    for secret in (SECRET_WORDS, KIM, email.email["Reply-To"]):
        assert secret not in caplog.text


def test_a_mail_that_is_too_large_is_put_aside(
    inbox: InboxTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, email = inbox.asked()
    monkeypatch.setattr(reading, "MOST_BYTES", 4_000)
    large = reply(email, ANSWER * 100)
    assert inbox.take(large, reply(email, "North.")) == {"too_large": 1, "replied": 1}
    assert inbox.comments(one) == [("North.", False)]
    assert inbox.folders() == (0, 1, 1)


def test_a_long_reply_is_cut(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    assert inbox.take(reply(email, "word " * 2000)) == {"replied": 1}
    [(text, _public)] = inbox.comments(one)
    assert len(text) <= 4000
    assert text.endswith(" […]")


def test_there_is_one_reader_at_a_time(inbox: InboxTown) -> None:
    _one, email = inbox.asked()
    inbox.mailbox.put(bytes(reply(email)))
    another_process = inbox.app(OPEN311_MAIL_PER_HOUR="1999")
    with another_process, only_process(Lock.INBOX) as is_only_one:
        assert is_only_one
        with inbox.app():
            assert fetch_mails() == {}
    assert inbox.fetch() == {"replied": 1}


def test_emails_to_staff_come_back_and_block_nobody(inbox: InboxTown) -> None:
    staffed = Staffed(town=inbox)
    staffed.hire()
    staffed.start()
    one = inbox.report()
    inbox.rows("DELETE FROM tellings")
    staffed.assign(one, "ann")
    email = only(staffed.told())
    assert email.recipients == [address_of("ann")]
    assert email.email["Reply-To"] is None
    report = bounced.of_postfix(email).replace(bounced.ADDRESS.encode(), address_of("ann").encode())
    assert inbox.take(report) == {"bounced": 1}
    assert inbox.message() == (
        "bounced",
        "550 5.1.1 <…>: Recipient address rejected: User unknown",
    )
    staffed.assign(inbox.report(), "ann")
    assert only(staffed.told()).recipients == [address_of("ann")]


def test_commands_read_count_and_check_the_mailbox(inbox: InboxTown) -> None:
    _one, email = inbox.asked()
    mail = EmailMessage()
    mail["To"] = "311@gridtown.example"
    inbox.mailbox.put(bytes(mail))
    inbox.mailbox.put(bytes(reply(email)))
    assert inbox.command("mail", "fetch") == "Emails read: 1.\n1  replies of requesters\n"
    assert inbox.command("mail", "received") == "1  replies of requesters\n"
    assert inbox.command("mail", "fetch") == "Emails read: 0.\n"
    tried = inbox.command("mail", "test", KIM)
    assert tried.endswith(
        "The mailbox can be read. Let it receive emails to addresses such as "
        "311+…@gridtown.example.\n"
    )
    assert only(inbox.relay.taken()).sender.startswith("311+b-0-")


@pytest.mark.parametrize("command", [("mail", "test", KIM), ("mail", "fetch")])
def test_a_mailbox_that_refuses_the_password_is_named_without_it(
    inbox: InboxTown, command: tuple[str, ...]
) -> None:
    wrong = inbox.mailbox.setting.replace("p%40ss", "secret%40")
    settings = {**inbox.settings, "OPEN311_MAIL_INBOX": wrong}
    town = InboxTown(
        inbox.address, inbox.database, relay=inbox.relay, settings=settings, mailbox=inbox.mailbox
    )
    said = town.command(*command, fails=True)
    assert "The mailbox cannot be used: " in said
    assert "AUTHENTICATIONFAILED" in said
    assert "secret@" not in said
    assert PASSWORD not in said


def test_a_mailbox_that_is_gone_does_not_stop_the_loop(
    inbox: InboxTown, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "SECONDS", 0.2)
    with inbox.silent_server() as silent:
        gone = f"imap://u:secret@{silent.removeprefix('smtp://')}"
        with inbox.app(OPEN311_MAIL_INBOX=gone), propagating("open311"):
            read_mailbox()
    assert "No replies are read. The mailbox cannot be used: " in caplog.text
    assert "secret" not in caplog.text


def test_mails_are_forgotten_after_two_months(inbox: InboxTown) -> None:
    assert forget_mails in [one.run for one in CLEANUPS]
    for _time in range(2):
        _one, email = inbox.sent()
        assert inbox.take(reply(email)) == {"replied": 1}
        inbox.rows("UPDATE incoming_mails SET received_at = received_at - interval '31 days'")
    with inbox.app():
        assert forget_mails() == 1
    assert inbox.value("SELECT count(*) FROM incoming_mails") == 1


def test_without_a_mailbox_nothing_is_different(town: MailTown) -> None:
    one = town.send_in(KIM)
    email = only(town.deliver())
    assert email.sender == "311@gridtown.example"
    assert email.email["Reply-To"] is None
    assert "Please write above this line" not in email.plain + email.html
    with town.app() as app:
        assert not LOOPS["read_mailbox"].needed(app)
        assert fetch_mails() == {}
    assert town.states(one) == [("received", "sent", None)]
    said = town.command("mail", "fetch", fails=True)
    assert "Set OPEN311_MAIL_INBOX" in said


def test_a_mailbox_is_needed_where_it_is_configured(answered: InboxTown) -> None:
    app = application(answered.database, answered.settings)
    assert LOOPS["read_mailbox"].needed(app)


@pytest.mark.parametrize(
    ("text", "inbox_of"),
    [
        ("", None),
        (
            "imaps://a%40b.example:p%3A%2F@mail.example/Replies",
            Inbox("mail.example", 993, "a@b.example", "p:/", "Replies", is_encrypted=True),
        ),
        ("imap://a:p@mail.example", Inbox("mail.example", 143, "a", "p")),
        ("imap://a:p@127.0.0.1:1143/INBOX", Inbox("127.0.0.1", 1143, "a", "p")),
    ],
)
def test_a_mailbox_is_an_address(text: str, inbox_of: Inbox | None) -> None:
    assert mail_inbox(text) == inbox_of


def test_a_connection_is_encrypted_but_to_this_machine() -> None:
    assert Inbox("mail.example", 143, "a", "p").needs_starttls
    assert not Inbox("127.0.0.1", 143, "a", "p").needs_starttls
    assert not Inbox("mail.example", 993, "a", "p", is_encrypted=True).needs_starttls


@pytest.mark.parametrize(
    "text",
    ["mail.example", "pop://a:p@b", "imaps://mail.example", "imaps://a@b", "imaps://a:p@b:x"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it must look like imaps://"):
        mail_inbox(text)


def test_a_mailbox_needs_a_mail_server_and_a_short_address(served: MailTown) -> None:
    known = settings_for(served.database, OPEN311_MAIL_INBOX="imaps://311:p@mail.example")
    with pytest.raises(
        SettingError, match=r"OPEN311_MAIL is not set\. OPEN311_MAIL_INBOX requires"
    ):
        load_settings(known)
    long = f"{'x' * 33}@mail.example"
    with pytest.raises(SettingError, match="its address has more than"):
        load_settings(known | dict(served.settings) | {"OPEN311_MAIL_FROM": long})
