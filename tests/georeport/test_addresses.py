"""Reports by address: found in the register, by the geocoder, or kept for staff to look for."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from foreign_server import ForeignServer, Reply, foreign_server
from georeport_client import KEYS, Api, Sandbox
from servers import running_server

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"
WEST = {"lat": "0.25", "lon": "-0.25"}
"""What the geocoder knows of 7 Elm St."""


def answer(path: str, parameters: dict[str, str]) -> Reply:
    """Answer as Nominatim does, for any street: some answers cannot be used."""
    asked = parameters["q"]
    if "Elm St" in asked:
        places = [{"lat": "60", "lon": "60"}, WEST]
    elif "Away Rd" in asked:
        places = [{"lat": "60", "lon": "60"}]
    elif "Broken Rd" in asked:
        return Reply(b"no JSON")
    elif "Odd Rd" in asked:
        return Reply({"lat": "x"})
    elif "Down Rd" in asked:
        return Reply(b"", 503)
    else:
        places = []
    return Reply([{**place, "display_name": asked} for place in places])


@pytest.fixture(scope="module")
def geocoder() -> Iterator[ForeignServer]:
    with foreign_server(answer) as served:
        yield served


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str], gridtown: str, run_command: Callable[..., str]
) -> str:
    """The URL of a Gridtown that knows its addresses."""
    url = fresh_database(gridtown)
    run_command(url, "addresses", "import", str(REGISTER), "--commit")
    return url


@pytest.fixture(scope="module")
def with_register(
    city: str, geocoder: ForeignServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    domain = geocoder.address.removeprefix("http://")
    settings = {"OPEN311_GEOCODER": f"nominatim?scheme=http&domain={domain}"}
    log = tmp_path_factory.mktemp("gunicorn") / "addresses.log"
    with running_server(city, log, settings) as address:
        yield address


@pytest.fixture
def there(with_register: str, format: str) -> Api:
    """The endpoint of a city with a register and a geocoder."""
    return Api(with_register, format, KEYS["gridtown.example"])


def receipt(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api.post(**{"service_code": "POTHOLE", **fields})
    assert answer.status == 200, answer.response.text
    [row] = answer.document
    return dict(row)


def place_of(api: Api, **fields: Any) -> tuple[float | None, float | None, str]:
    row = api.one(receipt(api, **fields)["service_request_id"])
    lat, long = row["lat"], row["long"]
    return (lat and float(lat), long and float(long), row["agency_responsible"])


def queue(run: Callable[..., str], city: str, service_request_id: str) -> list[str]:
    lines = run(city, "triage", "list").splitlines()
    return [line.partition(" ")[2] for line in lines if service_request_id in line]


@pytest.mark.both_formats
def test_an_address_id_alone_is_a_place(there: Api) -> None:
    row = there.one(receipt(there, address_id="P-3")["service_request_id"])
    assert (float(row["lat"]), float(row["long"])) == (0.5, -0.5)
    assert row["agency_responsible"] == "West Yard"
    assert (row["address_id"], row["address"]) == ("P-3", "12 MAIN ST, GRIDTOWN, GR 43131")


@pytest.mark.parametrize(
    "text", ["111 South Broad Street", "111 s. broad st., Gridtown GR 43130", "S Broad St 111"]
)
def test_an_address_is_looked_up_however_it_is_written(there: Api, text: str) -> None:
    assert place_of(there, address_string=text) == (0.5, 0.5, "East Yard")


def test_the_postal_code_may_come_on_its_own(there: Api) -> None:
    assert place_of(there, address_string="12 Main St", zipcode="43132")[1] == 0.7


def test_coordinates_win_over_an_address(there: Api) -> None:
    found = place_of(there, address_string="111 S Broad St", lat=0.5, long=-0.5)
    assert found == (0.5, -0.5, "West Yard")


def test_an_address_wins_over_zero_and_zero(there: Api) -> None:
    zero = {"lat": "0.0", "long": 0}
    for address in ({"address_string": "111 S Broad St"}, {"address": "111 S Broad St"}):
        assert place_of(there, **zero, **address) == (0.5, 0.5, "East Yard")
    assert place_of(there, **zero, address_id="P-3") == (0.5, -0.5, "West Yard")


def test_a_pin_that_contradicts_its_address_is_said(
    there: Api, city: str, run_command: Callable[..., str]
) -> None:
    near = receipt(there, address_string="111 S Broad St", lat=0.502, long=0.5)
    assert near["service_notice"] == "A crew will look at it."
    far = receipt(there, address_string="111 S Broad St", lat=0.503, long=0.5)
    assert "The address is 332 m from the location on the map." in far["service_notice"]
    assert far["service_notice"].startswith("A crew will look at it. ")
    assert queue(run_command, city, near["service_request_id"]) == []
    [line] = queue(run_command, city, far["service_request_id"])
    assert line == (
        "address_mismatch POTHOLE at East Yard: 111 S BROAD ST, GRIDTOWN, GR 43130 is 332 m "
        "from the location on the map"
    )


def test_a_pin_at_one_of_several_addresses_that_may_be_meant_agrees(there: Api) -> None:
    for long in (-0.5, 0.7):
        row = receipt(there, address_string="12 Main St", lat=0.5, long=long)
        assert row["service_notice"] == "A crew will look at it."
    row = receipt(there, address_id="P-3", lat=0.5, long=0.7)
    assert "The address is 134 km" in row["service_notice"]


def test_the_geocoder_is_asked_for_what_the_register_does_not_know(
    there: Api, geocoder: ForeignServer
) -> None:
    assert place_of(there, address_string="7 Elm St") == (0.25, -0.25, "West Yard")
    path, parameters = geocoder.asked[-1]
    assert (path, parameters["q"]) == ("/search", "7 Elm St")
    asked = len(geocoder.asked)
    place_of(there, address_string="111 S Broad St")
    place_of(there, address_string="7 Elm St", lat=0.5, long=0.5)
    assert len(geocoder.asked) == asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("99 Nowhere Ln", "no such address in the register, and the geocoder found no location"),
        ("behind the school", "no such address in the register, and"),
        ("12 Main St", "several addresses match: 12 MAIN ST, GRIDTOWN, GR 43131; 12 MAIN"),
        ("1 Far Ave", "the address is outside the service area, and"),
        ("3 Away Rd", "no such address in the register, and the geocoder found no location"),
        ("3 Broken Rd", "and the geocoder found no location"),
        ("3 Odd Rd", "and the geocoder found no location"),
        ("3 Down Rd", "and the geocoder found no location"),
    ],
)
def test_without_a_place_a_report_is_kept_and_queued(
    there: Api, city: str, run_command: Callable[..., str], text: str, words: str
) -> None:
    row = receipt(there, address_string=text)
    assert "could not find this address on the map" in row["service_notice"]
    kept = there.one(row["service_request_id"])
    assert (kept["lat"], kept["long"], kept["address"]) == (None, None, text)
    [line] = queue(run_command, city, row["service_request_id"])
    assert line.startswith("no_place POTHOLE at Town Hall: ")
    assert words in line


def test_who_finds_the_place_settles_the_doubt(
    there: Api, city: str, run_command: Callable[..., str]
) -> None:
    id_ = receipt(there, address_string="behind the school")["service_request_id"]
    run_command(city, "requests", "move", id_, "0.5", "-0.5")
    assert there.one(id_)["agency_responsible"] == "West Yard"
    assert queue(run_command, city, id_) == []


def test_an_address_id_that_is_not_known_needs_something_beside_it(there: Api) -> None:
    answer = there.post(service_code="POTHOLE", address_id="P-99")
    assert answer.status == 400
    [sentence] = answer.sentences
    assert sentence.startswith("address_id 'P-99' does not exist.")
    assert place_of(there, address_id="P-99", address_string="111 S Broad St")[1] == 0.5
    assert place_of(there, address_id="P-99", lat=0.5, long=-0.5)[1] == -0.5


def test_without_a_register_an_address_id_alone_is_refused_with_a_way_out(api: Api) -> None:
    """POST-08"""
    answer = api.post(service_code="POTHOLE", address_id="P-3")
    assert answer.status == 400
    [sentence] = answer.sentences
    assert sentence.startswith("address_id cannot be used")
    assert "Send lat and long, or address_string" in sentence


def test_the_word_for_no_address_id_is_none(there: Api) -> None:
    answer = there.post(service_code="POTHOLE", address_id="#NOTPINPOINTED#")
    assert answer.status == 400
    assert answer.sentences[0].startswith("A location is required: send lat and long")


def test_the_sandbox_finds_addresses_as_well(with_register: str, format: str) -> None:
    sandbox = Sandbox(with_register, format, "sandbox")
    assert place_of(sandbox, address_id="P-3") == (0.5, -0.5, "West Yard")


def found(api: Api, **asked: Any) -> list[str]:
    answer = api.get("v2/addresses", **asked)
    assert answer.status == 200, answer.response.text
    return [row["address_id"] for row in answer.document]


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("111 South Broad Street", ["P-1"]),
        ("broad", ["P-1", "P-2", "a3"]),
        ("main st 12", ["P-3", "P-4", "P-5"]),
        ("12 Mai", ["P-3", "P-4", "P-5"]),
        ("43131", ["P-3", "P-5"]),
        ("111 brod stret", ["P-1"]),
        ("nothing like it at all", []),
        ("100% _", []),
    ],
)
def test_addresses_are_searched_by_what_is_typed(there: Api, q: str, ids: list[str]) -> None:
    assert found(there, q=q) == ids


def test_a_list_has_the_order_of_houses_and_an_end(there: Api) -> None:
    assert found(there, q="gr", page_size=3) == ["P-7", "P-3", "P-4"]
    assert len(found(there, q="gr", page_size=1000)) == 8


def test_the_nearest_addresses_are_given_with_their_distance(there: Api) -> None:
    rows = there.get("v2/addresses", lat=0.5, long=0.5002, page_size=3).document
    assert [row["address_id"] for row in rows] == ["P-2", "a3", "P-1"]
    assert [float(row["meters"]) for row in rows] == [11.1, 12.4, 22.3]
    assert (float(rows[0]["lat"]), float(rows[0]["long"])) == (0.5, 0.5001)
    assert rows[0]["address"] == "113 S BROAD ST, GRIDTOWN, GR 43130"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "Send either q, an address as typed, or lat and long."),
        (
            {"q": "x", "lat": "1", "long": "1"},
            "Send either q, an address as typed, or lat and long.",
        ),
        ({"lat": "1"}, "long is required"),
        ({"q": "--"}, "q must contain at least one word"),
        ({"q": "x" * 201}, "q must be 200 characters or fewer; you sent 201."),
        ({"q": "x", "page_size": "0"}, "page_size must be"),
        ({"lat": "91", "long": "0"}, "lat must be"),
    ],
)
def test_a_search_that_cannot_be_done_is_refused(
    there: Api, asked: dict[str, str], words: str
) -> None:
    answer = there.get("v2/addresses", **asked)
    assert answer.status == 400
    assert words in answer.sentences[0]


def test_without_a_register_there_is_nothing_to_search(api: Api) -> None:
    answer = api.get("v2/addresses", q="main")
    assert answer.status == 404
    assert answer.sentences == ["Gridtown has no address register."]


def test_without_a_register_or_a_geocoder_a_report_is_kept_and_queued(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    row = receipt(api, address_string="12 Main St")
    [line] = queue(run_command, database, row["service_request_id"])
    assert line.endswith("no address register, and no geocoder")


def test_a_geocoder_that_does_not_answer_costs_seconds_and_no_report(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    """A service that sends a drop at a time is left after OPEN311_GEOCODER_SECONDS."""

    stop = threading.Event()

    def trickle(path: str, parameters: dict[str, str]) -> Reply:
        stop.wait(10)
        return Reply([WEST])

    with foreign_server(trickle) as slow:
        domain = slow.address.removeprefix("http://")
        settings = {
            "OPEN311_GEOCODER": f"nominatim?scheme=http&domain={domain}",
            "OPEN311_GEOCODER_SECONDS": "1",
        }
        log = tmp_path / "slow.log"
        with running_server(fresh_database(gridtown), log, settings) as address:
            api = Api(address, "json", KEYS["gridtown.example"])
            row = receipt(api, address_string="7 Elm Street of the log")
            assert api.one(row["service_request_id"])["lat"] is None
        stop.set()
    assert "The geocoder Nominatim failed" in log.read_text()
    assert "Elm" not in log.read_text()
