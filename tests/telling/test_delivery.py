"""Emails that a mail server refuses, delays, or takes twice, and addresses that refuse them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from mail_relay import HANG_UP, running_relay
from statements import statements

from open311.database import db
from open311.letters import deliver
from open311.mail import transport
from open311.mail.envelope import Letter
from open311.operations.telling.send import Outgoing
from open311.operations.telling.tell import tell_due
from open311.queries.city import City
from tests.residents.reported import SECRET
from tests.telling.mailing import LATER, MailTown, only, subjects

API = "/open311/v2/requests.json"
KIM = "kim@mail.example"
PAUSES = [timedelta(minutes=n) for n in (1, 5, 30, 120, 360, 720)]
MINUTE = timedelta(minutes=1)


def state(town: MailTown) -> tuple[str, int, str]:
    """Return the only message: its state, its attempts, and what the server said last."""
    [row] = town.rows("SELECT state, attempts, failure FROM messages")
    return row


def suppressed(town: MailTown) -> tuple[str | None, object]:
    [row] = town.rows(
        "SELECT suppressed_why, suppressed_until - now() > interval '60 days' FROM contacts"
    )
    return row


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "said"),
    [
        (["451 4.3.0 <kim@mail.example>: busy"], [], "451 4.3.0 <…>: busy"),
        (["421 4.7.0 too many"], [], "421 4.7.0 too many"),
        ([], ["452 4.2.2 full"], "452 4.2.2 full"),
    ],
)
def test_an_email_that_is_not_taken_now_is_sent_later(
    town: MailTown, at_rcpt: list[str], at_data: list[str], said: str
) -> None:
    town.send_in(KIM)
    town.relay.at_rcpt += at_rcpt
    town.relay.at_data += at_data
    assert town.deliver() == []
    assert state(town) == ("waiting", 1, said)
    assert town.deliver(MINUTE - timedelta(seconds=10)) == []
    only(town.deliver(MINUTE + timedelta(seconds=1)))
    assert state(town) == ("sent", 2, "")
    assert suppressed(town) == (None, None)


def test_pauses_grow_until_it_has_failed_and_staff_may_try_again(town: MailTown) -> None:
    one = town.send_in(KIM)
    passed = timedelta()
    for pause in [*PAUSES, timedelta()]:
        town.relay.at_rcpt.append("451 busy")
        assert town.deliver(passed) == []
        passed += pause + timedelta(seconds=1)
    assert town.states(one) == [("received", "failed", None)]
    assert town.deliver(timedelta(days=2)) == []
    town.retry(one)
    only(town.deliver(timedelta(seconds=1)))


def test_an_address_that_does_not_exist_gets_nothing_more_until_it_is_confirmed(
    town: MailTown,
) -> None:
    town.send_in(KIM)
    town.relay.at_rcpt.append("550 5.1.1 <kim@mail.example>: User unknown")
    assert town.deliver() == []
    assert state(town) == ("failed", 1, "550 5.1.1 <…>: User unknown")
    assert suppressed(town) == ("refused", True)
    other = town.send_in(KIM)
    assert town.deliver() == []
    assert town.states(other) == [("received", "dropped", "suppressed")]
    token = town.follow_token(other)
    assert town.post(f"/f/{token}", act="confirm").status_code == 200
    assert suppressed(town) == (None, None)
    town.change(other, "in_progress")
    only(town.deliver(LATER))


def test_three_refusals_in_two_weeks_end_emails_for_a_month(town: MailTown) -> None:
    for number in range(3):
        assert suppressed(town)[0] is None if number else True
        town.send_in(KIM)
        town.relay.at_data.append("554 5.7.0 Spam")
        assert town.deliver() == []
    assert suppressed(town) == ("refused_often", False)
    town.send_in(KIM)
    assert town.deliver() == []
    assert subjects(town.deliver(timedelta(days=2))) == []
    town.send_in(KIM)
    town.tell()
    town.rows("UPDATE messages SET due_at = now() + interval '31 days' WHERE state = 'waiting'")
    only(town.deliver(timedelta(days=31, seconds=1)))


def test_an_email_taken_by_a_server_that_hangs_up_comes_twice_as_the_same(town: MailTown) -> None:
    """Only the server knows that it took it; Message-ID tells mail programs that it is the same."""
    town.send_in(KIM)
    town.relay.at_data.append(HANG_UP)
    first = only(town.deliver())
    assert state(town)[0] == "waiting"
    second = only(town.deliver(MINUTE + timedelta(seconds=1)))
    assert first.email["Message-ID"] == second.email["Message-ID"]
    assert first.plain == second.plain


def test_a_server_that_is_gone_delays_all_and_loses_none(town: MailTown) -> None:
    addresses = [f"kim{number}@mail.example" for number in range(3)]
    for address in addresses:
        town.send_in(address)
    with running_relay() as gone:
        setting = gone.setting
    assert town.deliver(OPEN311_MAIL=setting) == []
    attempts = [number for (number,) in town.rows("SELECT attempts FROM messages ORDER BY id")]
    assert attempts == [1, 0, 0]  # the others were not tried
    found = town.deliver(MINUTE + timedelta(seconds=1))
    assert sorted(one.recipients[0] for one in found) == addresses


def test_a_server_that_does_not_answer_is_left(
    town: MailTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SECONDS", 0.2)
    town.send_in(KIM)
    with town.silent_server() as setting:
        assert town.deliver(OPEN311_MAIL=setting) == []
    assert state(town)[:2] == ("waiting", 1)
    assert "timed out" in state(town)[2]
    only(town.deliver(MINUTE + timedelta(seconds=1)))


def test_a_sender_that_ended_before_it_was_done_is_followed_by_another(town: MailTown) -> None:
    """The row says "sending", and nobody holds the lock of the sender."""
    town.send_in(KIM)
    town.tell()
    town.rows("UPDATE messages SET state = 'sending', attempts = 1")
    assert town.deliver() == []
    assert state(town) == ("waiting", 1, "The sender stopped while it sent this message.")
    only(town.deliver(MINUTE + timedelta(seconds=1)))
    assert state(town) == ("sent", 2, "")


def test_an_email_that_stops_its_sender_each_time_does_not_hold_up_the_others(
    town: MailTown,
) -> None:
    town.send_in(KIM)
    town.tell()
    town.rows("UPDATE messages SET state = 'sending', attempts = 7")
    town.send_in("lee@mail.example")
    assert only(town.deliver()).recipients == ["lee@mail.example"]
    states = town.rows("SELECT state, attempts FROM messages ORDER BY id")
    assert states == [("failed", 7), ("sent", 1)]


def test_what_was_taken_is_stored_with_the_beginning_of_the_next(town: MailTown) -> None:
    """So one commit is enough for each, and a kill in a rest repeats none."""
    for number in range(3):
        town.send_in(f"kim{number}@mail.example")
    seen: list[list[str]] = []

    def rest() -> None:
        assert not db.session().in_transaction()
        seen.append([state for (state,) in town.rows("SELECT state FROM messages ORDER BY id")])

    with town.app():
        deliver.deliver(datetime.now(UTC), rest)
    assert seen == [
        ["waiting", "waiting", "waiting"],
        ["sending", "waiting", "waiting"],
        ["sent", "sending", "waiting"],
        ["sent", "sent", "sending"],
    ]
    assert town.rows("SELECT DISTINCT state, attempts FROM messages") == [("sent", 1)]


def test_a_sender_that_has_to_end_begins_no_other_message(town: MailTown) -> None:
    town.send_in("kim@mail.example")
    town.send_in("lee@mail.example")
    with town.app():
        deliver.deliver(is_ending=lambda: bool(town.relay.emails))
    states = town.rows("SELECT state, attempts FROM messages ORDER BY id")
    assert states == [("sent", 1), ("waiting", 0)]


def test_an_email_that_fails_leaves_the_one_before_as_sent(
    town: MailTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken is stored, even if the next one cannot begin."""
    for number in range(2):
        town.send_in(f"kim{number}@mail.example")
    begin = deliver._BEGINNINGS[None]
    failing = {None: lambda *given: 1 / 0 if given[3] else begin(*given)}
    monkeypatch.setattr(deliver, "_BEGINNINGS", failing)
    with pytest.raises(ZeroDivisionError):
        town.deliver()
    assert town.rows("SELECT state FROM messages ORDER BY id") == [("sent",), ("waiting",)]
    assert only(town.relay.taken()).recipients == ["kim0@mail.example"]


