"""Numbers of statements of the website's pages and of a report, as in tests/edge."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import altcha
import pytest
from applications import application, close
from flask.testing import FlaskClient
from sqlalchemy import Engine
from statements import kinds_of, statements
from website_forms import opened

from open311.database import db
from tests.residents.conftest import SECRET

VERSION, RECEIPT, EARLIER = "version", "receipt", "earlier"
SPENT, WRITE, SITE, WISH, FOLLOW = "spent", "write", "site", "wish", "follow"
LIST, ONE, NEARBY, SECRET_LINK = "list", "one", "nearby", "secret link"

KINDS = {
    "FROM city_version {}": VERSION,
    "INSERT INTO service_requests": WRITE,
    "INSERT INTO site_reports": SITE,
    "INSERT INTO subscriptions": WISH,
    "INSERT INTO spent_challenges": SPENT,
    "INSERT INTO capabilities": FOLLOW,
    "FILTER": EARLIER,
    "SELECT capabilities": SECRET_LINK,
    "json_build_array(anon_1.pk": ONE,
    "AS fingerprint": RECEIPT,
    "sort_key": LIST,
    "ST_Distance": NEARBY,
}
"""What a statement is, by the first of these words that it has."""


@dataclass(frozen=True)
class Served:
    client: FlaskClient
    engine: Engine

    def sent(self, method: str, path: str, data: dict[str, str] | None = None) -> list[str]:
        with statements(self.engine) as sent:
            answer = self.client.open(path, method=method, data=data)
        assert answer.status_code in {200, 303}, answer.text
        return kinds_of(sent, KINDS)

    def proof(self) -> str:
        challenge = self.client.get("/report/challenge").get_json()
        solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
        assert solution is not None
        payload = {"challenge": challenge, "solution": solution.to_dict()}
        return base64.b64encode(json.dumps(payload).encode()).decode()

    def value(self, statement: str) -> str:
        with self.engine.connect() as connection:
            return str(connection.exec_driver_sql(statement).scalar_one())


@pytest.fixture(scope="module")
def served(
    fresh_database: Callable[[str], str], site_city: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    settings = {
        "OPEN311_RATE_LIMIT": "1000 per minute",
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(tmp_path_factory.mktemp("media")),
    }
    app = application(fresh_database(site_city), settings)
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    for path in ("/", "/services"):  # they read the snapshot, and what is read once a day
        assert client.get(path).status_code == 200
    yield Served(client, engine)
    close(app)


def form(**fields: str) -> dict[str, str]:
    usual = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", "opened": opened(SECRET)}
    return {**usual, "description": "A deep hole", "sending": str(uuid4()), **fields}


# Whether the city takes reports is asked before the report is read.
FIRST = [VERSION, RECEIPT]
STORED = [WRITE, SITE]
# Without a proof of work, the form itself counts once.
WITHOUT_PROOF = [SPENT, *STORED]


def test_a_report_takes_these(served: Served) -> None:
    assert served.sent("POST", "/report", form()) == [*FIRST, EARLIER, *WITHOUT_PROOF]
    held = form(description="Look at http://pills.example")
    assert served.sent("POST", "/report", held) == [*FIRST, EARLIER, *WITHOUT_PROOF]
    # Staff look at a batch in any case, so no rule looks for earlier reports like it.
    assert served.sent("POST", "/report", form(service_code="LAMP")) == [*FIRST, *STORED]


def test_a_report_with_everything_takes_these_and_a_repeat_fewer(served: Served) -> None:
    whole = form(proof=served.proof(), email="kim@mail.example", wants_updates="1")
    stored = [SPENT, WRITE, SITE, WISH, FOLLOW]
    assert served.sent("POST", "/report", whole) == [*FIRST, EARLIER, *stored]
    assert served.sent("POST", "/report", whole) == [*FIRST, VERSION, SECRET_LINK]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", [LIST]),
        ("/es/", [LIST]),
        ("/reports.atom?page_size=1", [LIST]),
        ("/services", [VERSION]),
        ("/report/outlook?service_code=POTHOLE&lat=0.5&long=0.5", [VERSION]),
        ("/report/nearby?service_code=POTHOLE&lat=0.5&long=0.5", [VERSION, NEARBY]),
    ],
)
def test_a_page_takes_these(served: Served, path: str, expected: list[str]) -> None:
    assert served.sent("GET", path) == expected


def test_the_pages_of_a_request_take_one_each(served: Served) -> None:
    answer = served.client.post("/report", data=form())
    secret = answer.headers["Location"].rpartition("/")[2]
    id_ = served.value("SELECT service_request_id FROM service_requests WHERE public LIMIT 1")
    for path in (f"/track/{secret}", f"/r/{id_}"):
        assert served.sent("GET", path) == [VERSION, ONE]
