"""open311 seed: a folder of files that a clerk edits and loads again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from applications import at_hand, in_context
from flask import Flask
from sqlalchemy import select

from open311.database import db
from open311.models import (
    Boundary,
    BoundaryLayer,
    RoutingRule,
    Service,
    ServiceAttribute,
    ServiceRequest,
)
from open311.queries.residents.site import find_site
from schemas.vocabulary.datatypes import DATATYPE_CODES
from tests.commands.conftest import CITIES, CommandLine

Contents = Callable[[], dict[str, list[str]]]
MapFile = Callable[..., Path]

LANCASTER = Path(__file__).parents[2] / "seed_data" / "lancaster"
NOTHING = ["Nothing has changed."]


def edit(file: Path, old: str, new: str) -> None:
    """Replace what is found once in a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_load_tells_what_it_adds(empty_app: Flask, open311: CommandLine) -> None:
    assert open311.lines("seed", CITIES / "gridtown") == [
        "jurisdiction: 1 added: gridtown.example",
        "services: 6 added",
        "questions: 7 added",
        "answers: 5 added: CREW, CLERK, A, B, 01",
        "departments: 5 added: HALL, WEST, EAST, CORE, LIGHTS",
        "layers: 2 added: core, ward",
        "routing rules: 4 added: pothole-west, pothole-east, streets-core, lights",
        "service area: new",
        "layer core: 1 boundaries added",
        "layer ward: 2 boundaries added",
        "service requests: 7 added",
    ]


def test_a_past_request_may_have_a_detailed_status(
    empty_app: Flask, open311: CommandLine, city: Path
) -> None:
    edit(city / "service_requests.csv", "open,Being looked at.", "in_progress,Being looked at.")
    open311.lines("seed", city)
    row = db.session.execute(
        select(ServiceRequest.status, ServiceRequest.detailed_status).where(
            ServiceRequest.service_request_id == "26-0000004"
        )
    ).one()
    assert tuple(row) == ("open", "in_progress")


def test_loading_again_changes_nothing(
    shared_app: Flask, open311: CommandLine, contents: Contents
) -> None:
    before = contents()
    assert open311.lines("seed", CITIES / "gridtown") == NOTHING
    assert contents() == before


@pytest.fixture(scope="module")
def edited_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    return fresh_database(gridtown)


@pytest.fixture
def edited_app(edited_database: str) -> Iterator[Flask]:
    """The application on a Gridtown that has seen the edits of other tests."""
    with at_hand(edited_database) as app:
        yield app


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "jurisdiction.toml",
            '"Gridtown"',
            '"Grid"',
            "jurisdiction: 1 changed: gridtown.example (name)",
        ),
        ("departments.csv", "Town Hall", "City Hall", "departments: 1 changed: HALL (name)"),
        ("departments.csv", "LIGHTS,", "PARKS,Parks\nLIGHTS,", "departments: 1 added: PARKS"),
        ("services.csv", "A dark lamp.", "No light.", "services: 1 changed: LAMP (description)"),
        (
            "services.csv",
            "realtime,3,",
            "realtime,4,",
            "services: 1 changed: POTHOLE (expected_days)",
        ),
        (
            "services.csv",
            'A/B c.d,"Odd code: slash, blank, dot",,,,realtime,,\n',
            "",
            "services: 1 retired: A/B c.d",
        ),
        ("services.csv", "TIP,", "NEW,New,,,,,,\nTIP,", "services: 1 added: NEW"),
        ("questions.csv", "How many?", "What number?", "questions: 1 changed: COUNT (description)"),
        (
            "questions.csv",
            "SURVEY,5,LINE,string,false,true,In one line?,\n",
            "",
            "questions: 1 retired: LINE",
        ),
        ("answers.csv", "Bricks", "Boards", "answers: 1 changed: B (name)"),
        ("layers.csv", "ward,Ward", "ward,Council ward", "layers: 1 changed: ward (name)"),
        ("routing_rules.csv", "lights,,Lights,,,LIGHTS,\n", "", "routing rules: 1 retired: lights"),
        (
            "routing_rules.csv",
            "ward,10,EAST,",
            "ward,10,HALL,",
            "routing rules: 1 changed: pothole-east (department_id)",
        ),
        (
            "boundaries/wards.geojson",
            '"East"',
            '"Sunrise"',
            "layer ward: 10: renamed to 'Sunrise'",
        ),
        (
            "boundaries/area.geojson",
            "[[-1, -1], [1, -1]",
            "[[-1, -1], [0, -1.5], [1, -1]",
            "service area: changed",
        ),
    ],
)
def test_an_edit_is_told_and_stored_once(
    edited_app: Flask,
    open311: CommandLine,
    contents: Contents,
    city: Path,
    file: str,
    old: str,
    new: str,
    told: str,
) -> None:
    open311.lines("seed", city)
    before = contents()
    edit(city / file, old, new)
    assert open311.lines("seed", city) == [told]
    assert contents() != before
    assert open311.lines("seed", city) == NOTHING


