"""Requests that staff enter, without scripts: what is shown, stored, and kept from others."""

from collections.abc import Callable
from typing import Any

import lxml.html
import psycopg
import pytest
import requests
from administrators import says, told
from georeport_client import Api
from images import from_a_phone
from servers import PATIENCE
from staff_client import Person

from tests.staff.calls_town import calls_city, calls_server

Sign = Callable[[str], Person]
CALLER = {
    "first_name": "Xaviera",
    "last_name": "Quillfeather",
    "phone": "(740) 555-7788",
    "email": "XQ77@mail.example",
}
NEW = "/new"


city = pytest.fixture(scope="module")(calls_city)
town = pytest.fixture(scope="module")(calls_server)


@pytest.fixture(scope="module")
def rows(city: str) -> Callable[..., list[tuple[Any, ...]]]:
    def read(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(city) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    return read


def kept(answer: requests.Response) -> dict[str, list[str]]:
    """Return what the form of a page has, as a browser would send it again."""
    form = next(one for one in lxml.html.fromstring(answer.text).forms if one.get("id") == "call")
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def send(
    person: Person,
    fields: dict[str, Any],
    act: str = "save",
    to: str = NEW,
    files: Any = None,
) -> requests.Response:
    return person.session.post(
        f"{person.address}/staff{to}",
        data={**fields, "act": act},
        files=files,
        timeout=PATIENCE,
    )


def form_of(person: Person, **fields: str) -> dict[str, Any]:
    """Return the empty form with some fields filled in."""
    return {**kept(person.get(NEW)), **fields}


def test_what_is_known_is_shown_before_it_is_saved(person: Sign, rows: Any) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, description="hole in the road", address_string="111 S Broad St")
    first = send(dispatch, filled, "check")
    assert first.status_code == 200
    tiles = lxml.html.fromstring(first.text).cssselect("#suggested input")
    assert tiles[0].get("value") == "POTHOLE"
    second = send(dispatch, {**kept(first), "service_code": "POTHOLE"}, "check")
    seen = says(second)
    assert "East Yard will take this, because the place is in" in seen
    assert "Expected by" in seen
    saved = send(dispatch, {**kept(second), **CALLER})
    assert "/staff/new/saved/" in saved.url
    number = saved.url.rpartition("/")[2]
    shown = says(saved)
    assert f"Request {number} saved" in shown
    assert f"Tell the requester the request number: {number}" in shown
    assert "East Yard" in shown
    assert "Take another call" in shown
    [[channel, source, address, public]] = rows(
        "SELECT channel, location_from, address_string, public FROM service_requests"
        " WHERE service_request_id = %s",
        number,
    )
    assert (channel, source, address, public) == (
        *("phone", "address_point", "111 S Broad St", True),
    )
    page = says(dispatch.get(f"/requests/{number}"))
    assert "Received by Phone, English" in page
    assert "Xaviera Quillfeather" in page
    assert "Status: open, by dispatch" in page


def test_an_address_that_may_be_several_is_asked_for(person: Sign) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, service_code="0042", address_string="broad st", description="x")
    unclear = send(dispatch, filled)
    assert unclear.status_code == 400
    assert "Choose one of these addresses, or say that it is none of them." in told(unclear)
    choices = lxml.html.fromstring(unclear.text).cssselect("input[type=radio][name=address_id]")
    assert [one.get("value") for one in choices] == ["P-1", "P-2", "a3", "0"]
    saved = send(dispatch, {**kept(unclear), "address_id": "P-2"})
    assert "saved" in saved.url


def test_nothing_that_was_typed_is_lost_by_an_error(person: Sign) -> None:
    dispatch = person("dispatch")
    wrong = {
        **form_of(dispatch, service_code="SURVEY", description="Two words", lat="0.5", long="9"),
        "attribute[COUNT]": "many",
        "attribute[WHAT]": ["A", "01"],
        "channel": "letter",
        "language": "es",
        "phone": "555",
        "first_name": "Ann",
        "email": "no address",
        "wants_updates": "yes",
    }
    photo = {"media": ("photo.jpg", from_a_phone(), "image/jpeg")}
    refused = send(dispatch, wrong, files=photo)
    assert refused.status_code == 400
    assert "Answer this question: Who should come?" in told(refused)
    assert "Enter an email address, such as name@example.com." in told(refused)
    again = kept(refused)
    for name in ("description", "attribute[COUNT]", "channel", "language", "phone", "email"):
        assert again[name] == [wrong[name]]
    assert again["attribute[WHAT]"] == ["A", "01"]
    assert again["wants_updates"] == ["yes"]
    assert "1 photo is kept." in says(refused)
    right = {**again, "attribute[WHO]": "CREW", "attribute[COUNT]": "2", "long": "0.5"}
    saved = send(dispatch, {**right, "email": "ann@mail.example"})
    number = saved.url.rpartition("/")[2]
    page = dispatch.get(f"/requests/{number}")
    assert 'alt="Photo 1 from the requester"' in page.text
    assert "Received by Letter, Español" in says(page)


