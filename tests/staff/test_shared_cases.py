"""Each file of ../shared/cases on the page of boundary layers, and a report in one of them."""

import re
from collections.abc import Callable

import pytest
import requests
from administrators import says, send, told
from georeport_client import Api
from shared_cases import (
    BOUNDARY_CASES,
    CASES,
    Case,
    Given,
    move_to_lancaster,
    names_of,
    needs_cases,
)
from staff_client import Person

MAPS = "/city/maps"


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    folder = tmp_path_factory.mktemp("area")
    return move_to_lancaster(fresh_database(gridtown), run_command, folder)


def upload(chief: Person, case: Case, layer: str, more: Given) -> requests.Response:
    given = {**case.fields, **more}
    fields = {name: "true" if value is True else str(value) for name, value in given.items()}
    files = {"file": (case.file, (CASES / case.file).read_bytes())}
    return send(chief, MAPS, MAPS, {"layer": layer, **fields}, files=files)


@needs_cases
@pytest.mark.parametrize("case", BOUNDARY_CASES, ids=names_of(BOUNDARY_CASES))
def test_a_file_is_refused_or_read_and_can_be_corrected(chief: Person, case: Case) -> None:
    """A file that can be read is a draft, which is not published as it is."""
    layer = case.layer
    before = versions(chief)
    first = upload(chief, case, f"first_{layer}", {})
    if case.is_readable:
        page = first.headers["Location"].removeprefix("/staff")
        words = says(chief.get(page))
        refused = send(chief, page, f"{page}/publish")
        assert refused.status_code == 409
        for sentence in case.refused:
            assert sentence in words
            assert sentence in says(refused)
        assert send(chief, page, f"{page}/withdraw").status_code == 303
    elif case.refused:
        assert first.status_code == 400
        for sentence in case.refused:
            assert sentence in told(first)
        assert versions(chief) == before
    if not case.boundaries:
        assert upload(chief, case, layer, {"leave_out": True}).status_code == 400
        assert versions(chief) == before
        return
    stored = upload(chief, case, layer, case.corrected)
    assert stored.status_code == 303, told(stored)
    page = stored.headers["Location"].removeprefix("/staff")
    words = says(chief.get(page))
    for sentence in case.reported:
        assert sentence in words
    assert re.search(rf"Draft saved with {case.boundaries} boundar(y|ies)\.", words)
    published = send(chief, page, f"{page}/publish", {**case.approved})
    assert published.status_code == 303, told(published)
    assert "Published. Effective from the beginning." in says(chief.get(page))


def versions(chief: Person) -> int:
    return chief.get(MAPS).text.count("data-set=")


@needs_cases
def test_no_report_is_near_an_at_large_boundary_that_it_is_in(chief: Person, api: Api) -> None:
    """It is in a ward and in the boundary above it, and 0 m from neither."""
    [case] = [one for one in BOUNDARY_CASES if one.file == "wards-with-at-large.geojson"]
    stored = upload(chief, case, "seat", case.corrected)
    page = stored.headers["Location"].removeprefix("/staff")
    assert send(chief, page, f"{page}/publish").status_code == 303
    id_ = api.report(lat=39.71, long=-82.61, description="in ward 1")
    known = api.one(id_, extensions="true")["extended_attributes"]
    assert known["boundaries"]["seat"] == "1"
    assert ("seat", "At-Large") in [(one["layer"], one["code"]) for one in known["also_in"]]
    assert not known["near_border"]
    assert not known.get("in_overlap")
    assert "0.0 m" not in says(chief.get(f"/requests/{id_}"))


ADDRESSES = "/city/addresses"


def send_register(chief: Person, action: str, content: bytes) -> requests.Response:
    files = {"file": ("addresses-odd-rows.csv", content)}
    return send(chief, ADDRESSES, action, {"vintage": "2026"}, files=files)


@needs_cases
def test_odd_rows_of_an_address_register_are_looked_at_and_imported(
    chief: Person, api: Api
) -> None:
    """A look stores nothing; the next register is compared with the first."""
    content = (CASES / "addresses-odd-rows.csv").read_bytes()
    seen = says(send_register(chief, f"{ADDRESSES}/check", content))
    assert "addresses-odd-rows.csv contains 13 addresses." in seen
    assert "Skipped lines (8)" in seen
    assert "Line 7: the number or the street is missing." in seen
    assert "There are no addresses yet." in says(chief.get(ADDRESSES))
    assert send_register(chief, ADDRESSES, content).status_code == 303
    words = says(chief.get(ADDRESSES))
    assert "Addresses imported." in words
    assert "13 addresses from addresses-odd-rows.csv. 2026 Imported" in words
    for address, id_ in (("106½ E Main St", "4"), ("126 East Main Street", "16")):
        found = api.get("v2/addresses", q=f"{address}, Lancaster").document
        assert [one["address_id"] for one in found][:1] == [id_]

    changed = content.replace(b",108.0,", b",110,").replace(b"39.7143,132", b"39.7153,132")
    seen = says(send_register(chief, f"{ADDRESSES}/check", changed))
    assert "Added addresses (1) 110 E MAIN ST, LANCASTER, OH 43130" in seen
    assert "Removed addresses (1) 108 E MAIN ST, LANCASTER, OH 43130" in seen
    assert "Moved addresses (1) 132 MARTIN LUTHER KING JR BLVD, LANCASTER, OH 43130" in seen

    for wrong, sentence in (
        (content.replace(b"LON,LAT", b"X,Y"), "addresses-odd-rows.csv has no column lon"),
        (content.replace(b"-82.", b"-12."), "All 13 addresses are outside the service area."),
        (b"", ""),
    ):
        refused = send_register(chief, ADDRESSES, wrong)
        assert refused.status_code == 400
        assert sentence in told(refused)
    assert "13 addresses from" in says(chief.get(ADDRESSES))
