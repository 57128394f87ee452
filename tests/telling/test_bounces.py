"""Emails that come back: what is stored, and which addresses are blocked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from mail_relay import Delivered

from tests.telling import bounced
from tests.telling.inboxing import KIM, InboxTown
from tests.telling.mailing import LATER, confirm, only

UNKNOWN = ("refused", True)


@pytest.mark.parametrize(
    ("make", "said", "blocked"),
    [
        (
            bounced.of_postfix,
            "550 5.1.1 <…>: Recipient address rejected: User unknown",
            UNKNOWN,
        ),
        (bounced.of_exim, "550-5.1.1 The account <…> does not exist.", UNKNOWN),
        (
            bounced.of_exchange,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient … not found by SMTP address",
            UNKNOWN,
        ),
        (bounced.of_gmail, "550-5.1.1 The email account that you tried", UNKNOWN),
        (bounced.of_qmail, "The email bounced. The report gives no reason.", (None, None)),
        (
            lambda to: bounced.of_postfix(to, "4.2.2", "452 4.2.2 Mailbox of <kim@x.example> full"),
            "452 4.2.2 Mailbox of <…> full",
            (None, None),
        ),
        (
            lambda to: bounced.of_postfix(to, "5.7.1", "550 5.7.1 Spam"),
            "550 5.7.1 Spam",
            (None, None),
        ),
    ],
    ids=["Postfix", "Exim", "Exchange", "Gmail", "qmail", "a full mailbox", "spam"],
)
def test_an_email_that_comes_back_has_failed(
    inbox: InboxTown,
    make: Callable[[Delivered], bytes],
    said: str,
    blocked: tuple[str | None, bool | None],
) -> None:
    _one, email = inbox.sent()
    assert email.recipients == [KIM]
    assert inbox.take(make(email)) == {"bounced": 1}
    state, failure = inbox.message()
    assert state == "bounced"
    assert failure.startswith(said)
    assert KIM not in failure.lower()
    assert inbox.blocked() == blocked
    assert inbox.folders() == (0, 1, 0)


@pytest.mark.parametrize("make", [bounced.of_delay, bounced.of_vacation], ids=["delay", "vacation"])
def test_delays_and_automatic_replies_never_count(
    inbox: InboxTown, make: Callable[[Delivered], bytes]
) -> None:
    _one, email = inbox.sent()
    assert inbox.take(make(email)) == {"automatic": 1}
    assert inbox.message() == ("sent", "")
    assert inbox.blocked() == (None, None)


def test_a_report_that_anyone_made_up_does_nothing(inbox: InboxTown) -> None:
    _one, email = inbox.sent()
    name, domain = email.sender.split("@")
    forged = bounced.of_postfix(email).replace(
        email.sender.encode(), f"{name[:-16]}{'b' * 16}@{domain}".encode()
    )
    assert inbox.take(forged) == {"unknown": 1}
    assert inbox.message() == ("sent", "")
    assert inbox.blocked() == (None, None)


def test_a_blocked_address_gets_emails_again_once_it_is_confirmed(inbox: InboxTown) -> None:
    _one, email = inbox.sent()
    assert inbox.take(bounced.of_postfix(email)) == {"bounced": 1}
    other = inbox.send_in(KIM)
    assert inbox.deliver() == []
    assert inbox.states(other) == [("received", "dropped", "suppressed")]
    assert inbox.post(f"/f/{inbox.follow_token(other)}", act="confirm").status_code == 200
    assert inbox.blocked() == (None, None)
    inbox.change(other, "in_progress")
    only(inbox.deliver(LATER))


def test_an_address_that_forwards_to_one_that_is_gone_is_not_blocked_at_once(
    inbox: InboxTown,
) -> None:
    _one, email = inbox.sent()
    elsewhere = bounced.of_postfix(email).replace(bounced.ADDRESS.encode(), b"kim@old.example")
    assert inbox.take(elsewhere) == {"bounced": 1}
    assert inbox.message()[0] == "bounced"
    assert inbox.blocked() == (None, None)


def test_three_emails_that_come_back_in_two_weeks_block_for_a_month(inbox: InboxTown) -> None:
    for number in range(3):
        assert inbox.blocked()[0] is None if number else True
        _one, email = inbox.sent()
        assert inbox.take(bounced.of_postfix(email, "5.2.2", f"552 5.2.2 {number}")) == {
            "bounced": 1
        }
    assert inbox.blocked() == ("refused_often", False)


def test_old_failures_do_not_count(inbox: InboxTown) -> None:
    for _number in range(2):
        _one, email = inbox.sent()
        assert inbox.take(bounced.of_postfix(email, "5.2.2")) == {"bounced": 1}
    inbox.rows("UPDATE messages SET made_at = made_at - interval '15 days'")
    _one, email = inbox.sent()
    assert inbox.take(bounced.of_postfix(email, "5.2.2")) == {"bounced": 1}
    assert inbox.blocked() == (None, None)


def test_two_reports_about_an_email_count_once(inbox: InboxTown) -> None:
    _one, email = inbox.sent()
    reports = [bounced.of_postfix(email, "5.2.2", f"552 5.2.2 {number}") for number in range(3)]
    assert inbox.take(*reports) == {"bounced": 3}
    assert inbox.blocked() == (None, None)


def test_a_report_waits_for_an_email_that_is_still_being_sent(inbox: InboxTown) -> None:
    """The sender was killed after the server took it; it is sent again first."""
    _one, email = inbox.sent()
    inbox.rows("UPDATE messages SET state = 'sending', sent_at = NULL")
    assert inbox.take(bounced.of_postfix(email)) == {}
    assert inbox.folders() == (1, 0, 0)
    assert inbox.deliver() == []  # it waits for a minute, as after a failed attempt
    only(inbox.deliver(timedelta(minutes=2)))
    assert inbox.fetch() == {"bounced": 1}
    assert inbox.message()[0] == "bounced"


def test_a_bounced_email_can_be_sent_again(inbox: InboxTown) -> None:
    one, email = inbox.sent()
    assert inbox.take(bounced.of_postfix(email, "5.2.2")) == {"bounced": 1}
    inbox.retry(one)
    again = only(inbox.deliver(timedelta(seconds=1)))
    assert again.sender == email.sender
    assert inbox.states(one) == [("received", "sent", None)]


def test_the_envelope_sender_is_that_of_the_message_and_the_header_is_not(
    inbox: InboxTown,
) -> None:
    _one, email = inbox.sent()
    assert email.sender.startswith("311+b-")
    assert email.email["From"] == "Gridtown 311 <311@gridtown.example>"
    confirm(inbox, email)
    other = inbox.sent()[1]
    assert other.sender != email.sender
