"""Actions on all results of a search: checked, done by a job, and undone; without scripts."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import lxml.html
import psycopg
import pytest
import requests
from applications import application, close
from georeport_client import Api
from programs import started_program
from servers import PATIENCE, wait_until
from settings import settings_for
from staff_client import Person
from statements import statements

from open311.database import db
from open311.jobs.engine import run_waiting
from open311.operations.requests.bulk import start_bulk_change
from open311.operations.routing.department import take_on
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.users import get_user
from open311.queries.requests.bulk_state import list_named
from open311.queries.routing.stored import get_routed
from open311.web import bulk_running
from open311.web.bulk_running import run_bulk_change, undo_bulk_change

Sign = Callable[[str], Person]
Row = dict[str, Any]

OF_A_REQUEST = """
    SELECT department_id, pinned, accepted_at, assigned_user_id, service_id, priority, status,
        detailed_status, status_notes, expected_datetime, waits_since, routing_reason,
        routing_rule_id, duplicate_of_pk,
        ARRAY(SELECT tag_id FROM request_tags WHERE service_request_pk = pk ORDER BY 1) AS tags
    FROM service_requests WHERE service_request_id = %s
"""
"""All that a bulk action may change."""


def rows(city: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(city) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def state(city: str, id_: str) -> tuple[Any, ...]:
    [row] = rows(city, OF_A_REQUEST, id_)
    return row


def run_jobs(city: str) -> None:
    app = application(city)
    run_waiting(app, with_periodic=False)
    close(app)


def work(city: str) -> None:
    """Do what the jobs of bulk actions do, without the worker around them."""
    app = application(city)
    with app.app_context():
        for column, do in (("finished_at", run_bulk_change), ("undone_at", undo_bulk_change)):
            for [change_id] in rows(city, f"SELECT id FROM bulk_changes WHERE {column} IS NULL"):
                do(change_id)
        db.session.remove()
    close(app)


def send(person: Person, path: str, fields: list[tuple[str, str]]) -> requests.Response:
    return person.session.post(f"{person.address}{path}", data=fields, timeout=PATIENCE)


def check(person: Person, action: str, search: str, **fields: str) -> requests.Response:
    """Send the form of an action on what a search finds."""
    sent = {"csrf_token": key_of(person), "search": search, **fields}
    return send(person, f"/staff/bulk-changes/new/{action}", [*sent.items()])


def key_of(person: Person) -> str:
    """The token of the forms of a person, which is that of the whole session."""
    token = _keys.get(id(person.session))
    if token is None:
        token = person.hidden("/saved/?query=q", "/saved/views")["csrf_token"]
        _keys[id(person.session)] = token
    return token


_keys: dict[int, str] = {}


def confirm(person: Person, page: requests.Response) -> requests.Response:
    """Send the form of the page that shows what will happen."""
    [form] = [
        form
        for form in lxml.html.fromstring(page.text).forms
        if any(control.name == "counted" for control in form.inputs)
    ]
    fields = [(control.name, control.value) for control in form.xpath(".//input[@type='hidden']")]
    return send(person, form.action, fields)


def start(person: Person, action: str, search: str, **fields: str) -> str:
    """Check and confirm an action, and return the address of its page, after /staff."""
    answer = confirm(person, check(person, action, search, **fields))
    assert answer.status_code == 200, answer.text
    return answer.url.partition("/staff")[2]


def facts(page: str) -> dict[str, str]:
    """The labels and values of a page about an action."""
    [told] = lxml.html.fromstring(page).find_class("facts")
    parts = [" ".join(part.text_content().split()) for part in told]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def undo(person: Person, city: str, page: str) -> str:
    send(person, f"/staff{page}/undo", [("csrf_token", key_of(person))])
    work(city)
    return person.get(page).text


def test_all_that_is_found_is_closed_once_it_is_confirmed_and_opened_again(
    person: Sign, api: Api, city: str
) -> None:
    dispatch = person("dispatch")
    ids = [api.report(lat=0.5, long=0.5, description=f"Flood {n}") for n in range(4)]
    main, duplicate, waiting, gone = ids
    other = api.report(lat=0.5, long=0.5, description="Puddle")  # which is not among them
    for one in (duplicate, other):
        dispatch.post(f"/requests/{one}", f"/requests/{one}/link", main=main)
    dispatch.post(f"/requests/{waiting}", f"/requests/{waiting}/wait", status_notes="Which side?")
    closing = {"status": "fixed", "status_notes": "Dry again."}
    dispatch.post(f"/requests/{gone}", f"/requests/{gone}/close", **closing)
    before = {id_: state(city, id_) for id_ in (*ids, other)}

    form = dispatch.get("/bulk-changes/new", search="q=flood").text
    assert "Change all 4 requests found" in form
    assert 'action="/staff/bulk-changes/new/status"' in form
    page = check(dispatch, "status", "q=flood", **closing)
    shown = facts(page.text)
    assert (shown["Requests found"], shown["Will be changed"]) == ("4", "3")
    assert shown["Will not be changed"] == "1: closed already"
    assert "You can undo this for 24 hours." in page.text
    assert "These cannot be undone." in page.text
    late = api.report(lat=0.5, long=0.5, description="Flood, later")
    refused = confirm(dispatch, page)
    assert refused.status_code == 409
    assert "The requests have changed since they were counted." in refused.text
    assert facts(refused.text)["Will be changed"] == "4"
    assert api.one(main)["status"] == "open"

    confirmed = confirm(dispatch, refused)
    assert confirmed.status_code == 200, confirmed.text
    there = confirmed.url.partition("/staff")[2]
    assert "Running: 0 of 4 requests." in dispatch.get(there).text
    run_jobs(city)
    done = dispatch.get(there).text
    assert "4 requests were changed." in done
    assert [api.one(one)["status_notes"] for one in (main, waiting, late)] == ["Dry again."] * 3
    assert api.one(other)["status"] == "closed"
    history = dispatch.get(f"/requests/{waiting}").text
    text = " ".join(lxml.html.fromstring(history).text_content().split())
    assert "Status: open → resolved, by dispatch" in text, text

    dispatch.post(f"/requests/{late}", f"/requests/{late}/reopen", status_notes="Still wet.")
    undone = undo(dispatch, city, there)
    assert "3 requests were restored." in undone
    assert f">{late}</a>: Someone has changed this request since." in undone
    assert "status or note" in undone
    assert api.one(late)["status_notes"] == "Still wet."
    for id_ in (main, duplicate, waiting, gone):
        assert state(city, id_) == before[id_]
    assert api.one(other)["status"] == "open"
    assert "Bulk action undone: Update status, by dispatch" in " ".join(
        dispatch.get(f"/requests/{main}").text.split()
    )
    again = dispatch.post(there, f"{there}/undo")
    assert (again.status_code, "was undone already" in again.text) == (409, True)


ACTIONS: Mapping[str, Mapping[str, str]] = {
    "take-on": {},
    "assign": {"name": "west"},
    "hand-over": {"department": "HALL", "reason": "All theirs."},
    "service": {"service_code": "0042"},
    "priority": {"priority": "urgent"},
    "tag": {"tags": "Storm  Damage, night"},
    "untag": {"tags": "OLD"},
}


def test_each_action_is_done_and_undone(person: Sign, api: Api, city: str, chief: Person) -> None:
    """One after the other, on the same requests; each history has one entry more of each kind"""
    dispatch = person("dispatch")
    ids = [api.report(lat=0.5, long=-0.5, description="Leaves") for _ in range(2)]
    main = api.report(lat=0.5, long=-0.5, description="Branch")
    written = {
        "name": "Swept",
        "detailed_status": "fixed",
        "note_en": "((service)) ((id)) is swept.",
    }
    chief.post("/city/responses/new", "/city/responses/new", step="save", **written)
    [[response]] = rows(city, "SELECT id FROM response_templates")
    for id_ in ids:
        dispatch.post(f"/requests/{id_}", f"/requests/{id_}/tag", tags="old")
    before = [state(city, id_) for id_ in ids]
    actions = {**ACTIONS, "link": {"main": main}, "respond": {"response": str(response)}}
    for action, fields in actions.items():
        there = start(dispatch, action, "q=leaves", **fields)
        work(city)
        after = [state(city, id_) for id_ in ids]
        assert all(one != other for one, other in zip(before, after, strict=True)), action
        if action == "respond":
            assert api.one(ids[0])["status_notes"] == f"Pothole {ids[0]} is swept."
        if action == "tag":
            assert "storm damage" in dispatch.get(f"/requests/{ids[0]}").text
        assert "2 requests were restored." in undo(dispatch, city, there), action
        assert [state(city, id_) for id_ in ids] == before, action
    entries = rows(
        city,
        "SELECT text FROM work_steps JOIN service_requests ON pk = service_request_pk"
        " WHERE service_request_id = %s AND kind = 'bulk_undone' ORDER BY id",
        ids[0],
    )
    assert [text for [text] in entries] == list(actions)


def test_a_running_action_is_stopped_and_what_was_done_is_undone(
    person: Sign, api: Api, city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "CHUNK", 2)
    dispatch = person("dispatch")
    for _ in range(3):
        api.report(lat=0.5, long=0.5, description="Gravel")
    there = start(dispatch, "priority", "q=gravel", priority="high")
    work(city)
    assert "Stop this bulk action" in dispatch.get(there).text
    stopped = dispatch.post(there, f"{there}/stop").text
    assert "Stopped by dispatch. 2 requests were changed." in " ".join(stopped.split())
    assert stopped.count("dispatch stopped the bulk action before this request was changed.") == 1
    assert "stopped" in dispatch.get("/bulk-changes").text
    work(city)  # a job that was called for before finds nothing to do
    run_jobs(city)
    assert dispatch.get(there).text.count("stopped the bulk action before") == 1
    assert dispatch.post(there, f"{there}/stop").status_code == 409
    undo(dispatch, city, there)
    assert "2 requests were restored." in undo_all(dispatch, city, there)


def undo_all(person: Person, city: str, page: str) -> str:
    """Do the rest of an undo, which takes several jobs."""
    work(city)
    return person.get(page).text


def test_a_part_that_was_changed_there_and_back_is_kept(person: Sign, api: Api, city: str) -> None:
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.5, description="Puddle")
    there = start(dispatch, "priority", "q=puddle", priority="high")
    work(city)
    page = f"/requests/{id_}"
    for priority in ("low", "high"):
        dispatch.post(page, f"{page}/priority", priority=priority)
    before = state(city, id_)
    shown = undo(dispatch, city, there)
    assert "These parts were not restored: priority." in shown
    assert state(city, id_) == before


def test_approved_requests_stay_public(person: Sign, api: Api, city: str) -> None:
    dispatch = person("dispatch")
    api.post(service_code="LAMP", lat=0.5, long=0.5, description="Unlit path")
    page = check(dispatch, "accept", "q=unlit")
    assert "This cannot be undone." in page.text
    there = confirm(dispatch, page).url.partition("/staff")[2]
    work(city)
    page_of_it = dispatch.get(there).text
    assert "1 request was changed." in page_of_it
    assert "Undo this" not in page_of_it
    assert dispatch.post(there, f"{there}/undo").status_code == 409


def test_rights_count_when_it_is_checked_and_when_it_is_done(
    person: Sign, api: Api, city: str
) -> None:
    west, dispatch = person("west"), person("dispatch")
    mine, theirs = (api.report(lat=0.5, long=one, description="Gulls") for one in (-0.5, 0.5))
    moved = api.report(lat=0.5, long=-0.5, description="Gulls")
    page = check(west, "take-on", "q=gulls")
    shown = facts(page.text)
    assert shown["Will be changed"] == "2"
    assert shown["Will not be changed"] == "1: of a department for which you cannot work"
    there = confirm(west, page).url.partition("/staff")[2]
    dispatch.post(
        f"/requests/{moved}", f"/requests/{moved}/hand-over", department="HALL", reason="x"
    )
    work(city)
    done = west.get(there).text
    assert "1 request was changed." in done
    assert f">{moved}</a>: Your role can view this request but cannot change it." in done
    assert state(city, theirs)[2] is None
    assert isinstance(state(city, mine)[2], datetime)
    # What a department has given away by mistake, it can take back.
    there = start(west, "hand-over", "q=gulls", department="HALL", reason="Not ours.")
    work(city)
    assert "1 request was restored." in undo(west, city, there)
    assert dispatch.get(there).status_code == 404
    assert person("reader").get("/bulk-changes/new", search="q=gulls").status_code == 403
    assert "Change all" not in person("reader").get("/requests", q="gulls").text


def test_selected_requests_get_the_same_actions(person: Sign, api: Api, city: str) -> None:
    dispatch = person("dispatch")
    first, second, third = (api.report(lat=0.5, long=0.5, description="Sand") for _ in range(3))
    page = dispatch.get("/requests", q="sand").text
    chosen = re.findall(rf'name="chosen" value="((?:{first}|{second}):\d+)"', page)
    several = [
        ("csrf_token", key_of(dispatch)),
        ("search", "q=sand"),
        *(("chosen", one) for one in chosen),
    ]
    form = send(dispatch, "/staff/bulk-changes/new", several)
    assert "Change 2 selected requests" in form.text
    dispatch.post(f"/requests/{second}", f"/requests/{second}/note", text="Changes nothing.")
    dispatch.post(f"/requests/{second}", f"/requests/{second}/assign", name="dispatch")
    several.append(("priority", "high"))
    page = send(dispatch, "/staff/bulk-changes/new/priority", several)
    there = confirm(dispatch, page).url.partition("/staff")[2]
    work(city)
    done = dispatch.get(there).text
    assert "1 request was changed." in done
    assert f"Someone else changed {second}" in done
    assert [state(city, id_)[5] for id_ in (first, second, third)] == [2, 3, 3]


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("status", {"status": "fixed"}, "Enter a public note"),
        ("hand-over", {"department": "HALL"}, "Enter a reason for the transfer."),
        ("assign", {"name": "nobody-here"}, "nobody-here"),
        ("link", {"main": "99-1"}, "There is no request with the number 99-1."),
        ("tag", {"tags": " , "}, "Enter at least one tag."),
        ("tag", {"tags": "x" * 41}, "A tag can have 40 characters at most."),
        ("respond", {"response": "999999"}, "This response template does not exist."),
        ("take-on", {}, "None of these requests can be changed in this way."),
    ],
)
def test_a_form_that_is_wrong_says_so(
    person: Sign, action: str, fields: dict[str, str], sentence: str
) -> None:
    search = "q=nothinghasthisword" if action == "take-on" else "service_request_id=26-0000003"
    answer = check(person("dispatch"), action, search, **fields)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_priority_and_tags_are_for_staff_alone(person: Sign, api: Api, chief: Person) -> None:
    """Set on a request, found in the list, in downloads, and nowhere in public"""
    dispatch = person("dispatch")
    calm, pressing = (api.report(lat=0.5, long=0.5, description="Wasps") for _ in range(2))
    page = f"/requests/{pressing}"
    done = dispatch.post(page, f"{page}/priority", priority="urgent").text
    assert "Priority: urgent." in done
    assert "▲▲" in done
    tagged = dispatch.post(page, f"{page}/tag", tags="  Nest , HIGH  up,nest").text
    assert "Tags added: high up, nest" not in tagged  # in the order in which they were entered
    assert "Tags added: nest, high up" in " ".join(tagged.split())
    assert '<option value="high up">' in tagged
    again = dispatch.post(page, f"{page}/tag", tags="NEST")
    assert (again.status_code, "already has these tags" in again.text) == (409, True)
    many = dispatch.post(page, f"{page}/tag", tags=",".join(map(str, range(19))))
    assert (many.status_code, "20 tags at most" in many.text) == (409, True)
    for asked in ({"priority": "urgent"}, {"tag": "Nest"}, {"tag": "high up", "q": "wasps"}):
        found = dispatch.get("/requests", **asked).text
        assert re.findall(r'data-id="([^"]+)"', found) == [pressing], asked
    in_order = dispatch.get("/requests", q="wasps", sort="priority").text
    assert re.findall(r'data-id="([^"]+)"', in_order) == [pressing, calm]
    table = dispatch.get("/requests/export", q="wasps", f="csv").text.splitlines()
    assert {"Priority", "Tags"} <= {*table[0].split(",")}
    assert any('urgent,"high up, nest"' in line for line in table)
    removed = dispatch.post(page, f"{page}/untag", tags="nest").text
    assert "Tags removed: nest" in " ".join(removed.split())

    public = str(api.one(pressing, extensions="true"))
    features = requests.get(
        f"{dispatch.address}/ogc/collections/requests/items/{pressing}", timeout=PATIENCE
    ).text
    assert not any(word in text for word in ("high up", "urgent") for text in (public, features))
    filtered = f"{dispatch.address}/ogc/collections/requests/items?tags=nest"
    assert requests.get(filtered, timeout=PATIENCE).status_code == 400

    assert dispatch.get("/city/tags").status_code == 403
    listed = chief.get("/city/tags").text
    numbers = {
        name: number for number, name in re.findall(r'id="tag-(\d+)".*?value="([^"]*)"', listed)
    }
    path = f"/city/tags/{numbers['high up']}/rename"
    assert "Tag renamed." in chief.post("/city/tags", path, tags=" Roof ").text
    assert dispatch.get("/requests", tag="roof").text.count("data-id=") == 1
    assert "Merged into “nest.”" in chief.post("/city/tags", path, tags="NEST").text
    assert dispatch.get("/requests", tag="nest").text.count("data-id=") == 1
    empty = chief.post("/city/tags", f"/city/tags/{numbers['nest']}/rename", tags=" ")
    assert (empty.status_code, "Enter at least one tag." in empty.text) == (400, True)
    assert "Tag deleted." in chief.post("/city/tags", f"/city/tags/{numbers['nest']}/drop").text
    assert chief.post("/city/tags", f"/city/tags/{numbers['nest']}/drop").status_code == 404


def test_a_worker_that_is_killed_does_no_request_twice(person: Sign, api: Api, city: str) -> None:
    """Its job is taken over, and does what is left"""
    dispatch = person("dispatch")
    number = 40
    for n in range(number):
        api.report(lat=0.5, long=0.5, description="Snow", media_url=f"https://x.example/{n}.jpg")
    there = start(dispatch, "status", "q=snow", status="planned", status_notes="Tonight.")
    done = "SELECT count(*) FROM bulk_items WHERE state = 'done' AND bulk_change_id = %s"
    change_id = int(there.rpartition("/")[2])
    with started_program(["jobs", "run"], {**os.environ, **settings_for(city)}) as worker:
        assert wait_until(lambda: rows(city, done, change_id)[0][0] > 2)
        worker.process.kill()
    left = number - rows(city, done, change_id)[0][0]
    assert left >= 0
    rows(city, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
    run_jobs(city)
    assert f"{number} requests were changed." in dispatch.get(there).text
    changes = rows(
        city,
        "SELECT count(*), count(DISTINCT service_request_pk) FROM status_changes"
        " WHERE status_notes = 'Tonight.' AND kind = 'status'",
    )
    assert changes == [(number, number)]


def test_a_request_among_many_takes_no_more_statements_than_one(api: Api, city: str) -> None:
    ids = [api.report(lat=0.5, long=0.5, description="Counted") for _ in range(4)]
    app = application(city)
    with app.app_context():
        jurisdiction = get_jurisdiction("gridtown.example")
        user = get_user("gridtown.example", "dispatch")
        db.session.remove()
        with statements(db.engine) as alone:
            get_routed(jurisdiction, ids[0])  # as the page does before its action
            take_on(jurisdiction, ids[0], "dispatch")
        taken = []
        for several in (ids[1:2], ids[2:4]):
            found = list_named(jurisdiction, several)
            change_id = start_bulk_change(
                user, "take-on", {}, [(one.pk, one.change_number) for one in found]
            )
            with statements(db.engine) as sent:
                run_bulk_change(change_id)
            taken.append(len(sent))
        db.session.remove()
    close(app)
    # The page also reads its user and the version of the catalog, which a job reads once.
    assert taken[1] - taken[0] <= len(alone) + 2
