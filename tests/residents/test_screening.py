"""Screening of reports over HTTP: proof of work, limits, and holds, on a real database."""

import base64
import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import altcha
import psycopg
import pytest
import requests
import website_forms
from images import encoded, half_red
from report_form import served_form
from servers import PATIENCE
from website_forms import solved

from open311.web import proof_of_work
from open311.web.proof_of_work import NUMBERS
from tests.residents.reported import SECRET

_addresses = (f"198.51.100.{number}" for number in itertools.count(1))

Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def form(site_database: str) -> Iterator[str]:
    """The address of the form, whose challenges are solved in milliseconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof_of_work, "COST", 50)
        with served_form(site_database, {"OPEN311_SECRET_KEY": SECRET}) as form:
            yield form


def opened(seconds_ago: float) -> str:
    return website_forms.opened(SECRET, seconds_ago)


@pytest.fixture(scope="module")
def rows(site_database: str) -> Iterator[Rows]:
    """Return a function that runs a statement on the database of the form."""
    with psycopg.connect(site_database.replace("+psycopg", ""), autocommit=True) as connection:
        yield lambda statement, *values: connection.execute(statement, values).fetchall()


class Resident:
    """Somebody at an address, with a form that was opened long ago."""

    def __init__(self, form: str, address: str = "") -> None:
        self.form = form
        self.headers = {"X-Forwarded-For": address or next(_addresses)}

    def challenge(self) -> dict[str, Any]:
        url = self.form.replace("/screened", "/report/challenge")
        answer = requests.get(url, headers=self.headers, timeout=PATIENCE)
        assert answer.headers["Cache-Control"] == "private, no-store"
        found: dict[str, Any] = answer.json()
        return found

    def proof(self) -> str:
        return solved(self.challenge())

    def send(self, text: str = "", files: Any = None, **more: str) -> requests.Response:
        values = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", "description": text}
        return requests.post(
            self.form, {**values, **more}, headers=self.headers, files=files, timeout=PATIENCE
        )


@pytest.fixture
def resident(form: str) -> Resident:
    return Resident(form)


def count(rows: Rows) -> int:
    [[number]] = rows("SELECT count(*) FROM service_requests")
    return int(number)


def test_a_proof_of_work_counts_once(resident: Resident, rows: Rows) -> None:
    before, proof = count(rows), resident.proof()
    first = resident.send("The first", proof=proof)
    assert first.status_code == 200, first.text
    again = resident.send("Another", proof=proof)
    assert again.status_code == 400
    assert "This form was sent before." in again.text
    assert count(rows) == before + 1


def test_a_retry_gets_its_first_answer_though_its_proof_is_spent(
    resident: Resident, rows: Rows
) -> None:
    before, proof = count(rows), resident.proof()
    first = resident.send("Sent twice", proof=proof)
    assert resident.send("Sent twice", proof=proof).json() == first.json()
    assert resident.send("Sent twice", proof=resident.proof()).json() == first.json()
    assert count(rows) == before + 1


def test_of_fifty_at_once_with_one_proof_one_is_stored(form: str, rows: Rows) -> None:
    before, proof = count(rows), Resident(form).proof()
    people = [Resident(form) for _ in range(50)]  # so that no limit of an address is reached
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda one: people[one].send(f"At once: number {one}", proof=proof), range(50))
        )
    codes = sorted(one.status_code for one in answers)
    assert codes[0] == 200
    assert set(codes[1:]) <= {400, 503}  # on a busy machine, no connection may be free in time
    assert count(rows) == before + 1
    signature = json.loads(base64.b64decode(proof))["challenge"]["signature"]
    assert rows("SELECT count(*) FROM spent_challenges WHERE signature = %s", signature) == [(1,)]


def test_what_was_not_stored_spends_no_proof(resident: Resident) -> None:
    proof = resident.proof()
    outside = resident.send("Far away", proof=proof, lat="60", long="60")
    assert outside.status_code == 400
    assert "outside" in outside.text
    assert resident.send("Here", proof=proof).status_code == 200


def test_a_challenge_that_is_expired_foreign_or_changed_is_refused(
    resident: Resident, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = count(rows)
    foreign = altcha.create_challenge(
        "PBKDF2/SHA-256",
        1,
        counter=NUMBERS.start,
        hmac_secret="another server",
        hmac_key_secret="another",
    )
    unsigned = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=NUMBERS.start)
    late = resident.challenge()["parameters"]["expiresAt"] + 3600
    unsolved = {"challenge": resident.challenge(), "solution": {"counter": 1, "derivedKey": "00"}}
    refused = [
        solved(foreign.to_dict()),
        solved(unsigned.to_dict()),
        solved(resident.challenge(), expiresAt=late),
        solved(resident.challenge(), cost=1),
        base64.b64encode(json.dumps(unsolved).encode()).decode(),
        *("no base64!", "e30=", "W10=", "bnVsbA==", "MQ==", "A" * 100_000),
    ]
    proof = resident.proof()
    for one in refused:
        answer = resident.send("Refused", proof=one)
        assert answer.status_code == 400, one[:80]
        assert "This form is too old." in answer.text
    clock = SimpleNamespace(time=lambda: late, monotonic=time.monotonic)
    monkeypatch.setattr("altcha.v2.time", clock)  # this process serves the form
    assert "This form is too old." in resident.send("Too late", proof=proof).text
    monkeypatch.undo()
    assert resident.send("In time", proof=proof).status_code == 200
    assert count(rows) == before + 1


def held(rows: Rows, text: str) -> list[tuple[str, bool]]:
    """List (rule, public) of the holds of the report with a text."""
    return [
        (rule, public)
        for rule, public in rows(
            "SELECT rule, public FROM service_requests LEFT JOIN holds "
            "ON service_request_pk = pk WHERE description = %s ORDER BY rule",
            text,
        )
    ]


def test_an_ordinary_report_is_published_and_a_doubtful_one_held(
    resident: Resident, rows: Rows
) -> None:
    usual = {"opened": opened(60), "proof": resident.proof()}
    assert resident.send("A hole in the lane", **usual).status_code == 200
    assert held(rows, "A hole in the lane") == [(None, True)]
    text = "Buy at www.pills.example or call (740) 687-6600"
    receipt = resident.send(text, opened=opened(60), proof=resident.proof(), website="x").json()
    assert held(rows, text) == [("honeypot", False), ("link", False), ("phone", False)]
    stored = rows("SELECT seen FROM holds WHERE rule IN ('link', 'phone') ORDER BY rule")
    assert stored == [("pills.example",), ("…00",)]
    assert "service_request_id" not in receipt
    for text, field in (("At once", opened(-60)), ("Forged", f"0{opened(60)}"), ("Without", "")):
        another = Resident(resident.form)
        assert another.send(text, proof=another.proof(), opened=field).status_code == 200
        assert held(rows, text) == [("too_fast", False)]


def test_the_third_report_with_the_same_text_or_photo_is_held(form: str, rows: Rows) -> None:
    text = "This very text is sent again and again"
    photo = encoded(half_red(), "JPEG")
    for number, at in enumerate(("0.5", "0.51", "0.52"), 1):
        someone = Resident(form)
        someone.send(text.upper() if number == 2 else text, proof=someone.proof(), lat=at)
        files = {"media": ("photo.jpg", photo, "image/jpeg")}
        usual = {"opened": opened(60), "proof": someone.proof()}
        someone.send(f"Photo {number}", files=files, **usual)
        [[same_text]] = rows("SELECT count(*) FROM holds WHERE rule = 'same_text'")
        assert same_text == (number == 3)
        assert held(rows, f"Photo {number}") == [
            ("same_photo", False) if number == 3 else (None, True)
        ]


def test_a_photo_without_proof_of_work_is_held(resident: Resident, rows: Rows) -> None:
    files = {"media": ("photo.png", encoded(half_red(7, 5), "PNG"), "image/png")}
    resident.send("No proof, a photo", files=files, opened=opened(60))
    assert held(rows, "No proof, a photo") == [("no_proof", False)]
    resident.send("No proof, no photo", opened=opened(60))
    assert held(rows, "No proof, no photo") == [(None, True)]


def test_a_form_without_proof_of_work_counts_once(form: str, rows: Rows) -> None:
    fetched = opened(60)
    outside = Resident(form).send("Far away", opened=fetched, lat="60", long="60")
    assert outside.status_code == 400
    for text, proven, rules in (
        ("Sent with a form", False, [(None, True)]),
        ("Sent with it again", False, [("same_form", False)]),
        ("Sent with proof of work", True, [(None, True)]),
    ):
        someone = Resident(form)
        proofs = {"proof": someone.proof()} if proven else {}
        assert someone.send(text, opened=fetched, **proofs).status_code == 200
        assert held(rows, text) == rules
    at_once, people = opened(60), [Resident(form) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda one: people[one].send(f"By form {one}", opened=at_once), range(20)))
    public = "SELECT public, count(*) FROM service_requests WHERE starts_with(description, %s)"
    assert sorted(rows(f"{public} GROUP BY public", "By form")) == [(False, 19), (True, 1)]


def test_an_address_is_held_from_the_fifth_report_on_and_refused_at_last(
    form: str, rows: Rows
) -> None:
    someone = Resident(form, "2001:db8:1:2::1")
    for number in range(20):
        someone.headers["X-Forwarded-For"] = f"2001:db8:1:2::{number:x}"  # one network
        answer = someone.send(f"Many {number}", opened=opened(60), proof=someone.proof())
        assert answer.status_code == 200, answer.text
        assert held(rows, f"Many {number}") == [("many", False) if number >= 4 else (None, True)]
    before, proof = count(rows), someone.proof()
    for more in ({"proof": proof}, {}, {"proof": "no proof at all"}):
        answer = someone.send("One too many", opened=opened(60), **more)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert "call 555-0100" in answer.text
    assert count(rows) == before
    neighbor = Resident(form, "2001:db8:1:3::1")
    assert neighbor.send("Mine", opened=opened(60), proof=neighbor.proof()).status_code == 200


def test_without_proof_of_work_the_allowance_is_half(form: str) -> None:
    someone = Resident(form)
    sent = [someone.send(f"Half {number}").status_code for number in range(11)]
    assert sent == [*[200] * 10, 429]
    assert someone.send("With a proof", proof=someone.proof()).status_code == 200


def test_of_many_at_once_from_one_address_no_more_are_stored_than_allowed(
    form: str, rows: Rows
) -> None:
    someone = Resident(form)
    before, proofs = count(rows), [someone.proof() for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        sending = [
            pool.submit(someone.send, f"Burst {number}", proof=proof)
            for number, proof in enumerate(proofs)
        ]
        answers = [one.result().status_code for one in sending]
    assert sorted(answers) == [*[200] * 20, *[429] * 10]
    assert count(rows) == before + 20


def test_addresses_are_stored_as_keyed_hashes_alone(form: str, rows: Rows) -> None:
    address = "203.0.113.77"
    Resident(form, address).send("Whose is this?")
    Resident(form, address).send("And this?")
    stored = rows(
        "SELECT DISTINCT sender_digest FROM site_reports JOIN service_requests "
        "ON pk = service_request_pk WHERE description IN ('Whose is this?', 'And this?')"
    )
    [[digest]] = stored
    assert len(digest) == 32
    plain = [hashlib.sha256(address.encode()).digest(), address.encode()]
    assert digest not in plain
    everything = rows(
        "SELECT count(*) FROM site_reports WHERE site_reports::text LIKE %s", f"%{address}%"
    )
    assert everything == [(0,)]
