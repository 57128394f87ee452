"""Text messages to requesters: what they get, when, and how they stop them."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from administrators import administrator, password_of, says
from mail_relay import Relay
from servers import running_server, wait_until
from staff_client import Person
from text_gateway import TextGateway, text_gateway

from open311.letters.deliver import deliver
from open311.operations.people.erasure import PersonKey, erase_personal_data
from open311.sms.characters import BASIC, EXTENDED, LIMIT, units
from tests.residents.reported import Reported
from tests.telling.mailing import MailTown, links, mail_environment, sender

PHONE, NUMBER = "(740) 555-0123", "+17405550123"
ZONE = ZoneInfo("America/New_York")
TODAY = datetime.now(ZONE).date()


@pytest.fixture(scope="module")
def gateway() -> Iterator[TextGateway]:
    with text_gateway() as found:
        yield found


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts") / "log"


@pytest.fixture(scope="module")
def served(mail_database: str, relay: Relay, gateway: TextGateway, log: Path) -> Iterator[MailTown]:
    """The city on a server that sends text messages, too."""
    settings = {**mail_environment(relay, log.parent / "media"), "OPEN311_SMS": gateway.setting}
    with running_server(mail_database, log, settings) as address:
        yield MailTown(address, mail_database, relay=relay, settings=settings)


@pytest.fixture(scope="module")
def chief(served: MailTown, run_command: Callable[..., str]) -> Person:
    return administrator(served.address, password_of(served.database, run_command))


@pytest.fixture
def texts(town: MailTown, gateway: TextGateway) -> TextGateway:
    """The gateway, which has taken nothing yet."""
    gateway.messages.clear()
    gateway.answers.clear()
    return gateway


def at(hour: int, day: int = 1) -> datetime:
    """Return an hour of a day after today, in the time zone of the city."""
    return datetime.combine(TODAY + timedelta(days=day), time(hour), ZONE).astimezone(UTC)


def send(town: MailTown, moment: datetime | None = None, **others: str) -> None:
    """Send what is due at a moment; without one, at noon."""
    with town.app(**others):
        deliver(moment or at(12))


def reported(town: MailTown, language: str = "") -> Reported:
    """Report with the form of the website, and ask for text messages only."""
    return town.send_in("", language=language, phone=PHONE, wants_texts="yes", wants_updates=None)


def only_text(texts: TextGateway) -> str:
    [(number, text)] = texts.taken()
    assert number == NUMBER
    assert units(text) <= LIMIT
    assert set(text) <= BASIC | EXTENDED
    return text


def confirm(town: MailTown, text: str) -> None:
    [path] = links(text)
    assert town.post(path, act="confirm").status_code == 200


def confirmed(town: MailTown, texts: TextGateway) -> Reported:
    one = reported(town)
    send(town)
    confirm(town, only_text(texts))
    return one


def test_a_number_gets_nothing_but_a_question_until_it_is_confirmed(
    town: MailTown, texts: TextGateway
) -> None:
    one = reported(town)
    send(town)
    text = only_text(texts)
    assert text.startswith(f"Gridtown: to get texts about request {one.id}, confirm here.")
    [path] = links(text)
    assert path.startswith("/en/f/")
    before = town.everything()
    assert "Do you want a text message when its status changes?" in says(town.get(path))
    assert town.everything() == before
    town.change(one, "in_progress", "We work.")
    send(town)
    assert texts.taken() == []
    assert town.states(one) == [
        ("confirm", "sent", None),
        ("status", "dropped", "not_confirmed"),
    ]
    assert town.relay.taken() == []


def test_who_confirms_hears_of_each_status_without_a_word_that_anyone_typed(
    town: MailTown, texts: TextGateway
) -> None:
    one = confirmed(town, texts)
    track = f"/en/track/{one.secret}"
    town.change(one, "in_progress", "Crew A works on it.")
    send(town)
    text = only_text(texts)
    assert text == (
        f"Gridtown: your request {one.id}: Work has begun. http://311.gridtown.example{track}"
        " STOP: open the link."
    )
    town.ask(one, "Which lamp?")
    send(town)
    assert "we have a question about your request" in only_text(texts)
    town.change(one, "fixed", "Filled.")
    send(town, at(13, day=2))
    text = only_text(texts)
    assert f"your request {one.id} is closed: Fixed. " in text
    assert links(text) == [track]
    assert "STOP" in text


def test_texts_are_in_the_language_of_the_form_and_in_few_characters(
    town: MailTown, texts: TextGateway
) -> None:
    one = reported(town, language="/es")
    send(town)
    text = only_text(texts)
    assert text.startswith(f"Gridtown: para recibir mensajes sobre la solicitud {one.id}")
    assert "confirme aqui" in text
    confirm(town, text)
    town.change(one, "fixed")
    send(town)
    assert f"su solicitud {one.id} esta cerrada" in only_text(texts)


def test_a_number_is_asked_once_a_day_and_never_again_once_it_is_confirmed(
    town: MailTown, texts: TextGateway
) -> None:
    first, second = reported(town), reported(town)
    send(town)
    text = only_text(texts)
    assert town.states(second) == [("confirm", "dropped", "capped")]
    confirm(town, text)
    third = reported(town)
    town.change(third, "in_progress")
    send(town)
    assert f"your request {third.id}: " in only_text(texts)
    assert town.states(third) == [("status", "sent", None)]
    assert town.states(first) == [("confirm", "sent", None)]


def test_a_number_gets_three_a_day(town: MailTown, texts: TextGateway) -> None:
    one = confirmed(town, texts)
    for status in ("investigating", "planned", "in_progress"):
        town.change(one, status)
        send(town)
    assert len(texts.taken()) == 2
    send(town, at(9, day=2))
    assert texts.taken() == []
    send(town, at(13, day=2))
    assert "Work has begun" in only_text(texts)


def test_nobody_is_texted_at_night_but_with_a_question(town: MailTown, texts: TextGateway) -> None:
    one = confirmed(town, texts)
    town.change(one, "in_progress")
    send(town, at(21))
    town.ask(one, "Which lamp?")
    send(town, at(23))
    assert "we have a question" in only_text(texts)
    send(town, at(7, day=2))
    assert texts.taken() == []
    send(town, at(8, day=2))
    assert "your request" in only_text(texts)


def test_the_page_of_the_request_stops_and_starts_texts(town: MailTown, texts: TextGateway) -> None:
    one = confirmed(town, texts)
    track = f"/track/{one.secret}"
    assert "A phone number is stored for texts." in says(town.get(track))
    stopped = town.post(f"{track}/texts")
    assert "You get no texts about this request." in says(stopped)
    town.change(one, "in_progress")
    send(town)
    assert texts.taken() == []
    wrong = town.post(f"{track}/texts", phone="555")
    assert wrong.status_code == 400
    assert "with its area code" in says(wrong)
    assert "Saved." in says(town.post(f"{track}/texts", phone="+1 740 555 0123"))
    town.change(one, "fixed")
    send(town)
    assert "is closed" in only_text(texts)  # the number is known


def test_the_owner_of_a_number_stops_all_texts(town: MailTown, texts: TextGateway) -> None:
    one = reported(town)
    send(town)
    [path] = links(only_text(texts))
    stop = path.replace("/f/", "/u/")
    assert stop in town.get(path).text
    assert "Did somebody else enter your number?" in says(town.get(stop))
    page = town.post(stop, act="refuse")
    assert "We send no more texts to this number" in says(page)
    again = reported(town)
    send(town, at(13, day=2))
    assert texts.taken() == []
    assert town.states(again) == [("confirm", "dropped", "suppressed")]
    assert one.id != again.id


def test_what_the_gateway_refuses_is_not_repeated_until_staff_say_so(
    town: MailTown, texts: TextGateway, chief: Person
) -> None:
    one = confirmed(town, texts)
    town.change(one, "in_progress")
    texts.answers.append(500)
    send(town)
    assert len(texts.taken()) == 1
    send(town, at(18))
    assert texts.taken() == []
    assert town.states(one)[-1] == ("status", "failed", None)
    page = says(chief.get("/city/sent?state=failed"))
    assert "New status, by text message" in page
    assert "The gateway did not say that it has taken the text message." in page
    assert again(town, chief).status_code == 200
    send(town)
    assert "Work has begun" in only_text(texts)
    shown = chief.get(f"/city/sent/{last_message(town)}/text")
    assert "STOP: open the link." in says(shown)
    assert one.secret not in shown.text
    assert PHONE not in shown.text


def last_message(town: MailTown) -> int:
    return int(town.value("SELECT max(id) FROM messages"))


def again(town: MailTown, chief: Person) -> requests.Response:
    return chief.post("/city/sent", f"/city/sent/{last_message(town)}/retry")


def test_a_text_is_not_repeated_if_the_sender_dies_before_the_gateway_answers(
    town: MailTown, texts: TextGateway, chief: Person
) -> None:
    one = reported(town)
    seen: list[str] = []
    with sender(town) as program:

        def kill() -> None:
            seen.append(town.states(one)[-1][1])
            assert program.process.pid is not None
            os.kill(program.process.pid, signal.SIGKILL)

        texts.at_taking = kill
        program.process.join()
        texts.at_taking = lambda: None
        assert program.process.exitcode == -signal.SIGKILL
    assert seen == ["sending"]
    only_text(texts)
    assert wait_until(lambda: town.deliver() == [] and not is_being_sent(town))
    assert texts.taken() == []
    assert town.states(one) == [("confirm", "unknown", None)]
    assert "perhaps sent" in says(chief.get("/city/sent?state=unknown"))
    assert "by text message" in says(chief.get("/city/sent"))
    assert again(town, chief).status_code == 200
    send(town)
    assert "confirm here" in only_text(texts)


def is_being_sent(town: MailTown) -> bool:
    return bool(town.rows("SELECT 1 FROM messages WHERE state = 'sending'"))


def test_the_form_demands_a_number(town: MailTown, texts: TextGateway) -> None:
    assert 'name="wants_texts"' in town.get("/").text
    refused = town.post(
        "/report", service_code="POTHOLE", lat="0.5", long="0.5", phone="12", wants_texts="yes"
    )
    assert refused.status_code == 400
    assert "Enter the phone number that texts should go to" in says(refused)
    without_wish = town.send_in("", wants_updates=None, phone=PHONE)
    with_app = town.report(phone=PHONE)
    send(town)
    assert texts.taken() == []
    assert town.states(without_wish) == town.states(with_app) == []


def test_texts_do_not_wait_for_a_mail_server_that_is_down(
    town: MailTown, texts: TextGateway
) -> None:
    town.send_in("kim@mail.example")
    one = reported(town)
    with town.silent_server() as listening:
        port = listening.rpartition(":")[2]
    send(town, OPEN311_MAIL=f"smtp://127.0.0.1:{port}")  # nobody listens any more
    only_text(texts)
    assert town.states(one) == [("confirm", "sent", None)]
    assert town.value("SELECT state FROM messages WHERE channel = 'email'") == "waiting"


def test_without_a_gateway_there_are_none(town: MailTown, texts: TextGateway) -> None:
    one = reported(town)
    send(town, OPEN311_SMS="")
    assert texts.taken() == []
    assert town.states(one) == [("confirm", "dropped", "no_gateway")]


def test_a_trial_texts_only_the_numbers_it_names(town: MailTown, texts: TextGateway) -> None:
    one = reported(town)
    send(town, OPEN311_MAIL_ONLY_TO="@gridtown.example")
    assert texts.taken() == []
    assert town.states(one) == [("confirm", "dropped", "not_allowed")]
    town.forget()
    reported(town)
    send(town, OPEN311_MAIL_ONLY_TO=f"@gridtown.example {NUMBER}")
    only_text(texts)


def test_a_duplicate_is_told_by_email_alone(town: MailTown, texts: TextGateway) -> None:
    one = confirmed(town, texts)
    town.join(one, town.report())
    send(town)
    assert texts.taken() == []


def test_a_number_is_in_no_message_log_or_page(
    town: MailTown, texts: TextGateway, log: Path
) -> None:
    one = confirmed(town, texts)
    town.change(one, "in_progress")
    texts.answers.append(500)
    send(town)
    rows = str([town.rows(f"SELECT * FROM {name}") for name in ("messages", "tellings")])
    pages = town.get(f"/r/{one.id}").text + town.get(f"/track/{one.secret}").text
    for written in (rows, pages, log.read_text(encoding="utf-8")):
        for form in (PHONE, NUMBER, "5550123"):
            assert form not in written


def test_an_erasure_by_phone_forgets_the_number(town: MailTown, texts: TextGateway) -> None:
    one = confirmed(town, texts)
    with town.at_work() as city:
        erase_personal_data(
            city, PersonKey(basis="phone", value="740-555-0123"), texts=False, erased_by="Kim"
        )
    assert town.rows("SELECT 1 FROM contacts WHERE address = %s", NUMBER) == []
    town.change(one, "fixed")
    send(town)
    assert texts.taken() == []


def test_a_command_tries_the_gateway(town: MailTown, texts: TextGateway) -> None:
    assert town.command("sms", "test", PHONE) == f"Text message sent to {NUMBER}.\n"
    assert only_text(texts).startswith("This is a test")
    texts.answers.append(401)
    refused = town.command("sms", "test", PHONE, fails=True)
    assert "The gateway did not take the text message." in refused
    assert "Enter a phone number" in town.command("sms", "test", "555", fails=True)
