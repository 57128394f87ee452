"""Boundary sets on pages without scripts: sent, looked at, published, rolled back."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest
import requests
from administrators import says, send, told
from applications import at_hand
from foreign_server import NOT_FOUND, Reply, foreign_server
from georeport_client import Api
from servers import running_server
from staff_client import Person

from geo.distances import area
from geo.maps import sources
from open311.jobs.engine import run_waiting
from tests.staff.conftest import SECRET
from tests.staff.test_rules import city_with_a_canary, goes_to

Box = tuple[float, float, float, float]
MOVED: Mapping[str, Box] = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}  # the edge lay at 0
DOUBTFUL: Mapping[str, Box] = {"2": (-1, -1, 0.5, 1), "10": (0.4, -1, 0.9, 1)}
WARD = {"layer": "ward", "code_field": "code", "vintage": "2027", "license": "CC0"}
MAPS = "/city/maps"


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    folder = tmp_path_factory.mktemp("cities") / "gridtown"
    return city_with_a_canary(fresh_database(gridtown), run_command, folder)


def geojson(boxes: Mapping[str, Box]) -> bytes:
    def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"Ward {code}"},
            "geometry": {"type": "Polygon", "coordinates": [ring(*corners)]},
        }
        for code, corners in boxes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def upload(
    chief: Person, content: bytes, name: str = "wards.geojson", **fields: str
) -> requests.Response:
    return send(chief, MAPS, MAPS, {**WARD, **fields}, files={"file": (name, content)})


def draft(chief: Person, boxes: Mapping[str, Box] = MOVED, **fields: str) -> str:
    """Send a map, and give the path of its page."""
    answer = upload(chief, geojson(boxes), **fields)
    assert answer.status_code == 303, told(answer)
    return answer.headers["Location"].removeprefix("/staff")


def test_a_map_is_sent_looked_at_published_and_rolled_back(chief: Person, api: Api) -> None:
    place = {"lat": 0.5, "long": 0.3}
    stays = api.report(**place, description="stays where it was")
    page = draft(chief)
    words = says(chief.get(page))
    assert "Draft saved with 2 boundaries." in words
    assert "wards.geojson, 2027, CC0" in words
    assert re.search(r"East 2 12,\d{3} km²", words)  # what changes hands
    assert "East Yard West Yard 1" in words
    assert "No overlaps, gaps, slivers, or holes found." in words
    assert "Routing test by the edge must go to East Yard" in words
    refused = send(chief, page, f"{page}/publish", {"first": ""})
    assert refused.status_code == 409
    assert "Nothing was changed." in told(refused)
    assert goes_to(api, **place, description="refused") == "East Yard"
    published = send(chief, page, f"{page}/publish", {"override": "by the edge"})
    assert published.status_code == 303, told(published)
    words = says(chief.get(page))
    assert "Published. Effective" in words
    assert ", chief" in words
    assert goes_to(api, **place, description="published") == "West Yard"
    assert api.one(stays)["agency_responsible"] == "East Yard"
    again = send(chief, page, f"{page}/publish", {"override": "by the edge"})
    assert again.status_code == 409
    assert "is already published" in told(again)
    back = send(chief, page, f"{page}/roll-back")
    assert back.status_code == 303, told(back)
    assert "is in effect again" in says(chief.get(page))
    assert goes_to(api, **place, description="rolled back") == "East Yard"
    assert send(chief, page, f"{page}/roll-back").status_code == 409


def test_open_requests_go_over_with_a_map_where_that_is_asked_for(chief: Person, api: Api) -> None:
    moves = api.report(lat=0.7, long=0.3, description="goes over")
    page = draft(chief)
    answer = send(chief, page, f"{page}/publish", {"carry_over": "true", "override": "by the edge"})
    assert answer.status_code == 303, told(answer)
    assert re.search(r"\d+ open requests? rerouted", says(chief.get(page)))
    assert api.one(moves)["agency_responsible"] == "West Yard"
    assert send(chief, page, f"{page}/roll-back").status_code == 303
    assert "West Yard East Yard" in says(chief.get("/city/carry-over"))


def test_the_map_and_the_file_are_equal_to_the_tables(chief: Person, api: Api) -> None:
    api.report(lat=-0.4, long=0.3, description="in the file")
    page = draft(chief, DOUBTFUL, name_field="name")
    words = says(chief.get(page))
    document = chief.get(f"{page}/review.geojson").json()
    roles = [feature["properties"]["role"] for feature in document["features"]]
    assert (roles.count("this"), roles.count("former")) == (2, 2)
    findings = [
        one["properties"] for one in document["features"] if one["properties"]["role"] == "finding"
    ]
    assert sorted(one["kind"] for one in findings) == ["gap", "overlap"]
    for one in findings:
        names = ", ".join(f"Ward {code}" for code in one["codes"])
        prefix = f"{one['kind']} {names}: " if names else f"{one['kind']} "
        size = area(one["square_meters"])
        assert f"{prefix}{size}" in words
        assert one["sentence"] == ", ".join(filter(None, (one["kind"], names, size)))
    changes = [
        one["properties"] for one in document["features"] if one["properties"]["role"] == "change"
    ]
    assert [(one["before"], one["after"]) for one in changes] == [
        *(("East", "Ward 2"), (None, "Ward 2"), ("East", None))
    ]
    assert re.search(r"East Ward 2 [\d,]+ km² None Ward 2 [\d,]+ km² East None [\d,]+ km²", words)
    rows = list(csv.DictReader(io.StringIO(chief.get(f"{page}/moves.csv").text)))
    assert {(row["from"], row["to"]) for row in rows} == {("East Yard", "West Yard")}
    linked = re.findall(r'href="/staff([^"]*moves\.csv[^"]*)"', chief.get(page).text)
    assert chief.get(linked[0]).text.count("\n") == len(rows) + 1
    assert f"East Yard West Yard {len(rows)}" in words


def test_a_draft_is_given_up(chief: Person) -> None:
    page = draft(chief)
    assert send(chief, page, f"{page}/withdraw").status_code == 303
    words = says(chief.get(page))
    assert "withdrawn" in words
    assert "Publish this version again" in words


def test_a_withdrawn_version_is_scheduled_again_and_replaces_another(chief: Person) -> None:
    day = {"first": "2998-01-01", "override": "by the edge"}
    pages = draft(chief), draft(chief)
    for page in pages:
        assert send(chief, page, f"{page}/publish", day).status_code == 303
    first = pages[0].rsplit("/", 1)[1]
    words = says(chief.get(pages[1]))
    assert f"It replaces version {first} of the same day." in words
    overrides = {"override": "by the edge"}, {}  # the last one leaves nothing that objects
    for page, approved in zip(pages, overrides, strict=True):
        assert send(chief, page, f"{page}/withdraw", approved).status_code == 303
    assert send(chief, pages[0], f"{pages[0]}/publish", day).status_code == 303
    words = says(chief.get(pages[1]))
    assert f"Version {first} (wards.geojson) is already scheduled for" in words
    assert send(chief, pages[1], f"{pages[1]}/publish", day).status_code == 303
    assert f"It replaces version {first} of the same day." in says(chief.get(pages[1]))
    for page, approved in zip(reversed(pages), overrides, strict=True):
        assert send(chief, page, f"{page}/withdraw", approved).status_code == 303


def test_a_map_of_a_server_is_read_from_its_address(chief: Person) -> None:
    """The address is that of this machine, which OPEN311_BOUNDARY_PRIVATE allows in tests."""
    reply = Reply(geojson({"1": (-1, -1, 1, 1)}))
    with foreign_server(lambda path, _: reply if path == "/zones.geojson" else NOT_FOUND) as gis:
        url = f"{gis.address}/zones.geojson"
        form = {"layer": "zone", "code_field": "code", "url": url}
        answer = send(chief, MAPS, MAPS, form)
        assert answer.status_code == 303, told(answer)
        page = answer.headers["Location"].removeprefix("/staff")
        shown = chief.get(page)
        assert "Draft saved with 1 boundary." in says(shown)
        assert f'href="{url}"' in shown.text
        missing = send(chief, MAPS, MAPS, {**form, "url": f"{gis.address}/no.zip"})
        assert missing.status_code == 400
        assert "answered with status 404, at the file. Nothing was stored." in told(missing)
        assert f'value="{gis.address}/no.zip"' in missing.text
    both = upload(chief, geojson(MOVED), url="https://gis.example/zones.zip")
    assert "Choose a file or enter an address, but not both." in told(both)
    public = send(chief, MAPS, MAPS, {**form, "url": "http://gis.example/zones.zip"})
    assert "Enter an address that begins with https://" in told(public)
    assert "It is not shown on maps" in says(chief.get(MAPS))
    deleted = send(chief, MAPS, f"{MAPS}/delete", {"layer": "zone"})
    assert deleted.status_code == 303, told(deleted)
    words = says(chief.get(MAPS))
    assert "Layer zone deleted." in words
    assert "It is not shown on maps" not in words
    refused = send(chief, MAPS, f"{MAPS}/delete", {"layer": "ward"})
    assert refused.status_code == 400
    assert "Withdraw it first." in told(refused)


def test_a_layer_with_nearly_the_code_of_another_is_questioned(chief: Person) -> None:
    assert "This is another layer" not in says(chief.get(MAPS))
    questioned = upload(chief, geojson(MOVED), layer="wards")
    assert questioned.status_code == 400
    assert "There is no layer wards yet, but there is ward." in told(questioned)
    assert 'name="new_layer"' in questioned.text
    answer = upload(chief, geojson(MOVED), layer="wards", new_layer="true")
    assert answer.status_code == 303, told(answer)
    page = answer.headers["Location"].removeprefix("/staff")
    assert send(chief, page, f"{page}/withdraw").status_code == 303
    assert send(chief, MAPS, f"{MAPS}/delete", {"layer": "wards"}).status_code == 303


def test_the_encoding_of_a_file_is_named_on_the_page(chief: Person) -> None:
    content = geojson(MOVED).replace(b"Ward 2", b"Pe\xf1asquitos")
    refused = upload(chief, content, name_field="name")
    assert refused.status_code == 400
    assert "text that is not utf-8, in feature 1, field name." in told(refused)
    answer = upload(chief, content, name_field="name", encoding="windows-1252")
    assert answer.status_code == 303, told(answer)
    words = says(chief.get(answer.headers["Location"].removeprefix("/staff")))
    assert "The text encoding is cp1252 (as you entered). Names: Peñasquitos, Ward 10." in words


def test_a_map_that_seems_wrong_is_published_with_a_reason(chief: Person) -> None:
    page = draft(chief, {"1": (10, 10, 11, 11)}, layer="school")
    elsewhere = "The boundaries are outside the service area."
    assert elsewhere in says(chief.get(page))
    refused = send(chief, page, f"{page}/publish")
    assert refused.status_code == 409
    assert elsewhere in told(refused)
    assert "enter in “Why this version is right”" in told(refused)
    reason = "The school is <there>."
    published = send(chief, page, f"{page}/publish", {"despite": reason})
    assert published.status_code == 303, told(published)
    words = says(chief.get(page))
    assert f"Published despite warnings {reason}" in words
    assert elsewhere in words
    assert send(chief, page, f"{page}/withdraw").status_code == 303


def test_a_map_equal_to_the_version_in_effect_is_not_stored(chief: Person) -> None:
    wards = {"2": (-1, -1, 0, 1), "10": (0, -1, 1, 1)}
    names = {"Ward 2": "West", "Ward 10": "East"}
    content = geojson(wards).decode()
    for name, stored in names.items():
        content = content.replace(name, stored)
    before = chief.get(MAPS).text.count("data-set=")
    answer = upload(chief, content.encode(), name_field="name")
    assert answer.status_code == 303, told(answer)
    page = answer.headers["Location"].removeprefix("/staff")
    assert "Nothing was stored, because the file is equal to this version." in says(chief.get(page))
    assert chief.get(MAPS).text.count("data-set=") == before


def test_a_map_equal_to_a_version_that_ends_is_a_draft_for_a_later_day(chief: Person) -> None:
    later = draft(chief)
    far = {"first": "2999-01-01", "override": "by the edge"}
    assert send(chief, later, f"{later}/publish", far).status_code == 303
    page = draft(chief, {"2": (-1, -1, 0, 1), "10": (0, -1, 1, 1)})
    assert "Draft saved with 2 boundaries." in says(chief.get(page))
    assert send(chief, later, f"{later}/withdraw").status_code == 303


def test_a_map_is_published_for_a_later_day(chief: Person, api: Api) -> None:
    page = draft(chief)
    for wrong, sentence in (
        ({"first": "someday"}, "Enter a valid date for Effective date."),
        ({"first": "0001-01-01"}, "Effective date must be January 1, 1900 or later."),
        (
            {"first": "2999-01-02", "until": "2999-01-01"},
            "The end date must be after the effective date",
        ),
    ):
        answer = send(chief, page, f"{page}/publish", {**wrong, "override": "by the edge"})
        assert answer.status_code == 409
        assert sentence in told(answer)
    answer = send(
        chief, page, f"{page}/publish", {"first": "2999-01-01", "override": "by the edge"}
    )
    assert answer.status_code == 303, told(answer)
    assert "upcoming" in says(chief.get(page))
    assert goes_to(api, lat=0.5, long=0.3, description="not yet") == "East Yard"
    same = draft(chief)
    again = {"first": "2999-06-01", "until": "2999-02-01"}
    answer = send(chief, same, f"{same}/publish", again)
    for day, moves in (("2999-06-01", False), ("2998-06-01", True)):
        rows = chief.get(f"{same}/moves.csv?first={day}").text.splitlines()
        assert (len(rows) > 1) == moves, "the file is that of the day on the page"
    assert "None of the" in says(answer), "that map is in effect already on the day that was asked"
    assert "If this version took effect today" in says(chief.get(same))
    assert send(chief, same, f"{same}/withdraw").status_code == 303
    assert send(chief, page, f"{page}/withdraw").status_code == 303


def test_rules_continue_with_the_codes_of_a_map(chief: Person, api: Api) -> None:
    """The page lists what becomes of codes and rules, and does it if the box is checked."""
    page = draft(chief, {"A2": (-1, -1, 0, 1), "10": (0, 0, 1, 1), "11": (0, -1, 1, 0)})
    looked = chief.get(page)
    words = says(looked)
    assert "2 is now A2: same area. 10 is now 10, 11." in words
    assert "Rule pothole-west-A2 for A2 begins. It sends requests to West Yard." in words
    assert "Rule pothole-east-11 for 11 begins. It sends requests to East Yard." in words
    assert "All routing tests pass, and every rule is still valid." in words
    assert 'name="carry_rules" value="true" checked' in looked.text
    without = send(chief, page, f"{page}/publish", {"first": "2990-01-01"})
    assert without.status_code == 409
    assert 'name="override" value="pothole-west"' in without.text
    assert 'name="carry_rules" value="true" checked' not in without.text
    answer = send(chief, page, f"{page}/publish", {"carry_rules": "true"})
    assert answer.status_code == 303, told(answer)
    assert goes_to(api, lat=-0.5, long=0.3, description="the new half") == "East Yard"
    assert goes_to(api, lat=0.5, long=-0.3, description="the new code") == "West Yard"
    assert "pothole-west-A2" in says(chief.get("/city/rules"))
    merge = draft(chief, {"1": (-1, -1, 1, 1)})
    sent = {"first": "2990-01-01", "carry_rules": "true", "override": "by the edge"}
    for kept, status in (("", 409), ("pothole-east", 409), ("pothole-west-A2", 303)):
        answer = send(chief, merge, f"{merge}/publish", {**sent, "keep_rule": kept})
        assert answer.status_code == status, told(answer)
        if not kept:
            assert "Choose which of their rules continues: pothole-east, " in told(answer)
            assert '<option value="pothole-west-A2"' in answer.text
    listed = says(chief.get("/city/rules"))
    assert "Effective until 2990-01-01" in listed
    assert "Effective from 2990-01-01" in listed
    for path in (merge, page):
        answer = send(chief, path, f"{path}/withdraw")
        assert answer.status_code == 303, told(answer)
    assert "2990" not in says(chief.get("/city/rules")).partition("inactive")[0]
    assert goes_to(api, lat=0.5, long=-0.3, description="as before") == "West Yard"


def test_the_only_map_of_a_layer_goes_only_where_its_rules_are_overridden(chief: Person) -> None:
    listed = chief.get(MAPS).text
    number = re.findall(r'data-set="(\d+)"', listed.partition("<h2>ward</h2>")[0])[0]
    page = f"{MAPS}/{number}"
    answer = send(chief, page, f"{page}/withdraw")
    assert answer.status_code == 409
    assert 'name="override" value="streets-core"' in answer.text


def zip_of(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("wards.geojson", "w", force_zip64=True) as file,
    ):
        for _ in range(sources.MOST_BYTES // 1_000_000 + 1):
            file.write(bytes(1_000_000))
    return stream.getvalue()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&x;</name></Document></kml>"""


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("wards.zip", bomb, "is larger than 500 MB"),
        ("wards.kml", lambda: ENTITIES, "declares entities"),
        ("wards.geojson", lambda: b"Dear city, here is the map.", "contains no boundaries"),
        (
            "wards.zip",
            lambda: zip_of({"../wards.geojson": geojson(MOVED)}),
            "points outside the archive",
        ),
        ("wards.zip", lambda: zip_of({"wards.txt": b"x"}), "contains no boundaries"),
        ("../../../etc/passwd", lambda: b"root:x", "passwd contains no boundaries"),
        ("wards.geojson", lambda: b'{"type": "FeatureCollection", "features": [', "wards.geojson"),
        ("wards.vrt", lambda: b"<OGRVRTDataSource/>", "contains no boundaries"),
        ("", lambda: b"", "Choose a boundary file."),
    ],
)
def test_what_is_no_map_is_told_on_the_page(
    chief: Person, name: str, content: Callable[[], bytes], sentence: str
) -> None:
    before = chief.get(MAPS).text.count("data-set=")
    answer = upload(chief, content(), name, source="The county & co")
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert "/tmp" not in told(answer)
    assert "The county &amp; co" in answer.text  # what was typed is still there
    assert chief.get(MAPS).text.count("data-set=") == before


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code_field": "WARD"}, "wards.geojson has no field WARD. Available: code, name."),
        ({"code_field": ""}, "Enter the field of the file"),
        ({"layer": "Police District"}, "Enter the layer code in lowercase letters"),
        ({"layer": ""}, "Enter the code of the layer"),
        ({"reach": "far"}, "Enter Buffer distance as a number, such as 12.5."),
        ({"reach": "0"}, "Buffer distance must be more than 0 and at most 10,000 meters."),
        (
            {"reach": "32809", "units": "us"},
            "Buffer distance must be more than 0 and at most 32,808 feet.",
        ),
        ({"crs": "EPSG:nothing", "where": "code = 'x'"}, "no usable boundaries"),
        ({"where": "code =="}, "The filter “code ==” is not valid for wards.geojson."),
        ({"file_layer": "other"}, "has no layer other"),
    ],
)
def test_a_form_that_does_not_fit_the_file_is_told(
    chief: Person, fields: dict[str, str], sentence: str
) -> None:
    answer = upload(chief, geojson(MOVED), **fields)
    assert answer.status_code == 400
    assert sentence in told(answer)


