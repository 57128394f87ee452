"""What happens to a forwarded report, by what the other server answers, or does not."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fixmystreet import FixMyStreet
from foreign_server import ForeignServer, Reply, foreign_server
from georeport_client import KEYS
from neighbors import GRIDTOWN, MARK, NAME, Place, forward

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
STORED = (
    f"{HEAD}<service_requests><request><service_request_id>{{}}</service_request_id>"
    "</request></service_requests>"
)
ERROR = f"{HEAD}<errors><error><code>{{}}</code><description>{{}}</description></error></errors>"


def xml(text: str, status: int = 200) -> Reply:
    return Reply(text.encode(), status)


class Elsewhere:
    """A server of the form of FixMyStreet: XML alone, with updates, of which a test says more."""

    def __init__(self) -> None:
        self.take: Callable[[dict[str, str]], Reply | None] = self.store
        self.stored: dict[str, dict[str, str]] = {}
        self.updates: list[str] = []
        self.status = "open"
        self.is_searchable = True
        self.asked: Callable[[], None] = lambda: None
        self.server: ForeignServer

    def store(self, form: dict[str, str]) -> Reply:
        number = f"FMS{len(self.stored) + 1}"
        self.stored[number] = form
        return xml(STORED.format(number))

    def answer(self, path: str, parameters: dict[str, str]) -> Reply:
        self.asked()
        if path.endswith("/requests.xml") and not self.is_searchable:
            return Reply(b"", 503)
        if path.endswith("/requests.xml"):
            asked = parameters.get("service_request_id", "").split(",")
            rows = [
                f"<request><service_request_id>{number}</service_request_id>"
                f"<status>{self.status}</status><service_code>p</service_code>"
                f"<description>{form['description']}</description>"
                f"<requested_datetime>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</requested_datetime>"
                f"<lat>0.5</lat><long>0.5</long></request>"
                for number, form in self.stored.items()
                if number in asked or asked == [""]
            ]
            return xml(f"{HEAD}<service_requests>{''.join(rows)}</service_requests>")
        if path.endswith("/servicerequestupdates.xml"):
            return xml(
                f"{HEAD}<service_requests_updates>{''.join(self.updates)}"
                "</service_requests_updates>"
            )
        return Reply(b"<html>nothing</html>", 404)

    def update(self, number: str, update_id: str, status: str, text: str = "") -> None:
        at = datetime.now(UTC) - timedelta(minutes=1)
        self.updates.append(
            f"<request_update><update_id>{update_id}</update_id>"
            f"<service_request_id>{number}</service_request_id><status>{status}</status>"
            f"<updated_datetime>{at:%Y-%m-%dT%H:%M:%SZ}</updated_datetime>"
            f"<description>{text}</description><media_url></media_url></request_update>"
        )


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    one = Elsewhere()
    with foreign_server(one.answer, lambda form: one.take(form)) as server:
        one.server = server
        yield one


@pytest.fixture(scope="module")
def city(elsewhere: Elsewhere, serve: Callable[[str], Any]) -> Iterator[Place]:
    """A town whose East Yard is at a server of another kind."""
    with serve("city") as place:
        forward(
            place,
            elsewhere.server.address,
            "EAST",
            "CORE",
            foreign_jurisdiction="borough",
            service_map={"POTHOLE": "potholes", "SURVEY": "survey"},
            answer_map={"SURVEY/WHO": "asked", "SURVEY/WHO/ME": "myself", "SURVEY/DAY": "when"},
            status_map={"with contractor": "action_scheduled"},
        )
        yield place


@pytest.fixture(autouse=True)
def usual(elsewhere: Elsewhere) -> Iterator[None]:
    """A server that stores what comes, and knows nothing of the tests before."""
    elsewhere.take, elsewhere.status = elsewhere.store, "open"
    elsewhere.updates.clear()
    yield
    elsewhere.take, elsewhere.asked = elsewhere.store, lambda: None


def report(city: Place, text: str, **fields: Any) -> str:
    return city.api.report(description=text, **fields)


def make_due(city: Place) -> None:
    city.rows(
        "UPDATE forwardings SET due_at = now() - interval '1 minute'"
        " WHERE state IN ('waiting', 'sending')"
    )


def test_the_form_is_that_of_the_standard(city: Place, elsewhere: Elsewhere) -> None:
    place = {"lat": 0.5, "long": 0.5, "address_string": "1 Main Street", "zipcode": "43130"}
    id_ = report(city, "A hole\nin two lines", **place)
    city.send()
    path, form = elsewhere.server.posted[-1]
    assert path == "/open311/v2/requests.xml"
    assert form == {
        "api_key": KEYS[GRIDTOWN],
        "jurisdiction_id": "borough",
        "service_code": "potholes",
        "lat": "0.5",
        "long": "0.5",
        "address_string": "1 Main Street",
        "zipcode": "43130",
        "description": f"A hole\nin two lines\n\n{MARK}{id_}",
    }
    assert elsewhere.server.keys[-1].startswith(f"{id_}-")
    assert city.forwarded(id_)["state"] == "accepted"


def test_a_report_of_fixmystreet_goes_on_and_its_end_comes_back_there(
    city: Place, elsewhere: Elsewhere
) -> None:
    fms = FixMyStreet(city.address, KEYS[GRIDTOWN], GRIDTOWN)
    fms.populate_service_list()
    problem = fms.report("Pothole", "A hole of two servers.")
    fms.send_report(problem)
    city.send()
    number = str(city.forwarded(str(problem.external_id))["foreign_id"])
    form = elsewhere.stored[number]
    assert "Hushed" not in str(form)
    assert "kim@mail.example" not in str(form)
    elsewhere.update(number, "u1", "IN_PROGRESS", "We have begun.")
    elsewhere.update(number, "u2", "FIXED", "Filled.")
    city.follow()
    fms.fetch_updates()
    assert problem.page == ["This request was sent to East Yard.", "We have begun.", "Filled."]
    assert problem.state == "fixed - council"
    assert city.forwarded(str(problem.external_id))["state"] == "done"


def test_an_update_is_known_by_its_id_however_often_it_comes(
    city: Place, elsewhere: Elsewhere
) -> None:
    id_ = report(city, "A hole with equal updates")
    city.send()
    number = str(city.forwarded(id_)["foreign_id"])
    elsewhere.update(number, "same-1", "open", "We look.")
    elsewhere.update(number, "same-2", "open", "We look.")
    for _round in range(3):
        city.follow()
    steps = city.api.get("v2/servicerequestupdates", service_request_id=id_).document
    assert [step["description"] for step in steps][1:] == ["We look.", "We look."]


def test_an_unknown_status_keeps_ours_and_is_reviewed(city: Place, elsewhere: Elsewhere) -> None:
    id_, other = report(city, "A hole of odd words"), report(city, "A hole of their words")
    city.send()
    elsewhere.update(str(city.forwarded(id_)["foreign_id"]), "odd-1", "Gone fishing", "Later.")
    elsewhere.update(str(city.forwarded(other)["foreign_id"]), "odd-2", "With Contractor", "Soon.")
    city.follow()
    one = city.api.one(id_)
    assert (one["status"], one["status_notes"]) == ("open", "Later.")
    assert city.review(id_) == {
        "foreign_status": f"{NAME}: its status 'Gone fishing' is unknown here"
    }
    steps = city.api.get("v2/servicerequestupdates", service_request_id=other).document
    assert [step["status"] for step in steps] == ["unchanged", "action_scheduled"]


def test_without_updates_the_list_of_requests_tells(city: Place, elsewhere: Elsewhere) -> None:
    city.rows("UPDATE foreign_endpoints SET has_updates = false")
    id_ = report(city, "A hole without updates")
    city.send()
    for status, expected in (("open", "open"), ("Closed - fixed", "closed"), ("open", "open")):
        elsewhere.status = status
        city.follow()
        city.follow()
        assert city.api.one(id_)["status"] == expected
    steps = city.api.get("v2/servicerequestupdates", service_request_id=id_).document
    assert len(steps) == 3
    city.rows("UPDATE foreign_endpoints SET has_updates = true")


def test_a_lost_answer_is_found_there(city: Place, elsewhere: Elsewhere) -> None:
    def lose(form: dict[str, str]) -> None:
        elsewhere.store(form)

    elsewhere.take = lose
    id_ = report(city, "A hole whose answer is lost")
    city.send()
    assert city.forwarded(id_)["state"] == "accepted"
    assert sum(id_ in form["description"] for form in elsewhere.stored.values()) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_busy_server_is_tried_again_and_given_up_at_last(
    city: Place, elsewhere: Elsewhere, status: int
) -> None:
    elsewhere.take = lambda _form: xml("<html>busy</html>", status)
    id_ = report(city, f"A hole and a server with {status}")
    posted = len(elsewhere.server.posted)
    for attempt in range(1, 8):
        make_due(city)
        city.send()
        assert city.forwarded(id_)["attempts"] == attempt
    assert city.forwarded(id_)["state"] == "given_up"
    assert city.review(id_) == {"not_forwarded": f"{NAME}: it answered with status {status}"}
    assert len(elsewhere.server.posted) == posted + 7
    assert len(set(elsewhere.server.keys[posted:])) == 1
    make_due(city)
    assert city.send() == 0


def test_what_was_stored_in_spite_of_an_error_is_not_sent_again(
    city: Place, elsewhere: Elsewhere
) -> None:
    def fail_after(form: dict[str, str]) -> Reply:
        elsewhere.store(form)
        return xml("<html>oops</html>", 500)

    elsewhere.take = fail_after
    id_ = report(city, "A hole stored with an error")
    city.send()
    assert city.forwarded(id_)["state"] == "waiting"
    posted = len(elsewhere.server.posted)
    make_due(city)
    city.send()
    assert city.forwarded(id_)["state"] == "accepted"
    assert len(elsewhere.server.posted) == posted


def test_nothing_is_sent_again_while_it_cannot_be_looked_for(
    city: Place, elsewhere: Elsewhere
) -> None:
    def fail_after(form: dict[str, str]) -> Reply:
        elsewhere.store(form)
        return xml("<html>oops</html>", 500)

    elsewhere.take, elsewhere.is_searchable = fail_after, False
    id_ = report(city, "A hole stored with an error, in a list that cannot be read")
    city.send()
    posted = len(elsewhere.server.posted)
    make_due(city)
    city.send()
    assert city.forwarded(id_)["state"] == "waiting"
    elsewhere.is_searchable = True
    make_due(city)
    city.send()
    assert city.forwarded(id_)["state"] == "accepted"
    assert len(elsewhere.server.posted) == posted


@pytest.mark.parametrize(
    ("reply", "state", "sentence"),
    [
        (xml(ERROR.format(400, "Outside the borough."), 400), "refused", "Outside the borough."),
        (xml(ERROR.format(400, "Outside the borough.")), "refused", "Outside the borough."),
        (Reply(b"", 302, {"Location": "/"}), "refused", "it answered with status 302"),
        (Reply(b"", 403), "refused", "it answered with status 403"),
        (xml("<html>Thank you!</html>"), "sending", "it is not readable"),
        (xml(f"{HEAD}<service_requests/>"), "sending", "it answered without a number"),
        (Reply(b"", 504), "sending", "it answered with status 504"),
    ],
)
def test_an_answer_decides_what_happens_next(
    city: Place, elsewhere: Elsewhere, reply: Reply, state: str, sentence: str
) -> None:
    elsewhere.take = lambda _form: reply
    id_ = report(city, f"A hole and {sentence} {reply.status} {len(reply.octets)}")
    city.send()
    assert city.forwarded(id_)["state"] == state
    if state == "refused":
        assert city.forwarded(id_)["sentence"] == sentence
        assert city.review(id_) == {"not_forwarded": f"{NAME}: {sentence}"}


def test_a_number_of_another_request_is_no_answer(city: Place, elsewhere: Elsewhere) -> None:
    first = report(city, "The first of two with a number")
    city.send()
    number = str(city.forwarded(first)["foreign_id"])
    elsewhere.take = lambda _form: xml(STORED.format(number))
    id_ = report(city, "The second of two with a number")
    city.send()
    assert city.forwarded(id_)["state"] == "unknown"
    assert f"number {number} belongs to request {first}" in city.review(id_)["not_forwarded"]


def test_a_service_without_one_there_is_reviewed(city: Place, elsewhere: Elsewhere) -> None:
    city.rows("UPDATE foreign_endpoints SET service_map = '{}'")
    id_ = report(city, "A hole without a service")
    city.send()
    city.rows("""UPDATE foreign_endpoints SET service_map = '{"POTHOLE": "potholes"}'""")
    assert city.review(id_) == {"not_forwarded": f"{NAME}: no service there is chosen for POTHOLE"}


def test_a_server_that_is_down_waits(city: Place, elsewhere: Elsewhere) -> None:
    city.rows("UPDATE foreign_endpoints SET url = 'http://127.0.0.1:1/open311/v2'")
    id_ = report(city, "A hole and a server that is down")
    city.send()
    assert city.forwarded(id_)["state"] == "waiting"
    assert city.forwarded(id_)["sentence"] == "it cannot be reached"
    city.follow()
    assert "127.0.0.1:1 cannot be reached" in city.value("SELECT failure FROM foreign_endpoints")
    url = f"{elsewhere.server.address}/open311/v2"
    city.rows("UPDATE foreign_endpoints SET url = %s", url)
    city.follow()
    assert city.value("SELECT failure FROM foreign_endpoints") == ""


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://311.example.org/v2", "its address does not begin with https://"),
        ("https://localhost:1/v2", "its address is not on the public internet"),
    ],
)
def test_only_public_servers_are_called(
    city: Place, elsewhere: Elsewhere, url: str, sentence: str
) -> None:
    city.rows("UPDATE foreign_endpoints SET url = %s", url)
    id_ = report(city, f"A hole for {url}")
    city.send()
    city.rows("UPDATE foreign_endpoints SET url = %s", f"{elsewhere.server.address}/open311/v2")
    assert city.forwarded(id_)["sentence"] == sentence


def test_another_secret_key_is_told(city: Place, elsewhere: Elsewhere) -> None:
    id_ = report(city, "A hole and another key")
    key = city.value("SELECT encrypted_key FROM foreign_endpoints")
    city.rows("UPDATE foreign_endpoints SET encrypted_key = '\\x00'")
    city.send()
    city.rows("UPDATE foreign_endpoints SET encrypted_key = %s", key)
    assert "OPEN311_SECRET_KEY has changed" in city.review(id_)["not_forwarded"]


def test_no_transaction_is_open_while_the_other_server_answers(
    city: Place, elsewhere: Elsewhere
) -> None:
    open_then: list[int] = []

    def look() -> None:
        open_then.append(
            city.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'idle in transaction'"
            )
        )

    def take(form: dict[str, str]) -> Reply:
        look()
        return elsewhere.store(form)

    elsewhere.take, elsewhere.asked = take, look
    id_ = report(city, "A hole and no transaction")
    city.send()
    number = str(city.forwarded(id_)["foreign_id"])
    for step in range(3):
        elsewhere.update(number, f"tx-{step}", "open", f"Step {step}.")
    city.follow()
    assert len(open_then) >= 3
    assert set(open_then) == {0}
