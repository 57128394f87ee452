"""List and requests as one flow: next and previous, the way back, and what follows an action."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import lxml.html
import psycopg
import pytest
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]


@pytest.fixture(scope="module")
def line(api: Api) -> list[str]:
    """Four reports of a word that no other has, the newest last."""
    return [
        api.report(lat=0.4, long=0.4 + step / 1000, description=f"Crocodile {step}")
        for step in range(4)
    ]


@pytest.fixture
def dispatch(person: Sign) -> Iterator[Person]:
    """A dispatcher who goes on to the next request, until the test ends."""
    someone = person("dispatch")
    someone.post("/account", "/preferences", after_action="next", shortcuts="true")
    yield someone
    someone.post("/account", "/preferences", after_action="stay", shortcuts="true")


SEARCH = "q=crocodile&sort=requested_datetime"


def links(page: str) -> dict[str, str]:
    """Return where a page of a request leads: to requests by their number, or back."""
    document = lxml.html.fromstring(page)
    found = {}
    for link in document.xpath('//nav[@class="walk"]/a'):
        href = link.get("href")
        found[link.get("rel") or link.get("id")] = href if link.get("id") else urlsplit(href).path
    return {name: path.removeprefix("/staff/requests/") for name, path in found.items()}


def test_from_request_to_request_and_back_to_the_row(person: Sign, line: list[str]) -> None:
    reader = person("reader")
    listed = lxml.html.fromstring(reader.get(f"/requests?{SEARCH}&at=12/0.4/0.4").text)
    hrefs = [row.find(".//a").get("href") for row in listed.xpath("//tr[@data-id]")]
    assert [urlsplit(href).path.rpartition("/")[2] for href in hrefs] == line
    first = reader.get(hrefs[0].removeprefix("/staff")).text
    back = f"/staff/requests?{SEARCH}&at=12/0.4/0.4#request-{line[0]}"
    assert links(first) == {"back": back, "next": line[1]}
    [following] = lxml.html.fromstring(first).xpath('//a[@rel="next"]/@href')
    second = reader.get(following.removeprefix("/staff")).text
    found = links(second)
    assert (found["prev"], found["next"]) == (line[0], line[2])
    last = links(reader.get(f"/requests/{line[3]}", search=SEARCH).text)
    assert (last.get("prev"), last.get("next")) == (line[2], None)
    assert f'id="request-{line[0]}"' in reader.get(urlsplit(back).path[6:] + "?" + SEARCH).text


def test_no_token_is_shown_beside_a_request(person: Sign, api: Api, city: str) -> None:
    token = api.post(service_code="LAMP", lat=0.5, long=0.5, description="Zebra, unlit").document[
        0
    ]["token"]
    id_ = api.report(lat=0.5, long=0.5, description="Zebra, deep")
    page = person("reader").get(f"/requests/{id_}", search="q=zebra").text
    [beside] = lxml.html.fromstring(page).xpath('//nav[@class="beside"]')
    assert "needs approval" in beside.text_content()
    assert token not in beside.text_content()


@pytest.mark.parametrize(
    ("sort", "ascends"),
    [
        ("requested_datetime", True),
        ("-requested_datetime", False),
        ("-updated_datetime", False),
        ("due", True),
    ],
)
def test_the_order_of_the_list_counts_to_the_last_tie(
    person: Sign, line: list[str], sort: str, ascends: bool
) -> None:
    """Reports of the same second have the same times."""
    reader = person("reader")
    page = reader.get("/requests", q="crocodile", sort=sort).text
    listed = re.findall(r'<tr data-id="([^"]+)"', page)
    assert set(listed) == set(line)
    walked = [listed[0]]
    while following := links(
        reader.get(f"/requests/{walked[-1]}", search=f"q=crocodile&sort={sort}").text
    ).get("next"):
        walked.append(following)
    assert walked == listed


def test_a_page_of_the_list_is_kept(person: Sign, line: list[str]) -> None:
    """Without scripts, each page of the list has its own URL."""
    reader = person("reader")
    after = "after=no-cursor"
    search = f"{SEARCH}&{after}"
    assert links(reader.get(f"/requests/{line[1]}", search=search).text)["back"] == (
        f"/staff/requests?{search}#request-{line[1]}"
    )


@pytest.mark.parametrize(
    "search", ["circle=0,0,99999999", "sort=x", "area=999", f"q={'x' * 20_000}"]
)
def test_what_is_no_search_leads_nowhere(person: Sign, line: list[str], search: str) -> None:
    page = person("reader").get(f"/requests/{line[0]}", search=search)
    assert page.status_code == 200
    assert links(page.text) == {}


def test_a_wrong_position_is_the_one_of_the_request(person: Sign, line: list[str]) -> None:
    for position in ("x", "WyJ1cGRhdGVkIl0", ""):
        page = person("reader").get(f"/requests/{line[1]}", search=SEARCH, position=position)
        found = links(page.text)
        assert (found["prev"], found["next"]) == (line[0], line[2])


def do(person: Person, id_: str, action: str, search: str, **fields: str) -> tuple[str, str]:
    """Run an action on a request of a search; return what follows: its number, and its page."""
    page = f"/requests/{id_}?search={search.replace('&', '%26').replace('=', '%3D')}"
    answer = person.post(page, f"/requests/{id_}/{action}", **fields)
    assert answer.status_code == 200, answer.text
    assert parse_qs(urlsplit(answer.url).query)["search"] == [search]
    return urlsplit(answer.url).path.removeprefix("/staff/requests/"), answer.text


def notice(page: str) -> str:
    told = lxml.html.fromstring(page).xpath('//*[@role="status"]')
    return " ".join(one.text_content() for one in told)


def test_next_is_right_when_an_action_took_the_request_out_of_the_search(
    dispatch: Person, api: Api
) -> None:
    ids = [api.report(lat=0.3, long=0.3, description=f"Pelican {step}") for step in range(3)]
    search = "q=pelican&status=open&sort=requested_datetime"
    at, page = do(dispatch, ids[1], "close", search, status="fixed", status_notes="Gone.")
    assert at == ids[2]
    assert notice(page) == f"{ids[1]}: Status updated: resolved."
    [link] = lxml.html.fromstring(page).xpath('//*[@role="status"]/a/@href')
    assert urlsplit(link).path == f"/staff/requests/{ids[1]}"
    assert links(page)["prev"] == ids[0]
    at, page = do(dispatch, ids[2], "assign", search, name="dispatch")
    assert at == ids[2]
    assert "Assigned to dispatch. This was the last request of the search." in notice(page)


def test_next_is_right_when_an_action_moved_the_request_in_the_list(
    dispatch: Person, api: Api, city: str
) -> None:
    """What was just changed becomes the first of those changed last."""
    ids = [api.report(lat=0.3, long=0.3, description=f"Heron {step}") for step in range(3)]
    with psycopg.connect(city.replace("+psycopg", "")) as connection:
        connection.execute(
            "UPDATE service_requests SET requested_datetime = now() - interval '2 hours',"
            " updated_datetime = now() - interval '1 hour' WHERE description LIKE 'Heron %%'"
        )
    search = "q=heron&sort=-updated_datetime"
    listed = re.findall(r'<tr data-id="([^"]+)"', dispatch.get(f"/requests?{search}").text)
    assert set(listed) == set(ids)
    at, _page = do(dispatch, listed[1], "status", search, status="planned", status_notes="Soon.")
    assert at == listed[2]
    now = re.findall(r'<tr data-id="([^"]+)"', dispatch.get(f"/requests?{search}").text)
    assert now == [listed[1], listed[0], listed[2]]


def test_notes_stay_and_others_stay_as_preferred(dispatch: Person, api: Api) -> None:
    ids = [api.report(lat=0.3, long=0.3, description=f"Stork {step}") for step in range(3)]
    search = "q=stork&status=open&sort=requested_datetime"
    at, page = do(dispatch, ids[0], "note", search, text="Called.")
    assert (at, notice(page)) == (ids[0], "Internal note added.")
    dispatch.post("/account", "/preferences", after_action="stay", shortcuts="true")
    at, page = do(dispatch, ids[0], "close", search, status="fixed", status_notes="Gone.")
    assert (at, notice(page), links(page)["next"]) == (ids[0], "Status updated: resolved.", ids[1])
    at, page = do(dispatch, ids[0], "note", search, text="Called again.")
    assert (at, links(page)["next"]) == (ids[0], ids[1])


def test_a_refused_action_keeps_the_search(dispatch: Person, line: list[str]) -> None:
    page = f"/requests/{line[1]}?search=q%3Dcrocodile%26sort%3Drequested_datetime"
    answer = dispatch.post(page, f"/requests/{line[1]}/close", status="fixed", status_notes="")
    assert answer.status_code == 409
    found = links(answer.text)
    assert (found["prev"], found["next"]) == (line[0], line[2])


def test_a_withdrawn_request_leads_on(person: Sign, api: Api) -> None:
    ids = [api.report(lat=0.3, long=0.3, description=f"Ibis {step}") for step in range(3)]
    dispatch = person("dispatch")
    search = "q=ibis&sort=requested_datetime"
    page = f"/requests/{ids[1]}?search={search.replace('&', '%26').replace('=', '%3D')}"
    answer = dispatch.post(page, f"/requests/{ids[1]}/withdraw", reason="A joke.", confirm="true")
    assert answer.status_code == 410
    found = links(answer.text)
    assert (found["prev"], found["next"]) == (ids[0], ids[2])


def test_the_work_queue_leads_to_requests_of_its_sections(person: Sign, line: list[str]) -> None:
    page = lxml.html.fromstring(person("dispatch").get("/").text)
    [section] = [part for part in page.findall(".//section") if part.findtext(".//h2/a") == "New"]
    [first] = section.xpath(".//li[1]/a/@href")
    assert parse_qs(urlsplit(first).query)["search"] == ["new=true&sort=requested_datetime"]


def test_preferences_are_kept(dispatch: Person) -> None:
    page = lxml.html.fromstring(dispatch.get("/account").text)
    [form] = [one for one in page.forms if one.action == "/staff/preferences"]
    assert (form.fields["after_action"], form.fields["shortcuts"]) == ("next", "true")
    answer = dispatch.post("/account", "/preferences", after_action="stay")
    assert "Preferences saved." in answer.text
    page = lxml.html.fromstring(answer.text)
    [form] = [one for one in page.forms if one.action == "/staff/preferences"]
    assert (form.fields["after_action"], form.fields["shortcuts"]) == ("stay", None)
