"""Files for people, columns, print pages, and searches of the whole city: without scripts."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyogrio
import pytest
from georeport_client import Api
from staff_client import Person

from open311.web import sheets
from open311.web.sheets import Sheet, as_workbook

Sign = Callable[[str], Person]
FORMULA = '=HYPERLINK("https://bad.example","look")'


@pytest.fixture(scope="module")
def surveyed(api: Api) -> str:
    """A request with answers and with a text that looks like a formula."""
    return api.report(
        **{
            "service_code": "SURVEY",
            "description": FORMULA,
            "address_string": "1 Main Street",
            "lat": 0.5,
            "long": 0.52,
            "attribute[WHO]": "CREW",
            "attribute[LINE]": "-5 degrees",
        }
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_is_for_a_spreadsheet(person: Sign, api: Api, surveyed: str) -> None:
    dispatch = person("dispatch")
    rows = rows_of(dispatch.get("/requests/export", f="csv", q="Main Street").content)
    [row] = [one for one in rows if one["Request number"] == surveyed]
    assert row["Description"] == f"'{FORMULA}"
    assert row["Status"] == row["Open or closed"] == "open"
    assert (row["Who should come?"], row["Received by"]) == ("A crew", "App")
    sent = datetime.fromisoformat(api.one(surveyed)["requested_datetime"])
    local = sent.astimezone(ZoneInfo("America/New_York"))
    assert row["Submitted"] == f"{local:%Y-%m-%d %H:%M}"
    dispatch.post("/requests", "/language", language="es", next="/staff/requests")
    translated = rows_of(dispatch.get("/requests/export", f="csv", q="Main Street").content)
    assert {one["Estado"] for one in translated} == {"abierta"}


def test_a_workbook_opens_in_gdal_with_dates_and_texts(
    person: Sign, surveyed: str, tmp_path: Path
) -> None:
    answer = person("dispatch").get("/requests/export", f="xlsx", q="Main Street")
    assert answer.headers["Content-Disposition"].endswith('filename="requests.xlsx"')
    file = tmp_path / "requests.xlsx"
    file.write_bytes(answer.content)
    meta, _, _, columns = pyogrio.raw.read(file)
    found = dict(zip(meta["fields"], columns, strict=True))
    place = list(found["Request number"]).index(surveyed)
    assert found["Submitted"].dtype.kind == "M"
    assert found["Latitude"][place] == 0.5
    assert found["Description"][place] == FORMULA  # a text, which nothing runs
    assert found["Who should come?"][place] == "A crew"


def test_a_workbook_is_written_row_by_row_and_goes_on_on_the_next_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3_000)
    rows = ([number, f"{number} " * 400] for number in range(4_000))
    file = tmp_path / "long.xlsx"
    tracemalloc.start()
    with file.open("wb") as written:
        for piece in as_workbook(Sheet("Requests", ["Number", "Text"], rows)):
            written.write(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000  # the texts alone are 8 MB
    layers = [name for name, _kind in pyogrio.list_layers(file)]
    assert layers == ["Requests", "Requests 2"]
    assert [pyogrio.read_info(file, layer=one)["features"] for one in layers] == [3_000, 1_000]
