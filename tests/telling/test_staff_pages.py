"""What staff see of emails, and what administrators and commands do with them."""

from collections.abc import Callable

import pytest
from administrators import administrator, password_of, says, told
from images import from_a_phone
from staff_client import Person

from tests.telling.mailing import LATER, MailTown, confirm, only, subjects

KIM = "kim@mail.example"


@pytest.fixture(scope="module")
def chief(served: MailTown, run_command: Callable[..., str]) -> Person:
    return administrator(served.address, password_of(served.database, run_command))


def test_the_page_of_a_request_lists_its_emails_without_addresses(
    town: MailTown, chief: Person
) -> None:
    one = town.send_in(KIM)
    assert "Emails" not in says(chief.get(f"/requests/{one.id}"))
    only(town.deliver())
    town.post(f"/r/{one.id}/follow", email="lee@mail.example")
    town.relay.at_rcpt.append("550 5.1.1 <lee@mail.example> unknown")
    assert town.deliver() == []
    page = chief.get(f"/requests/{one.id}")
    emails = says(page).partition("Emails")[2]
    assert "Receipt to the requester sent" in emails
    assert "Confirmation of the address to a follower failed 550 5.1.1 <…> unknown" in emails
    assert "lee@mail.example" not in page.text
    assert "Correos" in says(chief.session.get(page.url, headers={"Accept-Language": "es"}))


def test_administrators_send_failed_emails_again(town: MailTown, chief: Person) -> None:
    one = town.send_in(KIM)
    town.relay.at_data.append("554 no")
    assert town.deliver() == []
    assert "1 Failed emails" in says(chief.get("/city"))
    page = chief.get("/city/sent", state="failed")
    assert "554 no" in says(page)
    assert KIM not in page.text
    id_ = town.value("SELECT id FROM messages WHERE service_request_pk = %s", one.pk)
    again = chief.post("/city/sent?state=failed", f"/city/sent/{id_}/retry")
    assert "We are sending the email again." in says(again)
    assert "This email has not failed." in told(chief.post("/city", f"/city/sent/{id_}/retry"))
    only(town.deliver())
    assert "0 Failed emails" in says(chief.get("/city"))


def test_administrators_settle_failures(town: MailTown, chief: Person) -> None:
    """A settled failure is in the list of all emails alone, and can be sent again all the same."""
    one = town.send_in(KIM)
    town.relay.at_data.append("554 no")
    assert town.deliver() == []
    id_ = town.value("SELECT id FROM messages WHERE service_request_pk = %s", one.pk)
    settled = chief.post("/city/sent?state=failed", f"/city/sent/{id_}/settle")
    assert "The failure is settled." in says(settled)
    assert "554 no" not in settled.text
    assert "0 Failed emails" in says(chief.get("/city"))
    assert "554 no Settled by chief," in says(chief.get("/city/sent"))
    assert "This email has not failed." in told(chief.post("/city", f"/city/sent/{id_}/settle"))
    chief.post("/city/sent", f"/city/sent/{id_}/retry")
    town.relay.at_data.append("554 no again")
    assert town.deliver() == []
    assert "1 Failed emails" in says(chief.get("/city")), "the next failure is not settled"


def test_bounced_emails_are_among_the_failed_ones(town: MailTown, chief: Person) -> None:
    one = town.send_in(KIM)
    only(town.deliver())
    town.rows("UPDATE messages SET state = 'bounced', failure = '550 5.1.1 <…>: unknown'")
    said = says(chief.get(f"/requests/{one.id}"))
    assert "Receipt to the requester bounced 550 5.1.1 <…>: unknown" in said
    assert "1 Failed emails" in says(chief.get("/city"))
    page = chief.get("/city/sent", state="failed")
    assert "failed (1)" in says(page)
    assert "bounced 550 5.1.1 <…>: unknown" in says(page)
    id_ = town.value("SELECT id FROM messages WHERE service_request_pk = %s", one.pk)
    again = chief.post("/city/sent?state=failed", f"/city/sent/{id_}/retry")
    assert "We are sending the email again." in says(again)
    only(town.deliver())
    assert town.states(one) == [("received", "sent", None)]


