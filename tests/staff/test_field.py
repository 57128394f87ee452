"""Shift lists, requests near a phone, and actions that a phone sends once, over HTTP."""

import random
import re
from collections.abc import Callable
from uuid import uuid4

import lxml.html
import psycopg
import pytest
from georeport_client import Api
from pyproj import Geod
from servers import PATIENCE
from staff_client import Person

WHO = {"first_name": "Quentin", "last_name": "Quillfeather", "phone": "(740) 555-0142"}


@pytest.fixture(scope="module")
def west(person: Callable[[str], Person]) -> Person:
    return person("west")


def stops(person: Person, **which: str) -> list[str]:
    page = lxml.html.fromstring(person.get("/field", **which).text)
    return [one.get("id").removeprefix("stop-") for one in page.xpath("//ol[@class='stops']/li")]


def in_the_west(api: Api, **more: str) -> str:
    return api.report(lat=0.5, long=-0.5, **more)


def test_a_shift_list_is_kept_in_order(west: Person, api: Api) -> None:
    day = {"day": "2026-11-20"}
    ids = [api.report(lat=0.5, long=long) for long in (-0.5, -0.1, -0.4, -0.2)]
    for id_ in ids:
        west.post("/field", "/field/stops", id=id_, **day)
    again = west.post("/field", "/field/stops", id=ids[0], **day)
    assert "Stops added: 0." in again.text
    assert stops(west, **day) == ids
    west.post("/field", f"/field/stops/{ids[3]}/move", place="1", **day)
    assert stops(west, **day) == [ids[3], *ids[:3]]
    west.post("/field", f"/field/stops/{ids[3]}/move", place="99", **day)
    assert stops(west, **day) == ids
    west.post("/field", "/field/order", **day)
    assert stops(west, **day) == [ids[0], ids[2], ids[3], ids[1]]
    west.post("/field", f"/field/stops/{ids[2]}/remove", **day)
    assert stops(west, **day) == [ids[0], ids[3], ids[1]]
    assert stops(west, day="2026-11-21") == []
    gone = west.post("/field", f"/field/stops/{ids[2]}/move", place="1", **day)
    assert gone.status_code == 409
    assert f"Request {ids[2]} is not on this shift list." in gone.text
    unknown = west.post("/field", "/field/stops", id="26-9999999", **day)
    assert "There is no request with the number 26-9999999." in unknown.text


def test_a_list_is_full_at_some_point(chief: Person, api: Api) -> None:
    ids = [in_the_west(api) for _n in range(61)]
    day = "2026-11-19"
    fields = {**chief.hidden("/field", "/field/stops"), "day": day}
    answer = chief.session.post(
        f"{chief.address}/staff/field/stops",
        data={**fields, "chosen": [f"{one}:1" for one in ids]},
        timeout=PATIENCE,
    )
    assert answer.status_code == 409
    assert "A shift list has at most 60 stops." in answer.text
    assert stops(chief, day=day) == []
    chief.session.post(
        f"{chief.address}/staff/field/stops",
        data={**fields, "chosen": [f"{one}:1" for one in ids[:60]]},
        timeout=PATIENCE,
    )
    assert stops(chief, day=day) == ids[:60]


def test_lists_are_made_by_those_who_may(
    person: Callable[[str], Person], west: Person, api: Api
) -> None:
    dispatch, day = person("dispatch"), {"day": "2026-11-18"}
    for_west, for_east = in_the_west(api), api.report(lat=0.5, long=0.5)
    dispatch.post("/field", "/field/stops", id=for_west, crew="west", **day)
    assert stops(west, **day) == [for_west]
    assert stops(dispatch, **day) == []
    refused = dispatch.post("/field", "/field/stops", id=for_east, crew="west", **day)
    assert refused.status_code == 409
    assert "User west cannot work on requests for East Yard." in refused.text
    assert west.get("/field", crew="dispatch", **day).status_code == 403
    for path in ("/field", "/field/near", f"/field/requests/{for_west}", "/field/print"):
        assert person("reader").get(path).status_code == 403