def test_a_place_outside_of_the_city_is_not_served(person: Sign) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, service_code="POTHOLE", description="far", lat="50", long="50")
    assert "This location is outside Gridtown." in says(send(dispatch, filled, "check"))
    refused = send(dispatch, filled)
    assert refused.status_code == 400
    assert "This location is outside Gridtown." in told(refused)
    assert kept(refused)["description"] == ["far"]


def test_without_service_and_place_both_are_asked_for(person: Sign) -> None:
    refused = send(person("dispatch"), form_of(person("dispatch"), channel="fax"))
    assert "Choose a service." in told(refused)
    assert "Received by" in told(refused)


def test_the_same_form_is_saved_once(person: Sign, rows: Any) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, service_code="0042", description="once", lat="-0.5", long="0.2")
    first, second = send(dispatch, filled), send(dispatch, filled)
    assert first.url == second.url
    assert rows("SELECT count(*) FROM service_requests WHERE description = 'once'") == [(1,)]
    changed = send(dispatch, {**filled, "description": "twice"})
    assert "You sent this request before" in told(changed)
    assert "saved" in send(dispatch, kept(changed) | {"seen": kept(changed)["seen"]}).url


def test_the_same_form_with_kept_photos_is_saved_once(person: Sign, rows: Any) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, description="once with a photo", lat="-0.5", long="0.25")
    photo = {"media": ("photo.jpg", from_a_phone(), "image/jpeg")}
    refused = send(dispatch, filled, files=photo)
    assert refused.status_code == 400
    right = {**kept(refused), "service_code": "0042"}
    first, second = send(dispatch, right), send(dispatch, right)
    assert first.url == second.url
    counted = "SELECT count(*) FROM service_requests WHERE description = 'once with a photo'"
    assert rows(counted) == [(1,)]
    gone = send(dispatch, {**right, "sending": "another", "description": "other"})
    assert "Photos are kept for a day. Choose them again." in told(gone)
    assert kept(gone)["draft"] == [""]
    odd = send(dispatch, {**right, "sending": "odd", "draft": "no name"})
    assert "Photos are kept for a day." in told(odd)


def test_kept_photos_can_be_removed(person: Sign, rows: Any) -> None:
    dispatch = person("dispatch")
    filled = form_of(dispatch, description="without it", lat="-0.5", long="0.3")
    photo = {"media": ("photo.jpg", from_a_phone(), "image/jpeg")}
    refused = kept(send(dispatch, filled, files=photo))
    saved = send(dispatch, {**refused, "service_code": "0042", "drop_photos": "yes"})
    assert "saved" in saved.url
    assert rows(
        "SELECT count(*) FROM media JOIN service_requests ON pk = service_request_pk"
        " WHERE description = 'without it'"
    ) == [(0,)]


def test_a_request_without_a_number_is_found_by_its_token(person: Sign) -> None:
    dispatch = person("dispatch")
    dark = form_of(dispatch, service_code="LAMP", description="dark", lat="-0.9", long="-0.9")
    saved = send(dispatch, dark)
    assert "The request gets its number when it is approved." in says(saved)
    assert "needs approval" in says(dispatch.get(f"/requests/{saved.url.rpartition('/')[2]}"))
    tip = form_of(dispatch, service_code="TIP", description="psst", lat="-0.9", long="0.9")
    confidential = send(dispatch, tip)
    assert "Tell the requester the request number" in says(confidential)


def hole(api: Api, lat: float) -> str:
    return api.report(lat=lat, long=0.5, description="A deep hole", service_code="POTHOLE")


def calls_about(person: Person, lat: float, **fields: str) -> dict[str, Any]:
    place = {"lat": str(lat), "long": "0.5"}
    return form_of(person, service_code="POTHOLE", description="A hole", **place, **fields)


