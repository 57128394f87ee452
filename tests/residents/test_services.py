"""Services on the website: who does it where, what is promised, and how that was kept."""

import psycopg
import pytest
from applications import in_context
from catalog_texts import add_spanish
from flask import Flask
from site_pages import get, link_named, one, read, words
from statements import statements
from stored_requests import store_request

from open311.database import db

SPANISH = [
    ("service", "POTHOLE", "name", "Bache"),
    ("service", "POTHOLE", "description", "Un hoyo en la calle."),
    ("service", "POTHOLE", "group", "Calles"),
    ("question", "SURVEY/WHO", "description", "¿Quién debe venir?"),
    ("answer", "SURVEY/WHO/CREW", "name", "Una cuadrilla"),
    ("department", "WEST", "name", "Patio Oeste"),
]


@pytest.fixture(scope="module")
def town(website: str, site_database: str) -> str:
    """A town partly in Spanish, with a year of potholes and more rules."""
    add_spanish(site_database, SPANISH)
    with psycopg.connect(site_database) as connection:
        connection.execute(
            "UPDATE services SET urgent_text = 'A deep hole on a bridge?',"
            " urgent_phone = '555-0199' WHERE service_code = 'POTHOLE'"
        )
        connection.execute("UPDATE services SET is_on_site = false WHERE service_code = 'A/B c.d'")
        add_rule = (
            "INSERT INTO routing_rules (jurisdiction_id, code, service_id, department_id, layer_id,"
            " boundary_code, question, answer, hours, weekdays, active, note)"
            " SELECT d.jurisdiction_id, %s, (SELECT id FROM services WHERE service_code = %s),"
            " d.id, (SELECT id FROM boundary_layers WHERE code = %s), %s, %s, %s, %s, %s, true,"
            " 'A secret note for staff' FROM departments AS d WHERE d.code = %s"
        )
        rules = [
            ("crew", "SURVEY", None, None, "WHO", "CREW", None, None, "CORE"),
            ("night", "SURVEY", None, None, None, None, "outside", [6, 7], "LIGHTS"),
            ("gone", "SURVEY", "ward", "99", None, None, None, None, "EAST"),
            ("all", "0042", None, None, None, None, None, None, "EAST"),
        ]
        connection.cursor().executemany(add_rule, rules)
    return website


@pytest.fixture(scope="module")
def busy_town(town: str, site_database: str) -> str:
    """With 20 potholes closed after 1 to 20 days, one of them late, and 19 of another service."""
    for _app in in_context(site_database):
        for number in range(1, 21):
            store_request(f"P-{number}", "POTHOLE", days=100, took=number, due=19.5)
        for number in range(19):
            store_request(f"N-{number}", "A/B c.d", days=100, took=1)
        db.session.commit()
    with psycopg.connect(site_database) as connection:  # the record is read once a day
        connection.execute("UPDATE city_version SET version = gen_random_uuid()")
    return town


def test_all_services_of_the_website_are_listed_by_group(town: str) -> None:
    page = read(town, "/services")
    captions = [words(caption) for caption in page.cssselect("caption")]
    assert sorted(captions) == ["Lights", "Other services", "Streets"]
    names = [words(name) for name in page.cssselect("tbody th")]
    assert sorted(names) == ["Lamp", "Number with zeros", "Pothole", "Survey", "Tip"]
    row = next(row for row in page.cssselect("tbody tr") if "Pothole" in words(row))
    assert "3 working days" in words(row)


def test_names_are_in_the_language_of_the_page_and_others_are_marked(town: str) -> None:
    page = read(town, "/es/services")
    links = {words(link): link for link in page.cssselect("tbody th a")}
    assert links["Bache"].get("href") == "/es/services/POTHOLE"
    assert links["Bache"].get("lang") is None
    assert links["Lamp"].get("lang") == "en"
    assert "Calles" in [words(caption) for caption in page.cssselect("caption")]
    one_service = read(town, "/es/services/POTHOLE")
    assert words(one(one_service, "h1")) == "Bache"
    assert "Un hoyo en la calle." in words(one(one_service, "main"))
    assert "Patio Oeste" in words(one(one_service, "main"))


def departments(address: str, path: str) -> list[str]:
    [row] = [
        row
        for row in read(address, path).cssselect("dl.answers > div")
        if words(row.find("dt")) == "Who does it"
    ]
    return [words(part) for part in row.cssselect("dd > span")]


