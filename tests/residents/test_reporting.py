"""Reporting on the website without scripts, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest
import requests
from images import from_a_phone
from servers import PATIENCE
from sqlalchemy import create_engine, text


@dataclass
class Visitor:
    """Someone without scripts: follows links, fills in forms, and keeps no cookie."""

    address: str
    url: str = ""
    status: int = 0
    text: str = ""
    statuses: list[int] = field(default_factory=list)

    def open(self, path: str) -> "Visitor":
        return self._take(requests.get(urljoin(self.address, path), timeout=PATIENCE))

    def _take(self, answer: requests.Response) -> "Visitor":
        self.url, self.status, self.text = answer.url, answer.status_code, answer.text
        self.statuses = [one.status_code for one in (*answer.history, answer)]
        return self

    @property
    def document(self) -> lxml.html.HtmlElement:
        return lxml.html.document_fromstring(self.text, base_url=self.url)

    @property
    def words(self) -> str:
        return " ".join(self.document.xpath("//main")[0].text_content().split())

    def form(self) -> lxml.html.FormElement:
        [found] = [one for one in self.document.forms if one.method == "POST"]
        return found

    def fields(self) -> list[tuple[str, str]]:
        """What a browser sends of the form as it is."""
        disabled = self.form().xpath(".//fieldset[@disabled]//*")
        return [
            (name, value)
            for name, value in self.form().form_values()
            if not any(one.get("name") == name for one in disabled)
        ]

    def send(
        self, values: Mapping[str, str | list[str]] | None = None, files: object = None
    ) -> "Visitor":
        """Fill in the form of the page, and send it; follows the redirect as browsers do."""
        new = values or {}
        kept = [(name, value) for name, value in self.fields() if name not in new]
        typed = [
            (name, one)
            for name, some in new.items()
            for one in (some if isinstance(some, list) else [some])
        ]
        parts = [(name, (None, value)) for name, value in [*kept, *typed]]
        parts += files or []  # type: ignore[operator]
        action = urljoin(self.url, self.form().action)
        return self._take(requests.post(action, files=parts, timeout=PATIENCE))


PHOTO = [("media", ("hole.jpg", from_a_phone(), "image/jpeg"))]
HERE = {"lat": "0.5", "long": "0.5"}


def read(database: str, statement: str, **values: Any) -> list[Any]:
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text(statement), values).all()
    engine.dispose()
    return list(rows)


def count(database: str, table: str) -> int:
    return int(read(database, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608


def step(visitor: Visitor) -> str:
    return visitor.url.rpartition("/")[2].partition("?")[0]


@pytest.mark.parametrize("photos", [0, 2])
def test_one_question_after_the_other(website: str, site_database: str, photos: int) -> None:
    before = count(site_database, "service_requests")
    one = Visitor(website).open("/").send(files=PHOTO * photos)
    assert (step(one), one.statuses) == ("place", [303, 200])
    one.send({"address_string": f"{photos} Long Street"})
    assert step(one) == "service"
    one.send({"service_code": "SURVEY"})
    assert step(one) == "details"
    answers = {"attribute[WHO]": "CREW", "attribute[WHAT]": ["A", "B"], "attribute[COUNT]": "3"}
    one.send({"description": "Everything is broken", **answers})
    assert step(one) == "contact"
    one.send({"email": "robin@example.org", "phone": "555-0199", "wants_updates": "yes"})
    assert step(one) == "check"
    for shown in ("Long Street", "Survey", "Everything is broken", "A crew", "robin@example.org"):
        assert shown in one.words
    assert count(site_database, "service_requests") == before
    one.send()
    assert "/report/sent/" in one.url, one.words
    assert one.statuses == [303, 200]
    assert count(site_database, "service_requests") == before + 1
    [row] = read(
        site_database,
        "SELECT pk, service_request_id, description, answers, address_string FROM service_requests"
        " ORDER BY pk DESC LIMIT 1",
    )
    assert row.service_request_id in one.words
    assert row.answers == {"WHO": "CREW", "WHAT": ["A", "B"], "COUNT": "3"}
    assert count(site_database, f"media WHERE service_request_pk = {row.pk}") == photos
    assert Visitor(website).open(one.url).text == one.text