def test_a_moved_border_is_told_with_its_area(app: Flask, open311: CommandLine, city: Path) -> None:
    wards = city / "boundaries/wards.geojson"
    wards.write_text(
        wards.read_text().replace("[0, -1]", "[0.5, -1]").replace("[0, 1]", "[0.5, 1]")
    )
    lines = open311.lines("seed", city)
    assert [line.split(":")[:2] for line in lines] == [
        ["layer ward", " 2"],
        ["layer ward", " 10"],
    ]
    assert all(line.endswith("added or removed") for line in lines)
    assert open311.lines("seed", city) == NOTHING


def test_a_map_that_covers_far_less_is_told(app: Flask, open311: CommandLine, city: Path) -> None:
    wards = city / "boundaries/wards.geojson"
    wards.write_text(wards.read_text().replace("[-1, ", "[-0.1, "))
    doubts = [line for line in open311.lines("seed", city) if "covers" in line]
    assert doubts == [
        (
            "Warning: layer ward: The boundaries cover only 55 percent of what the version before "
            "covers in the service area."
        )
    ]


def test_if_empty_leaves_a_city_alone(
    shared_app: Flask, open311: CommandLine, contents: Contents, city: Path
) -> None:
    edit(city / "services.csv", "A dark lamp.", "No light.")
    before = contents()
    assert open311.lines("seed", city, "--if-empty") == []
    assert contents() == before


def test_if_empty_loads_into_an_empty_database(empty_app: Flask, open311: CommandLine) -> None:
    assert len(open311.lines("seed", CITIES / "gridtown", "--if-empty")) == 11


def test_a_second_city_is_loaded_beside_the_first(
    app: Flask, open311: CommandLine, contents: Contents
) -> None:
    before = contents()
    assert open311.lines("seed", CITIES / "hilltown") == [
        "jurisdiction: 1 added: hilltown.example",
        "services: 2 added: POTHOLE, GOAT",
        "departments: 1 added: HALL",
    ]
    after = contents()
    del before["city_version"]
    for name, rows in before.items():
        assert set(rows) <= set(after[name])
    assert open311.lines("seed", CITIES / "gridtown") == NOTHING


WARDS = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}


@pytest.mark.parametrize(
    ("command", "told", "tables"),
    [
        (
            ["import", "--layer", "ward", "--code-field", "code"],
            "layer ward: kept",
            ["boundaries", "boundary_sets"],
        ),
        (["service-area"], "service area: kept", ["jurisdictions"]),
    ],
)
def test_a_map_imported_by_hand_is_not_overwritten(
    app: Flask,
    open311: CommandLine,
    contents: Contents,
    city: Path,
    map_file: MapFile,
    command: list[str],
    told: str,
    tables: list[str],
) -> None:
    name, *options = command
    open311.lines("boundaries", name, map_file(WARDS), *options, "--commit")
    before = contents()
    edit(city / "boundaries/wards.geojson", '"East"', '"Sunrise"')
    edit(city / "boundaries/area.geojson", "[[-1, -1]", "[[-1, -1], [0, -1.5]")
    assert f"{told}, because it was imported from new.geojson" in open311.lines("seed", city)
    for table in tables:
        assert contents()[table] == before[table]


def test_a_map_imported_by_hand_stays_even_if_its_file_is_named_as_in_the_folder(
    app: Flask, open311: CommandLine, contents: Contents, city: Path, map_file: MapFile
) -> None:
    (city / "boundaries/wards.geojson").rename(city / "wards.geojson")
    edit(city / "layers.csv", "boundaries/wards.geojson", "wards.geojson")
    real = map_file(WARDS, "wards.geojson")
    options = ("--layer", "ward", "--code-field", "code", "--commit")
    open311.lines("boundaries", "import", real, *options)
    before = contents()["boundaries"]
    open311.lines("seed", city)
    assert contents()["boundaries"] == before