def test_departments_are_told_with_their_places_in_plain_words(town: str) -> None:
    assert departments(town, "/en/services/POTHOLE") == [
        "East Yard: in Ward East",
        "West Yard: in Ward West",
        "Core Crew: in Core",
        "Town Hall: everywhere else",
    ]


def test_conditions_of_answers_and_times_are_told(town: str) -> None:
    """And neither a boundary that is gone, nor the notes of rules"""
    assert departments(town, "/en/services/SURVEY") == [
        "Core Crew: if “Who should come?” is “A crew”; in Core",
        "Light Works: outside business hours, on Saturday, Sunday",
        "Town Hall: in all other cases",
    ]
    assert "secret note" not in get(town, "/en/services/SURVEY").text


def test_a_rule_without_conditions_ends_the_list(town: str) -> None:
    assert departments(town, "/en/services/0042") == ["East Yard"]
    assert departments(town, "/en/services/LAMP") == ["Light Works"]


def test_a_service_is_explained(town: str) -> None:
    page = read(town, "/en/services/POTHOLE")
    text = words(one(page, "main"))
    for expected in ("A hole in the street.", "3 working days", "A deep hole on a bridge?"):
        assert expected in text
    assert link_named(page, "Call 555-0199") == "tel:5550199"
    outlook = get(town, "/report/outlook?service_code=POTHOLE").json()
    assert (outlook["urgent_phone"], outlook["urgent_call"]) == ("555-0199", "tel:5550199")
    assert link_named(page, "Report it") == "/en/?service_code=POTHOLE"
    assert link_named(page, "All requests for this service") == ("/en/reports?service_code=POTHOLE")
    assert get(town, "/en/reports?service_code=POTHOLE").status_code == 200
    survey = words(one(read(town, "/en/services/SURVEY"), "main"))
    assert "Who should come?" in survey
    assert "Crews work on weekdays." not in survey  # a text to read, not a question


def test_confidential_and_checked_services_say_so(town: str) -> None:
    assert "public does not see" in words(one(read(town, "/services/TIP"), "main"))
    assert "Staff look at this before" in words(one(read(town, "/services/LAMP"), "main"))


def test_what_only_other_channels_offer_is_explained_without_a_form(town: str) -> None:
    page = read(town, "/services/A/B%20c.d")
    assert words(one(page, "h1")) == "Odd code: slash, blank, dot"
    assert not [link for link in page.cssselect("a") if words(link) == "Report it"]


def test_an_unknown_service_is_a_page_that_says_so(town: str) -> None:
    page = read(town, "/services/NOTHING", status=404)
    assert "NOTHING" in words(one(page, "main"))


def test_the_record_is_told_from_twenty_requests_on(busy_town: str) -> None:
    page = read(busy_town, "/en/services")
    rows = {words(row.find("th")): words(row) for row in page.cssselect("tbody tr")}
    assert "18 days 22 requests" in rows["Pothole"]  # with two of the seed folder
    assert "86%" in rows["Pothole"]
    text = words(one(read(busy_town, "/en/services/POTHOLE"), "main"))
    assert "9 of 10 were closed within 18 days." in text
    assert "86% were closed in time." in text
    assert "In the past year" not in words(one(read(busy_town, "/en/services/A/B c.d"), "main"))


def test_no_form_is_offered_while_reporting_is_closed(town: str, site_database: str) -> None:
    with psycopg.connect(site_database) as connection:
        connection.execute("UPDATE sites SET takes_reports = false")
    page = read(town, "/services/POTHOLE")
    with psycopg.connect(site_database) as connection:
        connection.execute("UPDATE sites SET takes_reports = true")
    assert not [link for link in page.cssselect("main a") if words(link) == "Report it"]


@pytest.fixture
def warm_app(site_app: Flask) -> Flask:
    site_app.test_client().get("/services")  # reads the snapshot, and the records of the day
    return site_app


@pytest.mark.parametrize(("path", "most"), [("/services", 1), ("/services/POTHOLE", 3)])
def test_a_page_takes_few_statements(warm_app: Flask, path: str, most: int) -> None:
    with statements(db.engine) as sent:
        assert warm_app.test_client().get(path).status_code == 200
    assert len(sent) <= most, sent