def test_the_printed_list_has_contacts_of_those_who_may_see_them(
    person: Callable[[str], Person], west: Person, api: Api
) -> None:
    day = {"day": "2026-11-17"}
    ours, theirs = (in_the_west(api, **WHO) for _n in range(2))
    for id_ in (ours, theirs):
        west.post("/field", "/field/stops", id=id_, **day)
    person("dispatch").post(
        *(f"/requests/{theirs}", f"/requests/{theirs}/hand-over"),
        department="EAST",
        reason="Over there.",
    )
    rows = lxml.html.fromstring(west.get("/field/print", **day).text).xpath("//tbody/tr")
    texts = [" ".join(row.text_content().split()) for row in rows]
    assert [one[0] for one in texts] == ["1", "2"]
    assert ["Quillfeather(740) 555-0142" in one for one in texts] == [True, False]
    page = west.get(f"/field/requests/{theirs}").text
    assert "Quillfeather" not in page
    assert "View only." in page


def test_near_me_is_sorted_by_meters(chief: Person, api: Api, city: str) -> None:
    """As measured by another library on the ellipsoid; equal distances by primary key."""
    rng = random.Random(57)
    here = (60.0, 10.0)  # a degree of longitude is half as long there as one of latitude
    places = [
        (here[0] + rng.uniform(-0.02, 0.02), here[1] + rng.uniform(-0.02, 0.02)) for _n in range(60)
    ]
    places += [places[0]] * 2
    ids = [api.report(description="Walrus") for _place in places]
    with psycopg.connect(city) as connection:
        for id_, (lat, long) in zip(ids, places, strict=True):
            connection.execute(
                "UPDATE service_requests SET location = ST_SetSRID(ST_MakePoint(%s, %s), 4326) "
                "WHERE service_request_id = %s",
                (long, lat, id_),
            )
    geod = Geod(ellps="WGS84")
    meters = [geod.inv(here[1], here[0], long, lat)[2] for lat, long in places]
    expected = sorted(zip([round(one, 4) for one in meters], range(len(ids)), strict=True))
    answer = chief.post(
        *("/field/near", "/field/near"),
        lat=str(here[0]),
        long=str(here[1]),
        search="q=walrus&status=open",
    )
    page = lxml.html.fromstring(answer.text)
    shown = page.xpath("//ol[@class='stops']/li/@data-id")
    assert shown == [ids[index] for _meters, index in expected][:50]
    first = page.xpath("//ol[@class='stops']/li[1]//strong")[0].text_content()
    assert re.fullmatch(r"[\d.,]+ (m|km|ft|mi)", first)
    wrong = chief.post("/field/near", "/field/near", lat="north", long="1")
    assert wrong.status_code == 400
    assert 'value="north"' in wrong.text


@pytest.mark.parametrize(
    ("device", "link"),
    [
        ("Mozilla/5.0 (Linux; Android 16; Phone)", "geo:0.500000,-0.500000?q=0.500000,-0.500000"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0)",
            "https://maps.apple.com/?daddr=0.500000,-0.500000",
        ),
        ("", "https://www.openstreetmap.org/directions?to=0.500000,-0.500000"),
    ],
)
def test_directions_open_the_map_app_of_the_device(
    west: Person, api: Api, device: str, link: str
) -> None:
    answer = west.session.get(
        f"{west.address}/staff/field/requests/{in_the_west(api)}",
        headers={"User-Agent": device},
        timeout=PATIENCE,
    )
    links = lxml.html.fromstring(answer.text).xpath("//a[text()='Directions']/@href")
    assert links == [link]
    [policy] = [one for name, one in answer.headers.items() if name == "Content-Security-Policy"]
    assert "apple" not in policy


def send(person: Person, id_: str, action: str, **fields: str) -> tuple[int, dict[str, object]]:
    """Send an action as the script does."""
    token = person.get("/field/token").json()["csrf_token"]
    answer = person.session.post(
        f"{person.address}/staff/field/requests/{id_}/{action}",
        data={"csrf_token": token, **fields},
        headers={"Accept": "application/json"},
        timeout=PATIENCE,
    )
    return answer.status_code, answer.json()


def seen_by(person: Person, id_: str) -> str:
    return person.hidden(f"/field/requests/{id_}", f"/field/requests/{id_}/note")["seen"]