def test_a_rule_that_names_a_boundary_that_is_not_there_is_refused(
    app: Flask, open311: CommandLine, contents: Contents, city: Path
) -> None:
    edit(city / "routing_rules.csv", "ward,10", "ward,11")
    before = contents()
    refusal = open311.refusal("seed", city)
    assert "routing_rules.csv: rule pothole-east uses ward 11, which does not exist." in refusal
    assert contents() == before


MISTAKES = {  # by file: what is replaced, by what, what is told
    "jurisdiction.toml": [
        ('name = "Gridtown"', "", "name is required."),
        ('"Gridtown"', "5", "name is not valid."),
        ("New_York", "Gridtown", "time_zone must be a time zone"),
        ("gridtown.example", "grid town", "jurisdiction_id must be one word"),
        ("contact =", "contacts =", "There is no column contacts."),
        ("contact =", "contact", "The file is not TOML"),
        ('"HALL"', '"CASTLE"', "default_department 'CASTLE' does not exist"),
    ],
    "departments.csv": [
        ("EAST,East Yard", "EAST,", "line 4: name is required."),
        ("EAST,East Yard", "WEST,East Yard", "line 4: WEST is already used"),
        ("East Yard", "East Yard,x", "line 4: The line has too many cells"),
        ("East Yard", '"East" Yard', "The file is not CSV"),
        ("East Yard", '"East Yard', "The file is not CSV"),
        ("department,name", "department,title", "line 2: There is no column title."),
    ],
    "services.csv": [
        ("LAMP,Lamp,", "LAMP,,", "line 4: service_name is required."),
        ("LAMP,Lamp,", "SURVEY,Lamp,", "line 4: SURVEY is already used"),
        (",batch,", ",slow,", "line 4: type must be one of realtime"),
        ("realtime,3,", "realtime,soon,", "line 2: expected_days must be a number of days"),
        ("realtime,3,", "realtime,-1,", "line 2: expected_days must be a number of days"),
        ("realtime,3,", "realtime,0,", "line 2: expected_days must be a number of days"),
        ("realtime,3,", "realtime,nan,", "line 2: expected_days is not valid"),
        ("A hole in the street.", "h" * 2001, "line 2: description must be 2,000"),
    ],
    "questions.csv": [
        ("SURVEY,3,COUNT", "PARTY,3,COUNT", "line 4: service_code 'PARTY' does not"),
        ("SURVEY,3,COUNT", "SURVEY,2,COUNT", "line 4: SURVEY order 2 is"),
        ("SURVEY,3,COUNT", "SURVEY,x,COUNT", "line 4: The order of a question"),
        ("SURVEY,3,COUNT", "SURVEY,0,COUNT", "line 4: The order of a question"),
        ("SURVEY,3,COUNT", "SURVEY,3000000000,COUNT", "line 4: The order of a question"),
        ("SURVEY,3,COUNT", "SURVEY,3,LINE", "line 6: SURVEY LINE is already used"),
        ("SURVEY,3,COUNT", "SURVEY,3,HOW MANY", "line 4: code must be one word"),
        ("COUNT,number", "COUNT,integer", "line 4: datatype must be one of string"),
        ("number,false", "number,perhaps", "line 4: required must be true or"),
        ("COUNT,number", "COUNT,singlevaluelist", "line 4: A list question needs answers"),
    ],
    "answers.csv": [
        ("WHAT,B,Bricks", "WHICH,B,Bricks", "line 5: Question 'WHICH' of the service is not"),
        ("WHAT,B,Bricks", "LINE,B,Bricks", "line 5: Question 'LINE' of the service is not"),
        ("WHAT,B,Bricks", "WHAT,A,Bricks", "line 5: SURVEY WHAT A is already used"),
        ("WHAT,B,Bricks", "WHAT,B,", "line 5: name is required."),
    ],
    "layers.csv": [
        ("ward,Ward", "Ward,Ward", "line 3: Enter the layer code in lowercase"),
        ("ward,Ward", "core,Ward", "line 3: core is already used"),
    ],
    "routing_rules.csv": [
        ("POTHOLE,,ward,10", "PARTY,,ward,10", "line 3: service_code 'PARTY'"),
        (",Lights,", ",Lamps,", "line 5: group 'Lamps' does not"),
        ("ward,10", "wards,10", "line 3: layer 'wards' does not"),
        ("EAST", "NORTH", "line 3: department 'NORTH' does not"),
        ("POTHOLE,,ward,10", "POTHOLE,Streets,ward,10", "line 3: Choose a service or a group"),
        ("ward,10", ",10", "line 3: A boundary requires its layer"),
        ("ward,10", "ward,2", "line 3: Rule pothole-west has the same"),
        ("pothole-east", "pothole-west", "line 3: pothole-west is"),
    ],
    "service_requests.csv": [
        ("26-0000003,0042", "26-0000003,0043", "line 4: service_code '0043'"),
        ("26-0000003", "26-0000002", "line 4: 26-0000002 is"),
        ("26-0000003", "", "line 4: service_request_id is required"),
        ("26-0000003", "26 0000003", "line 4: service_request_id must be one word"),
        ("0042,30", "0042,some", "line 4: requested must be a"),
        ("0042,30", "0042,-1", "line 4: requested must be a"),
        ("30,-0.5", "30,-90.5", "line 4: lat must be"),
        ("30,-0.5", "30,", "line 4: lat is required"),
        ("WHO=CREW", "WHO=KING", "line 5: attribute[WHO] must be"),
        ("WHO=CREW; ", "", "line 5: attribute[WHO] is required"),
        ("looked at.,9", "looked at.,11", "line 5: updated must not"),
        (",LAMP,5,", ",TIP,5,", "line 6: Only a request for a batch"),
        (",,open,,\n26-0000004", ",,done,,\n26-0000004", "line 4: status must be one of open"),
        ("30,-0.5", "30,-1.5", "line 4: lat and long are outside"),
        ("5,0.5,0.5,5 Dark", "5,0.5,1.5,5 Dark", "line 6: lat and long are outside"),
    ],
    "boundaries/wards.geojson": [
        ('{"ward": 10,', '{"ward": null,', "Feature 1 cannot be used. Its code is missing."),
        (
            "[[0, -1], [1, -1], [1, 1], [0, 1], [0, -1]]",
            "",
            "Feature 1 (10) cannot be used. It has no geometry.",
        ),
    ],
}
MISTAKES_TOLD_OF_OTHER_FILES = [
    (
        "jurisdiction.toml",
        "area.geojson",
        "gone.geojson",
        "boundaries/gone.geojson: The file",
    ),
    ("layers.csv", "wards.geojson", "none.geojson", "boundaries/none.geojson: The file"),
    (
        "layers.csv",
        "wards.geojson,ward",
        "wards.geojson,w",
        "boundaries/wards.geojson: wards.geojson has no field w",
    ),
    ("boundaries/core.geojson", '{"type": "FeatureCollection"', "{", "boundaries/core.geojson"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        *((file, *row) for file, rows in MISTAKES.items() for row in rows),
        *MISTAKES_TOLD_OF_OTHER_FILES,
    ],
)
def test_a_mistake_is_told_with_file_and_line_and_nothing_is_stored(
    shared_empty_app: Flask,
    open311: CommandLine,
    contents: Contents,
    city: Path,
    file: str,
    old: str,
    new: str,
    told: str,
) -> None:
    edit(city / file, old, new)
    before = contents()
    sentences = open311.refusal("seed", city).splitlines()
    starts = (told, f"{file}: {told}", f"{file}, {told}")
    assert [sentence for sentence in sentences if sentence.startswith(starts)], sentences
    assert contents() == before


