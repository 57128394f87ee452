"""The priority that new requests of a service get, and its offer when the service changes."""

from collections.abc import Callable

import lxml.html
import psycopg
import pytest
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]


@pytest.fixture(scope="module", autouse=True)
def urgent(chief: Person) -> None:
    """Let requests for a service be urgent."""
    page = "/city/service/0042"
    form = lxml.html.fromstring(chief.get(page).text).xpath('//form[contains(@action, "/save")]')[0]
    fields = dict(form.fields) | {"default_priority": "urgent"}
    sent = {name: value for name, value in fields.items() if value is not None}
    assert "Saved." in chief.post(page, f"{page}/save", **sent).text
    refused = chief.post(page, f"{page}/save", **{**sent, "default_priority": "vital"})
    assert refused.status_code == 400


def priority(city: str, id_: str) -> int:
    with psycopg.connect(city) as connection:
        [[rank]] = connection.execute(
            "SELECT priority FROM service_requests WHERE service_request_id = %s", [id_]
        ).fetchall()
    return int(rank)


def test_a_submission_gets_the_priority_of_its_service(city: str, api: Api) -> None:
    assert priority(city, api.report(lat=0.5, long=0.5, service_code="0042")) == 1
    assert priority(city, api.report(lat=0.5, long=0.5)) == 3


def test_a_change_of_the_service_offers_its_priority(city: str, person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    taken, left = api.report(lat=0.5, long=0.5), api.report(lat=0.5, long=0.5)
    for id_, fields in ((taken, {"takes_priority": "true"}), (left, {})):
        page = f"/requests/{id_}"
        chosen = {"service_code": "0042", "fill": "true"}
        shown = dispatch.post(page, f"{page}/service", **chosen)
        assert "Set the priority of new requests for this service: urgent" in shown.text
        done = dispatch.post(page, f"{page}/service", service_code="0042", **fields)
        assert "Service changed." in done.text
    assert priority(city, taken) == 1
    assert priority(city, left) == 3
    assert (
        "Priority" in lxml.html.fromstring(dispatch.get(f"/requests/{taken}").text).text_content()
    )
    again = dispatch.get("/requests/questions", service_code="0042", priority_now="urgent")
    assert "takes_priority" not in again.text  # nothing would change