def test_more_tellings_take_no_more_statements(town: MailTown) -> None:
    numbers = []
    for some in (2, 5):
        for _report in range(some):
            new = uuid4().hex
            town.submit(API, description=f"Deep {new}", email=f"{new}@mail.example")
        with town.app(), statements(db.engine) as sent:
            assert tell_due(SECRET, datetime.now(UTC)) == some
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
    assert town.rows("SELECT count(*) FROM messages WHERE kind = 'received'") == [(7,)]


def test_an_email_takes_two_statements(town: MailTown) -> None:
    """One reads whatever decides on it, and one stores its beginning and the end of the last."""
    numbers = []
    for some in (1, 2, 5):  # the first one reads the snapshot of the city, too
        for number in range(some):
            town.send_in(f"kim{some}.{number}@mail.example")
        town.tell()
        with town.app(), statements(db.engine) as sent:
            assert len(town.deliver_here()) == some
        numbers.append(len(sent))
    assert numbers[2] - numbers[1] == 2 * (5 - 2)


def test_there_is_one_sender_at_a_time(town: MailTown) -> None:
    town.send_in(KIM)
    with town.sending():
        assert town.deliver(OPEN311_MAIL_PER_HOUR="1999") == []  # another process
        assert town.rows("SELECT 1 FROM messages") == []
    only(town.deliver())