def test_similar_requests_are_shown_before_saving(person: Sign, api: Api) -> None:
    there = hole(api, 0.21)
    dispatch = person("dispatch")
    refused = send(dispatch, calls_about(dispatch, 0.21))
    assert refused.status_code == 400
    assert "Similar requests are nearby." in told(refused)
    assert kept(refused)["seen"] == [there]
    assert "Save as new request" in says(refused)
    assert "saved" in send(dispatch, kept(refused)).url


def test_staff_also_see_similar_requests_that_are_not_public(person: Sign) -> None:
    dispatch = person("dispatch")
    tip = {"service_code": "TIP", "lat": "-0.31", "long": "0.5", "description": "psst"}
    first = send(dispatch, form_of(dispatch, **tip))
    number = first.url.rpartition("/")[2]
    assert kept(send(dispatch, form_of(dispatch, **tip), "check"))["seen"] == [number]


def test_a_caller_is_added_to_a_request(person: Sign, api: Api, rows: Any) -> None:
    there = hole(api, 0.22)
    dispatch = person("dispatch")
    checked = send(dispatch, calls_about(dispatch, 0.22, **CALLER, wants_updates="yes"), "check")
    to = f"{NEW}/caller/{there}"
    filled = {**kept(checked), "description": "It grew."}
    added = send(dispatch, filled, "caller", to)
    assert f"Caller added to request {there}" in says(added)
    assert "The caller is asked to confirm" in says(added)
    send(dispatch, filled, "caller", to)  # the same form
    page = says(dispatch.get(f"/requests/{there}"))
    assert page.count("Caller added: Phone, by dispatch") == 1
    assert "It grew." in page
    assert "Xaviera Quillfeather" in page
    assert "Others with this problem 1" in page
    assert rows(
        "SELECT address, state, is_reporter, verified_at FROM subscriptions"
        " JOIN contacts ON contacts.id = contact_id JOIN service_requests ON pk ="
        " service_request_pk WHERE service_request_id = %s",
        there,
    ) == [("xq77@mail.example", "unconfirmed", False, None)]
    again = {**filled, "phone": "740 555 7788", "email": "", "first_name": "Yolanda"}
    del again["wants_updates"]
    photo = {"media": ("photo.jpg", from_a_phone(), "image/jpeg")}
    added = send(dispatch, again, "caller", to, files=photo)  # the next caller, with the same form
    assert "The caller is asked to confirm" not in says(added)
    assert rows(
        "SELECT count(*) FROM media JOIN received_updates r ON r.id = received_update_id"
        " JOIN service_requests ON pk = r.service_request_pk WHERE service_request_id = %s"
        " AND added_by = 'dispatch' AND r.comment_id IS NULL",
        there,
    ) == [(1,)]
    page = says(dispatch.get(f"/requests/{there}"))
    assert page.count("Caller added: Phone, by dispatch") == 2
    assert "Others with this problem 1" in page


def test_callers_with_a_name_a_number_or_neither_are_added(
    person: Sign, api: Api, rows: Any
) -> None:
    there = hole(api, 0.27)
    dispatch = person("dispatch")
    given: list[dict[str, str]] = [
        {"first_name": "Wilhelmina"},
        {"phone": "(740) 555-6611"},
        {},
        {"phone": "+1 740-555-6611", "last_name": "Oakheart"},
    ]
    for number, contact in enumerate(given):
        filled = {**calls_about(dispatch, 0.27, **contact), "description": f"Call {number}"}
        added = send(dispatch, filled, "caller", f"{NEW}/caller/{there}")
        assert f"Caller added to request {there}" in says(added)
        assert "asked to confirm" not in says(added)
    page = says(dispatch.get(f"/requests/{there}"))
    assert page.count("Caller added: Phone, by dispatch") == 4
    assert all(f"Call {number}" in page for number in range(4))
    for shown in ("Wilhelmina", "(740) 555-6611", "Oakheart"):
        assert shown in page
    assert "Others with this problem 3" in page
    assert rows(
        "SELECT count(*) FROM subscriptions JOIN service_requests ON pk = service_request_pk"
        " WHERE service_request_id = %s",
        there,
    ) == [(0,)]


def test_a_caller_of_a_closed_request_is_not_lost(person: Sign, api: Api) -> None:
    there = hole(api, 0.23)
    dispatch = person("dispatch")
    filled = kept(send(dispatch, calls_about(dispatch, 0.23, **CALLER), "check"))
    page = f"/requests/{there}"
    dispatch.post(page, f"{page}/close", status="fixed", status_notes="Filled.")
    refused = send(dispatch, filled, "caller", f"{NEW}/caller/{there}")
    assert refused.status_code == 400
    assert f"Request {there} is closed." in told(refused)
    assert kept(refused)["first_name"] == ["Xaviera"]
    wrong = {**filled, "email": "", "wants_updates": "yes"}
    without = send(dispatch, wrong, "caller", f"{NEW}/caller/{there}")
    told_at_field = lxml.html.fromstring(without.text).cssselect("#email-problem")
    for shown in (told(without), *(one.text_content() for one in told_at_field)):
        assert "Enter the email address that updates should go to." in shown
    assert len(told_at_field) == 1