def test_all_mistakes_are_told_at_once(
    shared_app: Flask, open311: CommandLine, contents: Contents, city: Path
) -> None:
    before = contents()
    edit(city / "departments.csv", "East Yard", "")
    edit(city / "services.csv", ",batch,", ",slow,")
    edit(city / "services.csv", "realtime,3,", "realtime,soon,")
    edit(city / "questions.csv", "COUNT,number,false", "COUNT,integer,perhaps")
    edit(city / "answers.csv", "Bricks", "")
    edit(city / "layers.csv", "core,Core", "Core,Core")
    edit(city / "boundaries/wards.geojson", '{"ward": 10,', '{"ward": null,')
    places = [sentence.split(": ")[0] for sentence in open311.refusal("seed", city).splitlines()]
    assert {
        "departments.csv, line 4",
        "services.csv, line 2",
        "services.csv, line 4",
        "answers.csv, line 5",
        "layers.csv, line 2",
        "boundaries/wards.geojson",
    } <= set(places)
    assert places.count("questions.csv, line 4") == 2
    assert contents() == before


def test_all_requests_outside_are_told_at_once(
    shared_empty_app: Flask, open311: CommandLine, contents: Contents, city: Path
) -> None:
    before = contents()
    for old in ("200,0.5,-0.5", "60,0.5,0.5", "5,0.5,0.5,5 Dark"):
        edit(city / "service_requests.csv", old, old.replace(",0.5", ",1.5", 1))
    sentences = open311.refusal("seed", city).splitlines()
    lines = [sentence.split(": ")[0].rpartition(" ")[2] for sentence in sentences]
    assert lines == ["2", "3", "6"]
    assert contents() == before