def test_an_action_is_done_once(west: Person, api: Api) -> None:
    id_ = in_the_west(api)
    seen, keys = seen_by(west, id_), [str(uuid4()) for _n in range(4)]
    _code, first = send(west, id_, "take-on", seen=seen, sending=keys[0])
    assert (first["state"], first["said"]) == ("done", "Acknowledged for West Yard.")
    code, again = send(west, id_, "take-on", seen=seen, sending=keys[0])
    assert (code, again["state"], again["seen"]) == (200, "done", first["seen"])
    for _time in range(2):
        _code, note = send(west, id_, "note", text="Only once.", sending=keys[1])
        assert (note["state"], note["seen"]) == ("done", None)
    _code, status = send(
        *(west, id_, "status"),
        seen=str(first["seen"]),
        sending=keys[2],
        status="in_progress",
        status_notes="On site.",
    )
    assert status["state"] == "done"
    code, other = send(west, id_, "note", text="Something else.", sending=keys[1])
    assert (code, other["state"]) == (422, "refused")
    history = west.get(f"/requests/{id_}").text.partition("<h2>History</h2>")[2]
    assert [history.count(one) for one in ("Acknowledged", "Only once.", "Something else.")] == [
        *(1, 1, 0)
    ]
    code, wrong = send(
        west, id_, "close", seen=str(status["seen"]), sending=keys[3], status="fixed"
    )
    assert (code, wrong["state"]) == (422, "refused")
    assert api.one(id_)["status"] == "open"


def test_a_conflict_shows_what_the_request_is_now(
    person: Callable[[str], Person], west: Person, api: Api
) -> None:
    id_ = in_the_west(api)
    seen, key = seen_by(west, id_), str(uuid4())
    person("dispatch").post(
        *(f"/requests/{id_}", f"/requests/{id_}/status"),
        status="planned",
        status_notes="On Friday.",
    )
    fields = {"sending": key, "status": "in_progress", "status_notes": "Now."}
    code, answer = send(west, id_, "status", seen=seen, **fields)
    assert (code, answer["state"]) == (409, "conflict")
    assert "On Friday." in str(answer["now"])
    assert api.one(id_)["status_notes"] == "On Friday."
    code, answer = send(west, id_, "status", seen=str(answer["seen"]), **fields)
    assert (code, answer["state"]) == (200, "done")
    assert api.one(id_)["status_notes"] == "Now."


def test_actions_work_without_scripts(west: Person, api: Api) -> None:
    id_ = in_the_west(api)
    page = f"/field/requests/{id_}"
    wrong = west.post(page, f"{page}/close", status="fixed")
    assert wrong.status_code == 409
    assert "Enter a public note" in wrong.text
    done = west.post(page, f"{page}/close", status="fixed", status_notes="Filled.")
    assert "Status updated: resolved." in done.text
    assert api.one(id_)["status_notes"] == "Filled."
    assert west.post(page, f"{page}/withdraw", reason="x", confirm="true").status_code == 409


def test_only_pages_of_the_field_are_kept_for_one_sign_in(
    person: Callable[[str], Person], west: Person, api: Api
) -> None:
    id_ = in_the_west(api)
    kept = west.get(f"/field/requests/{id_}")
    assert re.fullmatch("[0-9a-f]{16}", kept.headers["Field-Login"])
    assert kept.headers["Cache-Control"] == "private, no-store"
    other = person("dispatch").get(f"/field/requests/{id_}")
    assert other.headers["Field-Login"] != kept.headers["Field-Login"]
    for path in ("/requests", f"/requests/{id_}", "/sign-in"):
        assert "Field-Login" not in west.get(path).headers
    worker = Person(west.address).get("/field/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/staff/field"
    assert 'const VERSION = "development"' not in worker.text
    assert Person(west.address).get("/field/offline").status_code == 200


def test_the_worker_names_files_that_exist(west: Person) -> None:
    text = Person(west.address).get("/field/sw.js").text
    names = re.search(r"const SHELL = \[(.*?)\];", text, re.DOTALL)
    assert names is not None
    paths = set()
    for line in names[1].splitlines():
        pattern = re.search(r"`\$\{STATIC\}([\w/]*)\$\{name\}([\w.]*)`", line)
        plain = re.findall(r'"([\w./]+)"', line)
        paths |= {f"{pattern[1]}{one}{pattern[2]}" if pattern else one for one in plain}
    assert len(paths) >= 10
    for path in paths:
        answer = west.session.get(f"{west.address}/open311/static/{path}", timeout=PATIENCE)
        assert answer.status_code == 200, path
