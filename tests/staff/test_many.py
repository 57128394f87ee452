"""The day, views and areas under a name, and what is done to many at once: without scripts."""

import re
from collections.abc import Callable

import pytest
import requests
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

Sign = Callable[[str], Person]


def rows(page: str) -> dict[str, str]:
    """What a list offers to tick: id and change by id."""
    found = re.findall(r'name="chosen" value="(([^":]+):\d+)"', page)
    return {id_: value for value, id_ in found}


def in_bulk(person: Person, action: str, chosen: list[str], **fields: str) -> requests.Response:
    key = person.hidden("/requests", "/bulk/take-on")["csrf_token"]
    return person.session.post(
        f"{person.address}/staff/bulk/{action}",
        data={"csrf_token": key, "chosen": chosen, **fields},
        timeout=PATIENCE,
    )


def number(page: str, part: str) -> int:
    [found] = re.findall(rf"<strong>([\d,]+)</strong> {part}</a>", page)
    return int(found.replace(",", ""))


def test_many_are_done_each_by_itself(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    ids = [api.report(lat=0.5, long=0.5, description="Of many") for _ in range(3)]
    offered = rows(dispatch.get("/requests", q="Of many").text)
    assert set(offered) == set(ids)
    page = f"/requests/{ids[0]}"
    dispatch.post(page, f"{page}/status", status="planned", status_notes="Somebody was first.")
    answer = in_bulk(
        dispatch, "status", list(offered.values()), status="fixed", status_notes="All filled."
    )
    assert answer.status_code == 200
    assert "2 requests updated." in answer.text
    assert "1 request was not changed:" in answer.text
    assert f"Someone else changed {ids[0]}" in answer.text
    assert [api.one(id_)["status"] for id_ in ids] == ["open", "closed", "closed"]


def test_one_and_what_repeats_it_are_closed_without_a_quarrel(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    main, other = (api.report(lat=0.5, long=0.5, description="Twins") for _ in range(2))
    page = f"/requests/{other}"
    dispatch.post(page, f"{page}/link", main=main)
    offered = rows(dispatch.get("/requests", q="Twins").text)
    told = {"status": "fixed", "status_notes": "Both filled."}
    answer = in_bulk(dispatch, "status", [offered[main], offered[other]], **told)
    assert "2 requests updated." in answer.text
    assert [api.one(id_)["status_notes"] for id_ in (main, other)] == ["Both filled."] * 2


@pytest.mark.parametrize(
    ("action", "fields", "done"),
    [
        ("take-on", {}, "Acknowledged for East Yard."),
        ("assign", {"name": "dispatch"}, "Assigned to dispatch."),
        ("hand-over", {"department": "HALL", "reason": "All theirs."}, "Transferred to Town Hall."),
        ("status", {"status": "planned", "status_notes": ""}, "Status updated: planned."),
    ],
)
def test_what_can_be_done_to_many(
    person: Sign, api: Api, action: str, fields: dict[str, str], done: str
) -> None:
    dispatch = person("dispatch")
    text = f"Bulk {action}"
    for _ in range(2):
        api.report(lat=0.5, long=0.5, description=text)
    offered = rows(dispatch.get("/requests", q=text).text)
    answer = in_bulk(dispatch, action, list(offered.values()), query="status=open", **fields)
    assert answer.text.count(done) == 2
    assert 'href="/staff/requests?status=open"' in answer.text


def test_department_staff_change_their_own_among_many(person: Sign, api: Api) -> None:
    west, east = (api.report(lat=0.5, long=long, description="Mixed") for long in (-0.5, 0.5))
    offered = rows(person("west").get("/requests", q="Mixed").text)
    answer = in_bulk(person("west"), "take-on", [offered[west], offered[east]])
    assert "1 request updated." in answer.text
    assert "Your role can view this request but cannot change it." in answer.text


def test_who_may_only_look_is_offered_nothing_to_tick(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="Untouched")
    page = person("reader").get("/requests", q="Untouched").text
    assert id_ in page
    assert rows(page) == {}


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "Select at least one request."),
        (["26-0000003"], "The list is out of date."),
        (["26-0000003:x"], "The list is out of date."),
        (
            [f"{number}:1" for number in range(201)],
            "You selected too many requests. Select 200 or fewer.",
        ),
    ],
)
def test_what_was_not_ticked_is_told(person: Sign, chosen: list[str], sentence: str) -> None:
    answer = in_bulk(person("dispatch"), "take-on", chosen)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_some_things_are_not_done_to_many(person: Sign) -> None:
    answer = in_bulk(person("dispatch"), "withdraw", ["26-0000003:1"])
    assert answer.status_code == 400
    assert "not available for several requests" in answer.text