FILES = [
    *("jurisdiction.toml", "departments.csv", "services.csv", "questions.csv", "answers.csv"),
    *("layers.csv", "routing_rules.csv"),
]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_told(
    shared_app: Flask, open311: CommandLine, contents: Contents, city: Path, file: str
) -> None:
    before = contents()
    (city / file).unlink()
    assert f"{file}: The file is missing." in open311.refusal("seed", city).splitlines()
    assert contents() == before


@pytest.mark.parametrize("file", FILES)
def test_a_file_in_an_old_encoding_is_told(
    shared_app: Flask, open311: CommandLine, contents: Contents, city: Path, file: str
) -> None:
    before = contents()
    text = (city / file).read_text()
    (city / file).write_bytes(f"{text}# Caf\xe9,,\n".encode("latin-1"))
    assert f"{file}: The file is not" in open311.refusal("seed", city)
    assert contents() == before


@pytest.mark.parametrize("file", FILES[1:])
def test_an_empty_file_is_told(
    shared_empty_app: Flask, open311: CommandLine, contents: Contents, city: Path, file: str
) -> None:
    before = contents()
    (city / file).write_text("")
    assert file in open311.refusal("seed", city)
    assert contents() == before


def test_an_empty_service_area_is_told(
    shared_empty_app: Flask, open311: CommandLine, contents: Contents, city: Path
) -> None:
    before = contents()
    file = city / "boundaries/area.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    assert "boundaries/area.geojson: " in open311.refusal("seed", city)
    assert contents() == before


def test_files_saved_by_a_spreadsheet_are_read_alike(
    shared_app: Flask, open311: CommandLine, city: Path
) -> None:
    for file in city.glob("*.csv"):
        lines = file.read_text().splitlines()
        blank = "," * lines[0].count(",")
        file.write_bytes("\r\n".join([*lines, blank, ""]).encode("utf-8-sig"))
    assert open311.lines("seed", city) == NOTHING


def test_a_folder_without_past_requests_is_loaded(
    empty_app: Flask, open311: CommandLine, city: Path
) -> None:
    (city / "service_requests.csv").unlink()
    assert open311.lines("seed", city)[-1] == "layer ward: 2 boundaries added"


@pytest.mark.parametrize("name", ["nowhere", "services.csv"])
def test_a_folder_that_is_none_is_told(
    shared_app: Flask, open311: CommandLine, city: Path, name: str
) -> None:
    assert "The folder" in open311.refusal("seed", city / name)


@pytest.fixture(scope="module")
def lancaster_database(fresh_database: Callable[[str], str], empty: str) -> str:
    """The URL of a database with the city of seed_data."""
    url = fresh_database(empty)
    for _app in in_context(url):
        assert CommandLine().lines("seed", LANCASTER)[-1].startswith("service requests: ")
    return url


@pytest.fixture
def lancaster(lancaster_database: str) -> Iterator[Flask]:
    """The application on the city of seed_data, its context pushed."""
    with at_hand(lancaster_database) as app:
        yield app


def test_the_folder_of_lancaster_uses_all_there_is(lancaster: Flask, open311: CommandLine) -> None:
    assert open311.lines("seed", LANCASTER) == NOTHING
    assert set(db.session.scalars(select(ServiceAttribute.datatype))) == set(DATATYPE_CODES)
    assert {"realtime", "batch"} <= set(db.session.scalars(select(Service.type)))
    assert {"open", "closed"} == set(db.session.scalars(select(ServiceRequest.status)))
    assert set(db.session.scalars(select(ServiceAttribute.variable))) == {True, False}
    assert open311.lines("requests", "approve")