def test_only_staff_who_work_on_requests_enter_them(person: Sign, api: Api) -> None:
    reader, west = person("reader"), person("west")
    there = hole(api, 0.24)
    assert reader.get(NEW).status_code == 403
    paths = ("/suggestions", "/questions", "/outlook", f"/saved/{there}")
    assert {reader.get(f"{NEW}{path}").status_code for path in paths} == {403}
    for to in (NEW, f"{NEW}/caller/{there}"):
        fields = {
            **calls_about(west, 0.24),
            "csrf_token": reader.hidden("/requests", "x")["csrf_token"],
        }
        assert send(reader, fields, to=to).status_code == 403
    assert "/staff/new" not in reader.get("/requests").text
    assert "/staff/new" in west.get("/requests").text
    saved = send(west, form_of(west, service_code="0042", lat="0.3", long="0.9", description="w"))
    assert "saved" in saved.url
    nobody = Person(west.address)
    assert nobody.get(NEW).url.partition("?")[0].endswith("/staff/sign-in")


def test_nothing_about_callers_is_public(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    there = hole(api, 0.25)
    to = f"{NEW}/caller/{there}"
    send(
        dispatch, {**calls_about(dispatch, 0.25, **CALLER), "description": "No pets"}, "caller", to
    )
    own = send(
        dispatch,
        {**calls_about(dispatch, 0.26, **CALLER), "channel": "desk", "seen": there},
    )
    number = own.url.rpartition("/")[2]
    public = [
        api.get(f"v2/requests/{one}", extensions="true").response.text for one in (there, number)
    ]
    public += [
        requests.get(f"{dispatch.address}{path}", timeout=PATIENCE).text
        for path in (
            *(f"/r/{there}", f"/r/{number}"),
            f"/open311/v2/servicerequestupdates.json?service_request_id={there}",
            *(f"/ogc/collections/requests/items/{one}?f=json" for one in (there, number)),
            "/ogc/collections/requests/items?f=json&channel=desk",
        )
    ]
    assert ["Pothole" in text for text in public] == [True] * 4 + [False, True, True, False]
    for text in public:
        for secret in (*CALLER.values(), "xq77", "No pets", "dispatch", "Received by", "desk"):
            assert secret not in text


def test_the_channel_is_a_filter_and_in_the_files_of_staff(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    by_app = api.report(lat=-0.7, long=-0.7, description="app", service_code="0042")
    seen = form_of(dispatch, service_code="0042", lat="-0.6", long="-0.7", description="seen")
    number = send(dispatch, {**seen, "channel": "staff"}).url.rpartition("/")[2]

    def listed(**query: str) -> set[str]:
        page = lxml.html.fromstring(dispatch.get("/requests", **query).text)
        return {one.get("data-id") for one in page.cssselect("tr[data-id]")}

    assert listed(channel="staff") == {number}
    assert by_app in listed(channel="api")
    report = {"service_code": "0042", "lat": "-0.6", "long": "-0.8", "description": "by myself"}
    sent = requests.post(f"{dispatch.address}/report", data=report, timeout=PATIENCE)
    assert sent.status_code == 200, sent.text
    assert "by myself" in dispatch.get("/requests", channel="website").text
    assert "20-0000001" in listed(channel="unknown")
    table = dispatch.get("/requests/export", f="csv", channel="staff").text
    assert table.splitlines()[0].split(",").count("Received by") == 1
    assert ",Seen by staff," in table


def test_a_link_fills_in_the_channel(person: Sign) -> None:
    answer = person("dispatch").get(NEW, channel="desk", service_code="SURVEY")
    assert kept(answer)["channel"] == ["desk"]
    assert "Who should come?" in says(answer)


def test_the_page_speaks_spanish(person: Sign) -> None:
    dispatch = person("dispatch")
    dispatch.session.headers["Accept-Language"] = "es"
    answer = dispatch.get(NEW)
    assert "Solicitud nueva" in says(answer)
    refused = send(dispatch, kept(answer))
    assert "Elija un servicio." in told(refused)
