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