def test_an_address_gets_five_emails_a_day_until_it_is_confirmed(town: MailTown) -> None:
    reports = [town.send_in(KIM) for _number in range(6)]
    assert len(town.deliver()) == 5
    assert town.states(reports[-1]) == [("received", "dropped", "capped")]


def test_a_confirmed_address_gets_ten_a_day_and_others_later(town: MailTown) -> None:
    reports = [town.send_in(KIM) for _number in range(5)]
    assert len(town.deliver()) == 5
    assert town.post(f"/f/{town.follow_token(reports[0])}", act="confirm").status_code == 200
    for report in reports:
        town.change(report, "in_progress")
    assert len(town.deliver(LATER)) == 5
    town.change(reports[0], "planned")
    assert town.deliver(LATER) == []
    assert town.states(reports[0])[-1] == ("status", "waiting", None)
    assert town.deliver(timedelta(hours=23)) == []
    assert subjects(town.deliver(timedelta(hours=25))) == [f"Your request {reports[0].id}: Planned"]


def test_an_hour_has_a_number_of_emails_and_questions_come_first(town: MailTown) -> None:
    first, second = town.send_in("a@mail.example"), town.send_in("b@mail.example")
    town.tell()
    town.ask(second, "Where?")
    limited = {"OPEN311_MAIL_PER_HOUR": "2"}
    assert subjects(town.deliver(**limited)) == [
        f"A question about your request {second.id}",
        f"We received your request {first.id}",
    ]
    assert town.deliver(timedelta(minutes=50), **limited) == []
    assert subjects(town.deliver(timedelta(minutes=70), **limited)) == [
        f"We received your request {second.id}"
    ]


@pytest.mark.parametrize(("only_to", "sent"), [(KIM, 1), ("@mail.example", 1), ("@x.example", 0)])
def test_while_trying_only_some_get_emails(town: MailTown, only_to: str, sent: int) -> None:
    one = town.send_in(KIM)
    assert len(town.deliver(OPEN311_MAIL_ONLY_TO=only_to)) == sent
    state = ("sent", None) if sent else ("dropped", "not_allowed")
    assert town.states(one) == [("received", *state)]


def test_what_was_due_days_ago_is_told_no_more(town: MailTown) -> None:
    one = town.send_in(KIM)
    town.tell()
    town.change(one, "in_progress")
    assert town.deliver(timedelta(days=4)) == []
    assert town.states(one) == [("received", "dropped", "too_old")]
    assert town.rows("SELECT 1 FROM tellings") == []


def test_an_email_that_cannot_be_written_does_not_stop_the_others(
    town: MailTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = town.send_in("a@mail.example"), town.send_in("b@mail.example")
    write = deliver.write_letter

    def fail(outgoing: Outgoing, city: City) -> Letter:
        if outgoing.facts.service_request_id == bad.id:
            raise KeyError("a placeholder")
        return write(outgoing, city)

    monkeypatch.setattr(deliver, "write_letter", fail)
    assert subjects(town.deliver()) == [f"We received your request {good.id}"]
    assert "was not written" in town.value(
        "SELECT failure FROM messages WHERE service_request_pk = %s", bad.pk
    )