def test_what_cannot_be_repaired_is_refused_or_left_out(chief: Person) -> None:
    boxes = {**MOVED, "11": (0.5, 0.5, 0.5, 0.5)}
    answer = upload(chief, geojson(boxes))
    assert answer.status_code == 400
    assert "Feature 3 (11)" in told(answer)
    page = draft(chief, boxes, leave_out="true")
    words = says(chief.get(page))
    assert "Draft saved with 2 boundaries. Skipped: Feature 3 (11) cannot be used." in words
    assert "It is a Polygon without an area. Ward, version" in words


def test_what_was_done_to_a_file_is_told_shortly_and_nobody_is_signed_out(chief: Person) -> None:
    document = json.loads(geojson(MOVED))
    document["features"] = document["features"] * 1500
    answer = upload(chief, json.dumps(document).encode(), leave_out="true")
    assert answer.status_code == 303, told(answer)
    words = says(chief.get(answer.headers["Location"].removeprefix("/staff")))
    assert "Draft saved with 2 boundaries. Features 1, 3, 5," in words
    assert "…" in words


def test_repairs_warnings_and_errors_are_in_the_language_of_the_reader(chief: Person) -> None:
    reader = Person(chief.address)
    reader.session.cookies.update(chief.session.cookies)
    reader.session.headers["Accept-Language"] = "es"
    bowtie = [[-1, -1], [0.5, 1], [0.5, -1], [-1, 1], [-1, -1]]
    document = json.loads(geojson(DOUBTFUL))
    document["features"][0]["geometry"]["coordinates"] = [bowtie]
    answer = upload(reader, json.dumps(document).encode())
    assert answer.status_code == 303, told(answer)
    page = answer.headers["Location"].removeprefix("/staff")
    assert "El elemento 1 (2) se reparó (polígono que se cruza a sí mismo). Su superficie" in says(
        reader.get(page)
    )
    features = reader.get(f"{page}/review.geojson").json()["features"]
    sentences = [one["properties"].get("sentence", "") for one in features]
    assert any(one.startswith("superposición, 2, 10, ") for one in sentences)
    assert any(one.startswith("hueco, ") for one in sentences)
    refused = upload(reader, geojson(MOVED), where="code ==")
    assert "El filtro «code ==» no es válido para wards.geojson." in told(refused)