def test_a_view_is_kept_and_leads_back(person: Sign) -> None:
    dispatch = person("dispatch")
    query = "status=open&service_code=LAMP&circle=0.5%2C0.5%2C900&after=&at=1%2F2%2F3"
    answer = dispatch.post(
        f"/saved/?query={requests.utils.quote(query)}",
        "/saved/views",
        name="Lamps",
        query=query,
    )
    assert answer.url.endswith("/requests?status=open&service_code=LAMP&circle=0.5%2C0.5%2C900")
    page = dispatch.get("/requests").text
    assert ">Lamps</a>" in page
    again = dispatch.post("/saved/?query=q", "/saved/views", name="Lamps", query="q=x")
    assert again.status_code == 400
    assert "You already have a saved item named Lamps. Enter a different name." in again.text
    bad = dispatch.post("/saved/?query=q", "/saved/views", name="Bad", query="circle=1")
    assert bad.status_code == 400
    assert "Enter Circle as lat,long,radius, such as 39.71,-82.60,250." in bad.text
    none = dispatch.post("/saved/?query=q", "/saved/views", name=" ", query="q=x")
    assert "Enter a name." in none.text


def test_an_area_is_kept_and_shared_with_a_department(person: Sign, api: Api) -> None:
    inside = api.report(lat=0.25, long=0.25)
    api.report(lat=0.35, long=0.25)
    dispatch = person("dispatch")
    query = "circle=0.25,0.25,1000&status=open"
    answer = dispatch.post(
        f"/saved/?query={query}", "/saved/areas", name="School", query=query, department="WEST"
    )
    assert re.search(r"requests\?status=open&area=\d+$", answer.url), answer.text
    assert f'data-id="{inside}"' in answer.text
    assert answer.text.count("data-id=") == 1
    area = answer.url.rpartition("=")[2]
    west = person("west")
    assert f'<option value="{area}" >School</option>' in west.get("/requests").text
    assert f'data-id="{inside}"' in west.get("/requests", area=area).text
    assert "shared with West Yard" in west.get("/saved/").text
    assert f"/areas/{area}/drop" not in west.get("/saved/").text
    assert west.post("/saved/", f"/saved/areas/{area}/drop").status_code == 404
    assert "Deleted." in dispatch.post("/saved/", f"/saved/areas/{area}/drop").text
    assert west.get("/requests", area=area).status_code == 400


def test_a_view_is_not_shared_without_its_area(person: Sign) -> None:
    dispatch = person("dispatch")
    query = "circle=0.1,0.1,500"
    answer = dispatch.post(f"/saved/?query={query}", "/saved/areas", name="Own", query=query)
    area = answer.url.rpartition("=")[2]
    view = {"name": "With it", "query": f"status=open&area={area}", "department": "WEST"}
    refused = dispatch.post("/saved/?query=q", "/saved/views", **view)
    assert refused.status_code == 400
    assert "The area “Own” is not shared with West Yard. Share the area with" in refused.text
    unknown = {**view, "query": "status=open&area=999"}
    assert "Area 999 does not exist or is not shared with you." in (
        dispatch.post("/saved/?query=q", "/saved/views", **unknown).text
    )
    kept = dispatch.post("/saved/?query=q", "/saved/views", **{**view, "department": ""})
    assert kept.url.endswith(f"area={area}")


def test_what_is_not_shared_is_ones_own(person: Sign) -> None:
    dispatch = person("dispatch")
    query = "polygon=0,0;0,1;1,1"
    answer = dispatch.post(f"/saved/?query={query}", "/saved/areas", name="Mine", query=query)
    area = answer.url.rpartition("=")[2]
    assert person("west").get("/requests", area=area).status_code == 400
    nothing = dispatch.post("/saved/?query=q", "/saved/areas", name="None", query="q=x")
    assert nothing.status_code == 400
    assert "Draw an area on the map before you save." in nothing.text


def test_the_day_shows_what_waits_for_whom(person: Sign, api: Api) -> None:
    dispatch, west = person("dispatch"), person("west")
    before = number(west.get("/").text, "New"), number(dispatch.get("/").text, "New")
    id_ = api.report(lat=0.5, long=-0.5, description="For the west")
    api.report(lat=0.5, long=0.5, description="For the east")
    page = west.get("/").text
    assert "Work for you and West Yard." in page
    assert number(page, "New") == before[0] + 1
    assert number(dispatch.get("/").text, "New") == before[1] + 2
    handed = number(page, "Transferred to us")
    east = api.report(lat=0.5, long=0.5)
    there = f"/requests/{east}"
    dispatch.post(there, f"{there}/hand-over", department="WEST", reason="Try them.")
    assert number(west.get("/").text, "Transferred to us") == handed + 1
    mine = number(west.get("/").text, "Assigned to me")
    there = f"/requests/{id_}"
    west.post(there, f"{there}/assign", name="west")
    page = west.get("/").text
    assert number(page, "Assigned to me") == mine + 1
    [link] = re.findall(r'href="([^"]+)"[^>]*><strong>[\d,]+</strong> Assigned to me', page)
    found = west.session.get(f"{west.address}{link.replace('&amp;', '&')}", timeout=PATIENCE).text
    assert f'data-id="{id_}"' in found
