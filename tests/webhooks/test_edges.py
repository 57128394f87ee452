"""Webhooks on pages, in the API, and on the command line, with the jobs of a running server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from administrators import NAME, administrator, password_of, says, send, told
from applications import application, close
from browsing import barriers_in_all_views, enter
from click.testing import CliRunner
from flask.cli import ScriptInfo
from georeport_client import KEYS, Api
from playwright.sync_api import Browser
from servers import PATIENCE, running_server, wait_until
from staff_client import Person
from webhook_receiver import Inbox, Receiver

from open311.cli import main
from tests.webhooks.hooks import SETTINGS

PERSON = {
    "email": "xq77@mail.example",
    "first_name": "Xaviera",
    "last_name": "Quillfeather",
    "phone": "7405557788",
    "device_id": "device-zz-4711",
    "account_id": "account-zz-4712",
}
INTERNAL = "staffwords77"
PAGE = "/city/webhooks"


@pytest.fixture(scope="module")
def city(fresh_database: Callable[[str], str], gridtown: str) -> str:
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("webhooks") / "log"


@pytest.fixture(scope="module")
def town(city: str, log: Path) -> Iterator[str]:
    """A server whose jobs run inside of it, and that logs all that it can."""
    settings = {
        **SETTINGS,
        "OPEN311_PUBLIC_URL": "",  # or cookies would need HTTPS
        "OPEN311_JOBS": "inside",
        "OPEN311_LOG_LEVEL": "DEBUG",
    }
    with running_server(city, log, settings) as address:
        yield address


@pytest.fixture(scope="module")
def password(city: str, run_command: Callable[..., str]) -> str:
    return password_of(city, run_command)


@pytest.fixture(scope="module")
def chief(town: str, password: str) -> Person:
    return administrator(town, password)


@pytest.fixture(scope="module")
def report(town: str) -> Callable[..., str]:
    def post(**values: Any) -> str:
        api = Api(town, "json", KEYS["gridtown.example"])
        answer = api.post(service_code="POTHOLE", lat=0.5, long=0.5, **values)
        return str(answer.document[0]["service_request_id"])

    return post


def shown_secret(answer: requests.Response) -> str:
    [secret] = re.findall(r'<code class="secret">(whsec_[^<]+)</code>', answer.text)
    return str(secret)


def number_of(answer: requests.Response) -> int:
    [number] = set(re.findall(r"/staff/city/webhooks/(\d+)\"", answer.text))
    return int(number)


def add_on_page(chief: Person, inbox: Inbox, **fields: Any) -> int:
    answer = send(chief, PAGE, PAGE, {"url": inbox.url, "events": ["created", "closed"], **fields})
    assert answer.status_code == 200, told(answer)
    inbox.secrets.append(shown_secret(answer))
    return number_of(answer)


def test_a_webhook_is_added_on_a_page_and_told_by_the_jobs_of_the_server(
    chief: Person, receiver: Receiver, report: Callable[..., str], log: Path
) -> None:
    """Planted personal data is in no message, page, or log."""
    inbox = receiver.inbox()
    number = add_on_page(chief, inbox, services=["POTHOLE"])
    id_ = report(description="A hole", **PERSON)
    action = f"/requests/{id_}"
    answer = chief.post(action, f"{action}/note", text=INTERNAL)
    assert answer.status_code == 200, answer.text
    assert wait_until(lambda: inbox.events == [(id_, "created")])
    assert wait_until(lambda: "Status 204" in says(chief.get(f"{PAGE}/{number}")))
    page = chief.get(f"{PAGE}/{number}")
    assert id_ in says(page)
    outputs = [one.body.decode() for one in inbox.received] + [page.text, log.read_text()]
    for word in (*PERSON.values(), INTERNAL):
        assert not [one for one in outputs if word.lower() in one.lower()], word


def test_no_row_of_webhooks_contains_personal_data(
    chief: Person, city: str, receiver: Receiver, report: Callable[..., str]
) -> None:
    inbox = receiver.inbox()
    add_on_page(chief, inbox)
    report(**PERSON)
    assert wait_until(lambda: len(inbox.received) > 0)
    with psycopg.connect(city) as connection:
        for name in ("webhook_endpoints", "webhook_deliveries", "webhook_attempts"):
            rows = connection.execute(f"SELECT string_agg(t::text, ' ') FROM {name} t").fetchone()
            assert rows is not None
            assert not [word for word in PERSON.values() if word in str(rows[0])]


def test_all_actions_of_the_page_work_without_scripts(
    chief: Person, receiver: Receiver, report: Callable[..., str], city: str
) -> None:
    inbox = receiver.inbox()
    number = add_on_page(chief, inbox)
    here = f"{PAGE}/{number}"

    def act(action: str, **fields: Any) -> str:
        answer = send(chief, here, f"{here}/{action}", fields)
        assert answer.status_code == 303, told(answer)
        return says(chief.get(here))

    assert "The server answered with status 204." in act("ping")
    inbox.answer = lambda _message: 500
    assert "The test failed:" in act("ping")
    inbox.answer = lambda _message: 204
    assert "Paused by hand." in act("pause")
    id_ = report()
    assert "1 changes" in says(chief.get(here))
    act("resume")
    assert wait_until(lambda: (id_, "created") in inbox.events)
    inbox.received.clear()
    assert "are sent again" in act("replay", after="0")
    assert wait_until(lambda: (id_, "created") in inbox.events)
    answer = send(chief, here, f"{here}/rotate")
    inbox.secrets.append(shown_secret(answer))
    assert "The server answered with status 204." in act("ping")
    _make_dead(city, number)
    page = chief.get(here)
    assert "Failed messages" in says(page)
    assert "Messages that are sent again: 1" in act("retry")
    refused = send(chief, here, f"{here}/replay", {"after": "x"})
    assert (refused.status_code, bool(told(refused))) == (400, True)
    answer = send(chief, here, f"{here}/delete")
    assert answer.headers["Location"].endswith(PAGE)
    assert chief.get(here).status_code == 404


def _make_dead(city: str, number: int) -> None:
    with psycopg.connect(city) as connection:
        connection.execute(
            "UPDATE webhook_deliveries SET state = 'dead', failure = 'status', attempts = 10 "
            "WHERE (endpoint_id, service_request_pk) = (SELECT endpoint_id, "
            "max(service_request_pk) FROM webhook_deliveries WHERE endpoint_id = %s GROUP BY 1)",
            [number],
        )


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"url": "http://example.org/"}, "HTTPS"),
        ({"url": ""}, "HTTPS"),
        ({"events": []}, ""),
        ({"boundary": "ward"}, "ward:2"),
        ({"boundary": "ward:999"}, "999"),
        ({"services": ["NOTHING"]}, "NOTHING"),
    ],
)
def test_a_form_with_a_problem_is_shown_again(
    chief: Person, fields: dict[str, Any], word: str
) -> None:
    good = {"url": "https://example.org/hook", "events": ["created"]}
    answer = send(chief, PAGE, PAGE, {**good, **fields})
    if fields == {"events": []}:  # a form without checked boxes sends nothing: all events
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert word in told(answer)


def test_the_pages_have_no_barriers(
    browser: Browser,
    town: str,
    password: str,
    complaints: list[str],
    chief: Person,
    receiver: Receiver,
    report: Callable[..., str],
    city: str,
) -> None:
    inbox = receiver.inbox()
    number = add_on_page(chief, inbox)
    report()
    assert wait_until(lambda: len(inbox.received) == 1)
    _make_dead(city, number)
    page = enter(browser, town, NAME, password, complaints, "/city")
    for path in ("", f"/{number}"):
        page.goto(f"{town}/staff{PAGE}{path}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert barriers_in_all_views(page) == [], path
    assert complaints == []


class Client:
    """A client of the API with a key."""

    def __init__(self, town: str, key: str) -> None:
        self.base, self.key = f"{town}/open311/v2/webhooks", key

    def get(self, path: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.get(self.base + path, headers=headers, timeout=PATIENCE)

    def post(self, path: str = "", **values: Any) -> requests.Response:
        data = {"api_key": self.key, **values}
        return requests.post(self.base + path, data=data, timeout=PATIENCE)


def key_with(city: str, run_command: Callable[..., str], name: str, rights: str) -> str:
    text = run_command(city, "keys", "create", name, "--may", rights)
    return text.strip().rpartition("API key: ")[2]


def test_the_owner_of_a_key_has_webhooks_of_its_own(
    town: str,
    city: str,
    run_command: Callable[..., str],
    receiver: Receiver,
    report: Callable[..., str],
    chief: Person,
) -> None:
    mine = Client(town, key_with(city, run_command, "Mine", "report,webhooks"))
    other = Client(town, key_with(city, run_command, "Other", "webhooks"))
    without = Client(town, KEYS["gridtown.example"])
    assert without.get().status_code == without.post(url="https://example.org").status_code == 403
    inbox = receiver.inbox()
    added = mine.post(url=inbox.url, services="POTHOLE", events="created,closed")
    document = added.json()
    assert added.headers["Cache-Control"] == "private, no-store"
    number, secret = document["webhook"], document["secret"]
    inbox.secrets.append(secret)
    id_ = report()
    assert wait_until(lambda: (id_, "created") in inbox.events)
    assert wait_until(lambda: len(mine.get(f"/{number}").json()["deliveries"]) == 1)
    shown = mine.get(f"/{number}").json()
    assert "secret" not in shown
    [delivery] = shown["deliveries"]
    assert (delivery["service_request_id"], delivery["status"]) == (id_, 204)
    assert other.get().json() == []
    assert number in [one["webhook"] for one in mine.get().json()]
    for action in ("ping", "pause", "resume", "rotate", "replay", "retry", "delete"):
        assert other.post(f"/{number}/{action}", after="0").status_code == 404, action
    assert other.get(f"/{number}").status_code == 404
    assert mine.post(f"/{number}/ping").json()["status"] == 204
    assert mine.post(f"/{number}/replay", after="0").json() == {"webhook": number, "after": 0}
    assert mine.post(f"/{number}/replay").status_code == 400
    assert mine.post(f"/{number}/unknown").status_code == 404
    assert mine.post(f"/{number}/rotate").json()["secret"] != secret
    assert mine.post(f"/{number}/pause").status_code == 200
    assert mine.get(f"/{number}").json()["state"] == "paused"
    assert mine.post(f"/{number}/resume").status_code == 200
    assert mine.post(f"/{number}/retry").json()["messages"] == 0
    assert "Mine" in says(chief.get(PAGE))
    assert mine.post(f"/{number}/delete").status_code == 200
    assert mine.get(f"/{number}").status_code == 404


def test_commands_do_the_same(city: str, receiver: Receiver) -> None:
    inbox = receiver.inbox()
    told_once = run_in(city, "webhooks", "add", inbox.url, "--event", "closed")
    inbox.secrets.append(told_once.rpartition("Secret: ")[2].strip())
    [number] = re.findall(r"Webhook (\d+) added", told_once)
    assert "Status 204" in run_in(city, "webhooks", "ping", number)
    assert f"{number}: {inbox.url}, on" in run_in(city, "webhooks", "list")
    assert "paused" in run_in(city, "webhooks", "pause", number)
    assert "is on" in run_in(city, "webhooks", "resume", number)
    assert "after 3" in run_in(city, "webhooks", "replay", number, "--after", "3")
    assert "after" in run_in(city, "webhooks", "replay", number, "--since", "2020-01-01")
    assert "whsec_" in run_in(city, "webhooks", "rotate", number)
    assert "again: 0" in run_in(city, "webhooks", "retry", number)


def run_in(database_url: str, *arguments: str) -> str:
    """Run a command on a database with SETTINGS."""
    app = application(database_url, SETTINGS)
    with app.app_context():
        result = CliRunner().invoke(main, arguments, obj=ScriptInfo(create_app=lambda: app))
    close(app)
    assert result.exit_code == 0, result.output
    return result.output