def test_counts_are_written_in_the_language_of_the_reader(chief: Person) -> None:
    grid = {f"{x}-{y}": (x, y, x + 0.4, y + 0.4) for x in range(26) for y in range(40)}
    boxes = {code: tuple(one / 50 for one in box) for code, box in grid.items()}
    page = draft(chief, boxes, layer="grid")
    assert "Draft saved with 1,040 boundaries." in says(chief.get(page))
    assert "Boundaries 1,040" in says(chief.get(page))
    reader = Person(chief.address)
    reader.session.cookies.update(chief.session.cookies)
    reader.session.headers["Accept-Language"] = "es"
    assert "Límites 1.040" in says(reader.get(page))
    assert ">1.040</td>" in reader.get(MAPS).text


def test_a_new_layer_is_made_and_in_force_ever_since(chief: Person, api: Api) -> None:
    page = draft(chief, {"N": (-1, 0, 1, 1)}, layer="snow_route", name_field="name")
    assert "none (first version of this layer)" in says(chief.get(page))
    assert send(chief, page, f"{page}/publish").status_code == 303
    words = says(chief.get(page))
    assert "Published. Effective from the beginning." in words
    assert "current beginning \N{EN DASH} no end date" in words
    id_ = api.report(lat=0.5, long=0.5, description="on a snow route")
    shown = api.one(id_, extensions="true")
    assert shown["extended_attributes"]["boundaries"]["snow_route"] == "N"


