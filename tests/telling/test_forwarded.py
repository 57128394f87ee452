"""A town forwards to a county on another of our servers, and tells whoever gets its emails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neighbors import NAME, SERVER, forward, settings_of
from servers import running_server

from open311.forwarding.sending import send_due
from open311.operations.forwarding.decisions import settle
from open311.operations.forwarding.sending import claim_next
from open311.operations.requests.status import change_status
from tests.residents.reported import Reported
from tests.telling.mailing import LATER, MailTown, confirm, links, path_to, subjects
from tests.telling.test_followers import followed

PRIVATE = {"OPEN311_FORWARD_PRIVATE": "127.0.0.1"}


@pytest.fixture(scope="module")
def county(
    fresh_database: Callable[[str], str],
    gridtown: str,
    served: MailTown,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The database of the server to which the East Yard of the town forwards."""
    folder: Path = tmp_path_factory.mktemp("county")
    database = fresh_database(gridtown)
    settings = {**settings_of(""), "OPEN311_MEDIA_STORE": str(folder / "media")}
    with running_server(database, folder / "log", settings) as address:
        forward(served, address, "EAST")  # type: ignore[arg-type]
        yield database


def send(town: MailTown) -> None:
    with town.app(**PRIVATE):
        send_due()


def number_of(town: MailTown, one: Reported) -> str:
    return str(
        town.value("SELECT foreign_id FROM forwardings WHERE service_request_pk = %s", one.pk)
    )


@pytest.mark.usefixtures("county")
def test_the_requester_and_followers_hear_that_it_was_sent(town: MailTown) -> None:
    one = town.send_in("kim@mail.example")
    town.deliver()
    followed(town, one)
    send(town)
    number = number_of(town, one)
    own, news = sorted(town.deliver(), key=lambda mail: mail.recipients != ["kim@mail.example"])
    assert subjects([own]) == [f"Your request {one.id} was forwarded to {NAME}"]
    assert f"{NAME} is responsible for it." in own.plain
    assert f"Its number there is {number}." in own.plain
    assert f"/en/track/{one.secret}" in links(own.plain)
    assert subjects([news]) == [f"Request {one.id} that you follow: Received"]
    assert f"It was sent to {NAME}, where it is number {number}." in news.plain
    assert "/track/" not in news.plain + news.html
    assert town.deliver(LATER) == []


@pytest.mark.usefixtures("county")
def test_it_is_told_in_the_language_of_the_requester(town: MailTown) -> None:
    one = town.send_in("kim@mail.example", language="/es")
    town.deliver()
    send(town)
    [own] = town.deliver()
    assert subjects([own]) == [f"Su solicitud {one.id} se reenvió a {NAME}"]
    assert f"Su número allí es {number_of(town, one)}." in own.plain


@pytest.mark.usefixtures("county")
def test_a_new_status_at_the_same_time_is_part_of_the_email(town: MailTown) -> None:
    one = town.send_in("kim@mail.example")
    [receipt] = town.deliver()
    confirm(town, receipt)
    send(town)
    with town.at_work() as city:
        change_status(city, one.id, "open", "The bridge is theirs.", made_by="crew")
    [own] = town.deliver(LATER)
    assert subjects([own]) == [f"Your request {one.id} was forwarded to {NAME}"]
    assert "> The bridge is theirs." in own.plain
    assert town.deliver(LATER) == []


@pytest.mark.usefixtures("county")
def test_a_number_that_staff_enter_is_told(town: MailTown) -> None:
    one = town.send_in("kim@mail.example")
    town.deliver()
    with town.app(**PRIVATE):
        assert claim_next() is not None
    town.rows("UPDATE forwardings SET state = 'unknown' WHERE service_request_pk = %s", one.pk)
    with town.at_work() as city:
        settle(city, one.id, SERVER, "Kim", "4711-X")
    [own] = town.deliver()
    assert "Its number there is 4711-X." in own.plain
    assert one.secret in path_to(own, "track")


@pytest.mark.usefixtures("county")
def test_what_is_refused_there_is_not_told(town: MailTown) -> None:
    town.rows("UPDATE foreign_endpoints SET service_map = '{}'")
    one = town.send_in("kim@mail.example")
    town.deliver()
    send(town)
    town.rows("""UPDATE foreign_endpoints SET service_map = '{"POTHOLE": "POTHOLE"}'""")
    assert town.value("SELECT state FROM forwardings WHERE service_request_pk = %s", one.pk) == (
        "refused"
    )
    assert town.deliver(LATER) == []


@pytest.mark.usefixtures("county")
def test_a_preview_is_about_the_step_that_forwarded(town: MailTown) -> None:
    one = town.send_in("kim@mail.example")
    send(town)
    town.change(one, "in_progress", "They work on it.")
    shown = town.command("mail", "preview", "forwarded", one.id)
    assert f"Subject: Your request {one.id} was forwarded to {NAME}" in shown
    assert f"Its number there is {number_of(town, one)}." in shown