def test_no_boundary_of_a_rule_is_missing_in_lancaster(lancaster: Flask) -> None:
    named = select(BoundaryLayer.code, RoutingRule.boundary_code).join(
        BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id
    )
    there = select(BoundaryLayer.code, Boundary.code).join(
        BoundaryLayer, BoundaryLayer.id == Boundary.layer_id
    )
    of_boundaries = named.where(RoutingRule.boundary_code.is_not(None))
    wanted = {tuple(row) for row in db.session.execute(of_boundaries)}
    assert len(wanted) > 3
    assert wanted <= {tuple(row) for row in db.session.execute(there)}


@pytest.mark.parametrize(
    ("lat", "long", "service", "department"),
    [
        ("39.7302", "-82.5945", "POTHOLE", "Street Division, North Yard"),
        ("39.6987", "-82.6088", "POTHOLE", "Street Division, South Yard"),
        ("39.7356", "-82.6067", "NOISE", "Police Department, District 1 (North)"),
        ("39.6961", "-82.5776", "NOISE", "Police Department, District 3 (South)"),
        ("39.7133", "-82.5993", "GRAFFITI", "Downtown Clean Team"),
        ("39.7356", "-82.6067", "GRAFFITI", "Code Enforcement"),
    ],
)
def test_in_lancaster_the_place_decides(
    lancaster: Flask, open311: CommandLine, lat: str, long: str, service: str, department: str
) -> None:
    [told, *_] = open311.lines("routing", "explain", lat, long, service)
    assert told == f"Department: {department}"


def test_outside_of_lancaster_no_report_is_taken(lancaster: Flask, open311: CommandLine) -> None:
    assert "City of Lancaster" in open311.refusal("routing", "explain", "0", "0", "POTHOLE")


SITE = 'color = "#1d5b8f"\nlanguages = ["en", "es"]\n'


def test_a_website_is_loaded_changed_and_told(
    empty_app: Flask, open311: CommandLine, city: Path
) -> None:
    (city / "site.toml").write_text(SITE)
    (city / "texts.csv").write_text("key,language,text\nwelcome,es,Hola\n")
    (city / "translations.csv").write_text(
        "kind,code,field,language,text\n"
        "service,POTHOLE,name,es,Bache\nquestion,SURVEY/WHO,description,es,¿Quién?\n"
    )
    lines = open311.lines("seed", city)
    assert {
        "website: new",
        "texts of the website: 1 added: es",
        "translations: 2 added: es, es",
    } <= {*lines}
    assert open311.lines("seed", city) == NOTHING
    edit(city / "site.toml", "#1d5b8f", "#7a1f2b")
    edit(city / "translations.csv", "Bache", "Hoyo")
    assert open311.lines("seed", city) == ["website: changed", "translations: 1 changed: es (text)"]
    found = find_site("gridtown.example")
    assert found is not None
    assert (found.color, found.languages) == ("#7a1f2b", ["en", "es"])
    assert found.text("welcome", "en") == ("Hola", "es")


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("site.toml", 'color = "#ffff00"', "White text cannot be read on this color"),
        ("site.toml", 'color = "red"', "color must be a color such as #1d5b8f"),
        ("site.toml", 'languages = ["xx"]', "languages must be one of"),
        ("site.toml", 'embed_origins = ["https://a.example/x"]', "without a path"),
        ("site.toml", "reports_per_hour = 50", "must not be below the limit for an hour"),
        ("texts.csv", "key,language,text\nwelcome,es,Hola\n", "need site.toml"),
        (
            "translations.csv",
            "kind,code,field,language,text\nservice,NONE,name,es,x\n",
            "translations.csv, line 2: service 'NONE' does not exist",
        ),
        (
            "translations.csv",
            "kind,code,field,language,text\ndepartment,HALL,group,es,x\n",
            "field must be one of name",
        ),
    ],
)
def test_a_problem_of_the_website_is_told_with_its_place(
    empty_app: Flask, open311: CommandLine, city: Path, file: str, content: str, problem: str
) -> None:
    (city / file).write_text(content)
    assert problem in open311.refusal("seed", city)
