"""Routing rules on pages without scripts: looked at, changed, and followed by the public API."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import requests
from administrators import says, send, told
from georeport_client import Api
from servers import CITIES, PATIENCE
from settings import settings_for
from staff_client import Person

from open311.app import create_app

CANARIES = "canary,service_code,lat,long,department,note\nby the edge,POTHOLE,0.5,0.25,EAST,\n"
MINE = (
    *("staff_rules", "staff_trying", "staff_carrying"),
    *("staff_maps", "staff_map_sets", "staff_addresses"),
)
NUMBER = {"rule": "number-hall", "what": "service:0042", "department": "CORE", "in_use": "yes"}

Sign = Callable[[str], Person]


def city_with_a_canary(url: str, run_command: Callable[..., str], folder: Path) -> str:
    shutil.copytree(CITIES / "gridtown", folder)
    (folder / "canaries.csv").write_text(CANARIES)
    run_command(url, "seed", str(folder))
    return url


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    folder = tmp_path_factory.mktemp("cities") / "gridtown"
    return city_with_a_canary(fresh_database(gridtown), run_command, folder)


def addresses(city: str) -> list[tuple[str, str]]:
    """Each method and address of these pages."""
    app = create_app(settings_for(city, OPEN311_SECRET_KEY="long enough " * 4))
    with app.test_request_context():
        return [
            (
                method,
                rule.rule.replace("<opaque:code>", "lights").rpartition("<")[0]
                + "1"
                + rule.rule.rpartition(">")[2]
                if "<int" in rule.rule
                else rule.rule.replace("<opaque:code>", "lights"),
            )
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith((*MINE, "staff_set_map"))
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]


def goes_to(api: Api, **fields: object) -> str:
    return str(api.one(api.report(**fields))["agency_responsible"])


def look_and_store(
    chief: Person, action: str, fields: Mapping[str, str | list[str]]
) -> requests.Response:
    """Look at a change, and store just that."""
    action = f"/city/rules{action}"
    looked = send(chief, action, action, {**fields, "step": "look"})
    assert looked.status_code == 200, told(looked)
    [stamp] = re.findall(r'name="looked" value="(\w+)"', looked.text)
    return send(chief, action, action, {**fields, "step": "store", "looked": stamp})


def store(chief: Person, action: str, fields: Mapping[str, str | list[str]]) -> None:
    answer = look_and_store(chief, action, fields)
    assert answer.status_code == 303, told(answer)


def pothole_east(**others: str) -> dict[str, str]:
    kept = {"what": "service:POTHOLE", "where": "ward:10", "department": "EAST", "in_use": "yes"}
    return {**kept, **others}


def test_only_administrators_get_in(person: Sign, town: str, city: str, chief: Person) -> None:
    every = addresses(city)
    assert len(every) >= 18
    for method, path in every:
        for name in ("reader", "west", "dispatch"):
            answer = person(name).session.request(method, f"{town}{path}", timeout=PATIENCE)
            assert answer.status_code == 403, (name, method, path)
            assert "You need the Administrator role" in told(answer)
        nobody = Person(town).session.request(method, f"{town}{path}", timeout=PATIENCE)
        if method == "GET":
            assert nobody.url.startswith(f"{town}/staff/sign-in?next="), path
            assert chief.session.get(f"{town}{path}", timeout=PATIENCE).status_code == 200, path
        else:
            assert nobody.status_code == 400, path  # there is no form of ours that it could be


def test_the_list_is_in_the_order_in_which_rules_are_tried(chief: Person) -> None:
    page = chief.get("/city/rules")
    codes = [part.partition('"')[0] for part in page.text.split('data-rule="')[1:]]
    assert codes == ["pothole-east", "pothole-west", "streets-core", "lights"] or codes == [
        *("pothole-west", "pothole-east", "streets-core", "lights")
    ]
    assert "Pothole requests in Ward West" in says(page)
    assert "Requests that match no rule go to Town Hall." in says(page)


def test_a_rule_is_looked_at_then_stored_then_followed(chief: Person, api: Api) -> None:
    where = {"service_code": "0042", "lat": 0.3, "long": 0.3}
    assert goes_to(api, **where, description="before") == "Town Hall"
    looked = send(chief, "/city/rules/new", "/city/rules/new", {**NUMBER, "step": "look"})
    assert looked.status_code == 200
    assert "Town Hall Core Crew 2" in says(looked)  # one of the seed, one of above
    assert "All routing tests pass." in says(looked)
    assert goes_to(api, **where, description="only looked") == "Town Hall"
    store(chief, "/new", NUMBER)
    assert "Rule number-hall saved. It applies to new requests from now on." in says(
        chief.get("/city/rules")
    )
    assert goes_to(api, **where, description="after") == "Core Crew"
    assert api.one("26-0000003")["agency_responsible"] == "Town Hall"  # stored ones stay
    store(
        chief, "/rule/number-hall", {**NUMBER, "in_use": ""} | {"in_use": "yes", "where": "ward:2"}
    )
    assert goes_to(api, **where, description="elsewhere") == "Town Hall"


def test_only_what_was_looked_at_is_stored(chief: Person) -> None:
    action, fields = "/city/rules/new", {**NUMBER, "rule": "zz-new", "where": "core"}
    looked = send(chief, action, action, {**fields, "step": "look"})
    [stamp] = re.findall(r'name="looked" value="(\w+)"', looked.text)
    other = {**fields, "department": "EAST", "step": "store", "looked": stamp}
    again = send(chief, action, action, other)
    assert again.status_code == 200
    assert "Effect of this change" in says(again)
    assert "zz-new" not in says(chief.get("/city/rules"))


def test_a_rule_goes_out_of_use_and_comes_back(chief: Person, api: Api) -> None:
    place = {"lat": -0.5, "long": 0.7}
    fields = {name: value for name, value in pothole_east().items() if name != "in_use"}
    page = f"/requests/{api.report(**place, description='before')}"
    reason = "Rule pothole-east applies: service POTHOLE in ward 10."
    assert f'title="{reason}">Pothole requests in Ward East go to' in chief.get(page).text
    store(chief, "/rule/pothole-east", {**fields, "override": "by the edge"})
    assert "1 inactive rule" in says(chief.get("/city/rules"))
    assert goes_to(api, **place, description="inactive") == "Town Hall"
    assert "Pothole requests in Ward East go to this department." in says(chief.get(page))
    store(chief, "/rule/pothole-east", {**fields, "where": "ward"})
    words = says(chief.get(page))
    assert "Rule pothole-east sent the request to this department. The rule has changed" in words
    assert "service POTHOLE in ward 10" not in words
    store(chief, "/rule/pothole-east", pothole_east())
    assert goes_to(api, **place, description="in use again") == "East Yard"


def test_a_canary_stops_a_rule_until_it_is_overridden(chief: Person, api: Api) -> None:
    place, action = {"lat": 0.5, "long": 0.6}, "/city/rules/rule/pothole-east"
    fields = pothole_east(department="LIGHTS")
    looked = send(chief, action, action, {**fields, "step": "look"})
    sentence = (
        "Routing test by the edge must go to East Yard but goes to Light Works. "
        "Pothole requests in Ward East go to this department."
    )
    assert sentence in says(looked)
    assert "Rule pothole-east applies: service POTHOLE in ward 10." in looked.text  # its title
    refused = look_and_store(chief, "/rule/pothole-east", fields)
    assert refused.status_code == 409
    assert "Nothing was changed." in told(refused)
    assert 'name="override" value="by the edge"' in refused.text
    assert goes_to(api, **place, description="refused") == "East Yard"
    store(chief, "/rule/pothole-east", {**fields, "override": "by the edge"})
    assert goes_to(api, **place, description="overridden") == "Light Works"
    store(chief, "/rule/pothole-east", pothole_east())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rule": "lights"}, "There is already a rule lights"),
        (
            {"what": "service:POTHOLE", "where": "ward:2"},
            "Rule pothole-west has the same conditions",
        ),
        ({"what": "service:NOPE"}, "Service NOPE does not exist"),
        ({"what": "group:Nope"}, "The group Nope has no services."),
        ({"what": "nonsense"}, "Choose a service or a group from the list"),
        ({"where": "ward:99"}, "The boundary 99 of the layer ward"),
        ({"where": "nowhere"}, "Layer nowhere does not exist"),
        ({"department": "NOPE"}, "Department NOPE does not exist"),
        ({"department": ""}, "Choose a department."),
        ({"rule": " "}, "Enter a short code for the rule."),
        ({"hours": "business"}, "no business hours yet"),
        ({"hours": "never"}, "hours"),
        ({"time_from": "07:00"}, "End time is missing. Enter both the start and the end"),
        ({"time_from": "7", "time_until": "8"}, "Start time must be a time of day"),
        (
            {"season_from": "13-01", "season_until": "01-01"},
            "Season start must be a month and a day",
        ),
        ({"weekdays": ["Mon", "Someday"]}, "Someday is not valid"),
        ({"answered": '["SURVEY", "WHO", "CREW"]'}, "Choose that service"),
        ({"answered": "{"}, "Choose an answer from the list"),
        (
            {"what": "service:SURVEY", "answered": '["SURVEY", "WHO", "X"]'},
            "The answer X does not belong",
        ),
        ({"rule": "x" * 101}, "Use 100 characters or fewer."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(
    chief: Person, wrong: dict[str, str | list[str]], sentence: str
) -> None:
    fields = {
        "rule": "zz-new",
        "what": "service:A/B c.d",
        "department": "WEST",
        "note": "Kept & shown",
        "in_use": "yes",
        "step": "store",
        **wrong,
    }
    answer = send(chief, "/city/rules/new", "/city/rules/new", fields)
    assert answer.status_code == 409
    assert sentence in told(answer)
    assert "Kept &amp; shown" in answer.text
    assert "zz-new" not in says(chief.get("/city/rules"))


def test_a_rule_out_of_use_cannot_name_what_never_was(chief: Person) -> None:
    fields = {"rule": "zz-new", "what": "service:NOPE", "department": "WEST", "step": "store"}
    answer = send(chief, "/city/rules/new", "/city/rules/new", fields)
    assert answer.status_code == 409  # stored without its service it would be for any
    assert "Service NOPE does not exist" in told(answer)


def test_who_comes_second_is_told(chief: Person) -> None:
    action = "/city/rules/rule/lights"
    fields = {"what": "group:Lights", "department": "LIGHTS", "in_use": "yes", "step": "store"}
    seen = chief.hidden(action, action)["seen"]
    store(chief, "/rule/lights", {**fields, "note": "first"})
    second = send(chief, action, action, {**fields, "note": "second", "seen": seen})
    assert second.status_code == 409
    assert "Someone else changed rule lights" in told(second)


def test_a_rule_that_never_decides_is_flagged(chief: Person) -> None:
    lamp = {"rule": "lamps", "what": "service:LAMP", "department": "LIGHTS", "in_use": "yes"}
    store(chief, "/new", lamp)
    page = says(chief.get("/city/rules"))
    assert "This rule never applies: rules with a higher priority match first (lamps)." in page


@pytest.fixture(scope="module")
def crew(chief: Person) -> None:
    """Store a rule for one answer to a question, at night and in winter."""
    fields: dict[str, str | list[str]] = {
        "rule": "crew",
        "answered": '["SURVEY", "WHO", "CREW"]',
        "department": "WEST",
        "time_from": "22:00",
        "time_until": "06:00",
        "weekdays": ["Mon", "Fri"],
        "season_from": "11-01",
        "season_until": "03-31",
        "in_use": "yes",
        "step": "store",
    }
    store(chief, "/new", fields)


@pytest.mark.usefixtures("crew")
def test_answers_and_times_come_back_as_they_were_chosen(chief: Person) -> None:
    page = chief.get("/city/rules/rule/crew").text
    for piece in ('value="22:00"', 'value="Fri" checked', 'value="11-01"'):
        assert piece in page
    words = says(chief.get("/city/rules"))
    assert (
        "Survey requests, if “Who should come?” is “A crew”, on Monday, Friday, "
        "from 10:00 PM to 6:00 AM, from Nov 1 to Mar 31 West Yard"
    ) in words
    [row] = [
        row
        for row in csv.DictReader(io.StringIO(chief.get("/city/rules/routing_rules.csv").text))
        if row["rule"] == "crew"
    ]
    assert (row["weekdays"], row["time_from"], row["answer"]) == ("Mon Fri", "22:00", "CREW")


def test_a_rule_waits_for_its_effective_date(chief: Person) -> None:
    """A rule for the same requests takes its place on that day."""
    now = {**NUMBER, "rule": "tips-now", "what": "service:TIP", "effective_until": "2090-01-01"}
    then = {**now, "rule": "tips-then", "effective_until": "", "effective_from": "2090-01-01"}
    store(chief, "/new", now | {"department": "EAST"})
    store(chief, "/new", then)
    words = says(chief.get("/city/rules"))
    assert "Rule tips-then saved. Effective 2090-01-01." in words
    assert "Effective until 2090-01-01" in words
    assert 'type="date" value="2090-01-01"' in chief.get("/city/rules/rule/tips-then").text
    early = {**then, "rule": "tips-early", "effective_from": "2089-12-31"}
    action = "/city/rules/new"
    refused = send(chief, action, action, {**early, "step": "look"})
    assert refused.status_code == 409
    assert "has the same conditions" in told(refused)


def test_the_file_of_rules_can_be_seeded_and_changes_nothing(
    chief: Person, city: str, run_command: Callable[..., str], tmp_path: Path
) -> None:
    folder = tmp_path / "gridtown"
    shutil.copytree(CITIES / "gridtown", folder)
    (folder / "canaries.csv").write_text(CANARIES)
    (folder / "routing_rules.csv").write_text(chief.get("/city/rules/routing_rules.csv").text)
    assert "routing rules" not in run_command(city, "seed", str(folder))


def test_open_requests_are_routed_again_and_put_back(chief: Person, api: Api) -> None:
    moved = api.report(service_code="A/B c.d", lat=0.2, long=0.2, description="to be moved")
    odd = {"rule": "odd", "what": "service:A/B c.d", "department": "WEST", "in_use": "yes"}
    store(chief, "/new", odd)
    page, action = "/city/carry-over", "/city/carry-over"
    assert "Town Hall West Yard" in says(chief.get(page))
    assert send(chief, page, action).status_code == 303
    shown = chief.get(page)
    assert "match the current rules and boundaries" in says(shown)
    undo = next(
        part.partition('"')[0]
        for part in shown.text.split('action="/staff')[1:]
        if part.partition('"')[0].endswith("/undo")
    )
    assert undo
    assert api.one(moved)["agency_responsible"] == "West Yard"
    assert send(chief, page, undo).status_code == 303
    assert "restored" in says(chief.get(page))
    assert api.one(moved)["agency_responsible"] == "Town Hall"
    again = chief.session.post(
        f"{chief.address}/staff{undo}", data=chief.hidden(page, "/sign-out"), timeout=PATIENCE
    )
    assert "was already undone" in says(again)


@pytest.mark.usefixtures("crew")
def test_a_place_is_explained_in_words(chief: Person) -> None:
    page = chief.get("/city/rules/try", service_code="POTHOLE", lat="0.5", long="-0.05")
    words = says(page)
    assert "Department: West Yard" in words
    assert "Pothole requests in Ward West go to this department." in words
    assert "does not match: the location is in Ward West" in words
    answered = chief.get(
        "/city/rules/try",
        service_code="SURVEY",
        lat="0.5",
        long="0.5",
        at="2026-12-04T23:00",
        answered='["SURVEY", "WHO", "CREW"]',
    )
    assert "Department: West Yard" in says(answered)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"service_code": "POTHOLE", "lat": "50", "long": "0"}, "This location is outside"),
        (
            {"service_code": "POTHOLE", "lat": "x", "long": "0"},
            "Enter the latitude in decimal degrees",
        ),
        ({"service_code": "NOPE", "lat": "0", "long": "0"}, "NOPE does not exist"),
        ({"lat": "0", "long": "0"}, "Choose a service and a location."),
    ],
)
def test_a_place_that_cannot_be_tried_is_told(
    chief: Person, asked: dict[str, str], sentence: str
) -> None:
    answer = chief.get("/city/rules/try", **asked)
    assert answer.status_code == 400
    assert sentence in told(answer)
