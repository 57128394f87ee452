"""What requesters get by email, from the receipt to the closing, and what they do with it."""

from datetime import timedelta

import pytest
from administrators import says
from images import from_a_phone
from mail_relay import Delivered

from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.holds import settle_hold
from open311.operations.requests.status import resume
from open311.operations.requests.withdraw import withdraw_service_request
from tests.residents.reported import Reported
from tests.telling.mailing import LATER, MailTown, confirm, links, only, path_to, subjects

KIM = "kim@mail.example"
LINE = "Crew A filled it. Call 555-0199 *now*, or see [this](http://x.example)."


def received(town: MailTown, **fields: str) -> tuple[Reported, Delivered]:
    """Send a report in, and return it with its first email."""
    one = town.send_in(KIM, **fields)
    return one, only(town.deliver())


def test_a_report_of_the_website_is_received(town: MailTown) -> None:
    one, email = received(town)
    assert (email.sender, email.recipients) == ("311@gridtown.example", [KIM])
    assert email.email["To"] == KIM
    assert email.email["From"] == "Gridtown 311 <311@gridtown.example>"
    assert email.email["Auto-Submitted"] == "auto-generated"
    assert subjects([email]) == [f"We received your request {one.id}"]
    assert {"Cc", "Bcc"}.isdisjoint(email.email.keys())
    # Anyone can type anyone's address: nothing that they typed otherwise is sent there.
    for typed in ("A deep hole", "1 Main Street"):
        assert typed not in email.plain + email.html
    assert f"/en/track/{one.secret}" in links(email.plain)
    assert set(links(email.plain)) == set(links(email.html))
    assert "Deep hole" not in says(town.get(path_to(email, "track")))
    assert town.deliver(LATER) == []
    assert town.states(one) == [("received", "sent", None)]


def test_an_email_is_in_the_language_of_the_form(town: MailTown) -> None:
    one, email = received(town, language="/es")
    assert subjects([email]) == [f"Recibimos su solicitud {one.id}"]
    assert '<html lang="es">' in email.html
    assert f"/es/track/{one.secret}" in links(email.plain)


def test_a_requester_without_the_wish_gets_nothing(town: MailTown) -> None:
    one = town.send_in(KIM, wants_updates="")
    town.change(one, "fixed")
    assert town.deliver(LATER) == []
    assert town.rows("SELECT 1 FROM messages") == []


def test_a_requester_of_an_app_is_told_like_one_of_the_website(town: MailTown) -> None:
    one = town.report(email="Lee@Mail.Example ", link=False)
    email = only(town.deliver())
    assert email.recipients == ["lee@mail.example"]
    assert subjects([email]) == [f"We received your request {one.id}"]
    assert "Deep hole" in says(town.get(path_to(email, "track")))
    town.change(one, "fixed", LINE)
    closed = only(town.deliver(LATER))
    assert subjects([closed]) == [f"Your request {one.id} is closed: Fixed"]
    assert "Crew A" not in closed.plain + closed.html


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "kïm@mail.example", "a@b.example, c@d.e"])
def test_an_app_can_send_anything_as_the_address(town: MailTown, address: str) -> None:
    one = town.report(**({"email": address} if address else {}), link=False)
    assert town.deliver() == []
    town.change(one, "fixed")
    assert town.deliver(LATER) == []