def test_the_list_has_pages_and_is_of_one_city(town: MailTown, chief: Person) -> None:
    one = town.send_in(KIM)
    town.deliver()
    town.rows(
        "INSERT INTO messages (jurisdiction_id, kind, telling_id, service_request_pk,"
        " subscription_id, channel, language, state, failure, attempts, made_at, due_at, reason)"
        " SELECT jurisdiction_id, kind, telling_id + number, service_request_pk, subscription_id,"
        " channel, language, 'dropped', '', 0, made_at, due_at, 'ended'"
        " FROM messages, generate_series(1, 120) AS number"
    )
    first = chief.get("/city/sent")
    assert first.text.count(f"/staff/requests/{one.id}") == 100
    link = first.text.partition('href="/staff/city/sent?before=')[2].partition('"')[0]
    assert chief.get("/city/sent", before=link).text.count(f"/staff/requests/{one.id}") == 21
    assert chief.get("/city/sent", state="sent").text.count(f"/staff/requests/{one.id}") == 1
    assert chief.get("/city/sent", state="x", before="x").status_code == 200


def test_only_administrators_see_the_list(town: MailTown, run_command: Callable[..., str]) -> None:
    made = run_command(town.database, "users", "create", "reader", "--role", "viewer", "--generate")
    reader = Person(town.address)
    reader.sign_in("reader", made.strip().rpartition("Password: ")[2])
    assert reader.get("/city/sent").status_code == 403
    anyone = Person(town.address)
    assert "/staff/sign-in" in anyone.get("/city/sent").url


def test_commands_try_the_server_and_show_emails(town: MailTown) -> None:
    assert "Email sent to kim@mail.example." in town.command("mail", "test", KIM)
    assert subjects(town.relay.taken()) == ["Test email"]
    assert "Enter an email address" in town.command("mail", "test", "kim", fails=True)
    one = town.send_in(KIM, language="/es")
    shown = town.command("mail", "preview", "closed", one.id, "--language", "es")
    assert f"Subject: Su solicitud {one.id} está cerrada: Recibida" in shown
    assert "¿Está resuelto?" in shown
    page = town.command("mail", "preview", "followed", one.id, "--html")
    assert page.startswith("<!DOCTYPE html>")
    for kind, subject in (
        ("new", f"New for East Yard: {one.id}, "),
        ("handed_over", f"Transferred to East Yard from East Yard: {one.id}"),
        ("overdue", f"Overdue: {one.id}"),
        ("day", "Your day, "),
        ("invitation", "Your account for Gridtown"),
        ("webhook_paused", "A webhook of Gridtown was paused"),
    ):
        assert f"Subject: {subject}" in town.command("mail", "preview", kind, one.id)
    assert town.command("mail", "send") == "Emails sent: 1.\n"
    assert len(town.relay.taken()) == 1
    town.close_with_photo(one, "Patched.", from_a_phone())
    page = town.command("mail", "preview", "closed", one.id, "--html")
    assert page.count('src="data:image/jpeg;base64,') == 1
    assert "cid:" not in page


def test_commands_list_and_lift_what_is_suppressed(town: MailTown) -> None:
    town.send_in(KIM)
    town.relay.at_rcpt.append("550 5.1.1 unknown")
    town.deliver()
    listed = town.command("mail", "suppressed", "list")
    assert listed.startswith("kim@mail.example  until 9999-12-3")
    assert "does not exist" in listed
    assert "gets emails again" in town.command("mail", "suppressed", "lift", "Kim@mail.example")
    assert town.command("mail", "suppressed", "list") == ""
    one = town.send_in(KIM)
    assert len(town.deliver()) == 1
    assert town.states(one) == [("received", "sent", None)]


def test_a_confirmed_requester_sees_that_email_is_on(town: MailTown) -> None:
    one = town.send_in(KIM)
    confirm(town, only(town.deliver()))
    page = says(town.get(f"/track/{one.secret}"))
    assert "once the city sends email" not in page
    town.change(one, "in_progress", "We work.")
    assert "> We work." in only(town.deliver(LATER)).plain