def test_layers_overlap_on_purpose_or_not(chief: Person, api: Api, city: str) -> None:
    """As the box of the upload says, and then as the button does, with a job after it."""
    halves: Mapping[str, Box] = {"A": (-1, -1, 0.2, 1), "B": (-0.2, -1, 1, 1)}
    page = draft(chief, halves, layer="school_zone", overlapping="true")
    assert "No overlaps, gaps, slivers, or holes found." in says(chief.get(page))
    assert send(chief, page, f"{page}/publish").status_code == 303
    id_ = api.report(lat=0.5, long=0.1, description="in two zones")

    def marks() -> list[tuple[str, str, str]]:
        known = api.one(id_, extensions="true")["extended_attributes"]
        return [
            (name, one["layer"], one["code"])
            for name in ("also_in", "in_overlap")
            for one in known.get(name, [])
        ]

    assert marks() == [("also_in", "school_zone", "B")]
    act = f"{MAPS}/layers/ward/kind"
    for overlapping, now in (
        ("true", "They should not overlap"),
        ("false", "They overlap on purpose"),
    ):
        before = says(chief.get(MAPS)).count(now)
        near = api.report(lat=0.7, long=0, description=f"on the edge {overlapping}")
        was = api.one(near, extensions="true")["extended_attributes"]["near_border"]
        assert ("ward" in (was or {})) == (overlapping == "true")
        assert send(chief, MAPS, act).status_code == 303
        words = says(chief.get(MAPS))
        assert "Layer changed. Open requests are now measured again." in words
        assert words.count(now) == before + 1
        with at_hand(city) as app:
            run_waiting(app, with_periodic=False)
        is_near = api.one(near, extensions="true")["extended_attributes"]["near_border"]
        assert ("ward" in (is_near or {})) == (overlapping == "false")
        assert marks() == [("also_in", "school_zone", "B")]


def test_a_file_that_is_too_large_is_told(
    city: str,
    chief: Person,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    log = tmp_path_factory.mktemp("gunicorn") / "small.log"
    limits = {"OPEN311_MAX_BOUNDARY_BYTES": "10000", "OPEN311_MAX_BODY_BYTES": "10000"}
    with running_server(city, log, {"OPEN311_SECRET_KEY": SECRET, **limits}) as address:
        there = Person(address)
        there.session.cookies.update(chief.session.cookies)
        answer = upload(there, geojson(MOVED) + b" " * 30_000)
        assert answer.status_code == 413
        assert "Choose a file of 0.02 MB or less." in told(answer)
        assert upload(there, geojson(MOVED)).status_code == 303


def test_what_is_not_there_is_not_found(chief: Person) -> None:
    for path in ("9999", "9999/review.geojson", "9999/moves.csv", "99999999999"):
        assert chief.get(f"{MAPS}/{path}").status_code == 404
    assert chief.get("/city/rules/rule/nope").status_code == 404