def test_notes_and_photos_go_to_confirmed_addresses(town: MailTown) -> None:
    one, email = received(town)
    town.change(one, "in_progress", LINE)
    before = only(town.deliver(LATER))
    assert subjects([before]) == [f"Your request {one.id}: Work has begun"]
    assert "Crew A" not in before.plain + before.html
    confirm(town, email)
    town.close_with_photo(one, LINE + " Thanks.", from_a_phone())
    after = only(town.deliver(LATER))
    assert f"> {LINE} Thanks." in after.plain
    assert "Call 555-0199 *now*, or see [this](http://x.example). Thanks." in after.html
    assert 'href="http://x.example"' not in after.html
    assert "1 Main Street" in after.plain
    assert "confirm" not in after.plain
    [picture] = [part for part in after.email.walk() if part.get_content_maintype() == "image"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in after.html
    assert len(picture.get_content()) <= 40_000
    places = [after.html.index(one) for one in ("Thanks.", "<img", "Yes, it is fixed")]
    assert places == sorted(places)


def test_steps_within_two_minutes_are_one_email_about_the_newest(town: MailTown) -> None:
    one, email = received(town)
    confirm(town, email)
    town.change(one, "investigating", "We look.")
    town.change(one, "in_progress", "We work.")
    assert town.deliver() == []
    told = only(town.deliver(LATER))
    assert subjects([told]) == [f"Your request {one.id}: Work has begun"]
    assert "Before that: Being looked at." in told.plain
    assert "> We work." in told.plain
    assert "We look." not in told.plain
    town.change(one, "investigating", "Oh.")
    town.change(one, "in_progress", "We work.")
    assert town.deliver(LATER) == []  # nothing has changed in the end


def test_a_closing_asks_and_its_links_choose_the_answer(town: MailTown) -> None:
    one, _email = received(town)
    town.change(one, "fixed")
    closed = only(town.deliver(LATER))
    yes, no = (path_to(closed, f"fixed={answer}") for answer in ("yes", "no"))
    for path, answer in ((yes, "yes"), (no, "no")):
        page = town.get(path.partition("#")[0])
        assert page.status_code == 200
        chosen = page.text.partition(f'value="{answer}"')[2].partition(">")[0]
        assert "checked" in chosen
    again = town.post(f"/track/{one.secret}/fixed", fixed="no", description="Still there")
    assert "The request is open again." in says(again)
    assert subjects(town.deliver(LATER)) == [f"Your request {one.id} is open again"]


def test_the_question_whether_it_is_fixed_is_not_asked_twice_in_a_week(town: MailTown) -> None:
    one, other = (received(town)[0] for _number in range(2))
    for report, asked in ((one, True), (other, False)):
        town.change(report, "fixed")
        assert ("Is it fixed?" in only(town.deliver(LATER)).plain) is asked
    third, _email = received(town)
    town.post(f"/track/{one.secret}/fixed", fixed="yes")
    town.rows("DELETE FROM messages WHERE service_request_pk = %s", other.pk)
    town.change(third, "fixed")
    assert "Is it fixed?" in only(town.deliver(LATER)).plain


def test_a_question_goes_at_once_and_its_link_answers_it(town: MailTown) -> None:
    one, email = received(town)
    confirm(town, email)
    town.ask(one, "Which side of the street?")
    asked = only(town.deliver())
    assert subjects([asked]) == [f"A question about your request {one.id}"]
    assert "> Which side of the street?" in asked.plain
    assert "Which side" in says(town.get(path_to(asked, "track")))
    answer = town.post(f"{path_to(asked, 'track')}/answer", description="The left one")
    assert "Thank you. The city has your answer." in says(answer)
    assert town.deliver(LATER) == []


def test_an_unconfirmed_address_gets_a_question_without_its_text(town: MailTown) -> None:
    one, _email = received(town)
    town.ask(one, "Which side of the street?")
    asked = only(town.deliver())
    assert "Which side" not in asked.plain + asked.html
    with town.at_work() as city:
        resume(city, one.id, "tests")
    assert town.deliver(LATER) == []


def test_a_duplicate_is_told_and_later_its_closing(town: MailTown) -> None:
    main = town.report()
    one, _email = received(town)
    town.join(one, main)
    told = only(town.deliver())
    assert subjects([told]) == [f"Your request {one.id} was reported before"]
    assert main.id in told.plain
    town.change(main, "fixed")
    closed = only(town.deliver(LATER))
    assert subjects([closed]) == [f"Your request {one.id} is closed: Fixed"]
    assert "Is it fixed?" not in closed.plain


def test_an_approved_submission_gets_its_number(town: MailTown) -> None:
    one, email = received(town, service_code="LAMP")
    assert subjects([email]) == ["We received your request"]
    assert "Staff look at it before the public can see it." in email.plain
    with town.at_work() as city:
        number = accept_service_request(city, one.id)
    assert subjects(town.deliver()) == [f"Your request is published: {number}"]


def test_a_held_report_is_told_once_it_is_published(town: MailTown) -> None:
    one, email = received(town, description="Look at http://pills.example")
    assert "pills" not in email.plain
    assert "Staff look at it before the public can see it." in email.plain
    with town.at_work() as city:
        settle_hold(city, one.id, "published", "tests")
    assert subjects(town.deliver()) == [f"Your request is published: {one.id}"]


def test_of_a_confidential_service_only_number_and_status_are_told(town: MailTown) -> None:
    one, email = received(town, service_code="TIP")
    confirm(town, email)
    town.change(one, "fixed", LINE)
    told = [email, only(town.deliver(LATER))]
    names = [name for (name,) in town.rows("SELECT name FROM departments")]
    services = [name for (name,) in town.rows("SELECT service_name FROM services")]
    for mail in told:
        for word in (*names, *services, "Crew A", "1 Main Street", "A deep hole"):
            assert word not in mail.plain + mail.html, word
    assert subjects(told)[1].endswith("is closed: Fixed")


def test_a_request_of_long_ago_is_continued_with_its_requester(town: MailTown) -> None:
    one, _email = received(town)
    town.change(one, "fixed")
    town.deliver(LATER)
    town.let_pass(one, timedelta(days=100))
    town.change(one, "open", "Again.")
    assert subjects(town.deliver(LATER)) == [f"Your request {one.id}: Fixed"]
    new = town.value("SELECT pk FROM service_requests WHERE continues_pk = %s", one.pk)
    name = town.value("SELECT service_request_id FROM service_requests WHERE pk = %s", new)
    town.change(Reported(name, new, ""), "fixed")
    told = only(town.deliver(LATER))
    assert subjects([told]) == [f"Your request {name} is closed: Fixed"]
    assert town.get(path_to(told, "track")).status_code == 200


def test_nothing_is_told_of_what_was_withdrawn(town: MailTown) -> None:
    one, _email = received(town)
    town.change(one, "in_progress")
    with town.at_work() as city:
        withdraw_service_request(city, one.id, "tests", "Spam")
    assert town.deliver(LATER) == []
    assert town.states(one) == []
    assert town.rows("SELECT 1 FROM contacts") == []


def test_a_message_that_waits_is_dropped_if_the_wish_ends(town: MailTown) -> None:
    one, email = received(town)
    stop = path_to(email, "/u/")
    town.change(one, "in_progress")
    town.relay.at_rcpt.append("451 later")
    assert town.deliver(LATER) == []
    assert "You get no more emails about this request." in says(town.post(stop, act="end"))
    assert town.deliver(LATER * 2) == []
    assert town.states(one)[1] == ("status", "dropped", "ended")


def test_what_apps_of_the_test_endpoint_send_is_not_told(town: MailTown) -> None:
    answer = town.submit("/open311/test/v2/requests.json", email=KIM)
    assert answer.status_code == 200
    assert town.rows("SELECT 1 FROM tellings") == []
    assert town.deliver(LATER) == []


def test_a_former_address_cannot_act_for_the_requester(town: MailTown) -> None:
    """It may have been that of somebody else, who can still follow the request."""
    one, first = received(town)
    assert town.post(f"/en/track/{one.secret}/email", email="right@mail.example").ok
    town.deliver()
    confirm(town, first)
    town.change(one, "in_progress")
    [told] = [email for email in town.deliver(LATER) if email.recipients == [KIM]]
    assert not [path for path in links(told.plain) if "/track/" in path]
