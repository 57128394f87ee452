"""Open data: the files of all public requests, their description, and what is not in them."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pyarrow.parquet
import pyogrio
import pytest
import requests
import shapely
from applications import at_hand
from click.testing import CliRunner
from flask.cli import ScriptInfo
from servers import PATIENCE, running_server

from open311.cli import main
from open311.jobs.open_data import publish_all
from open311.media.store import new_data_name
from open311.queries.open_data import DataFileInfo
from open311.web.open_data import publish
from tests.residents.reported import SECRET, Town

FORMATS = {"csv": "csv.gz", "gpkg": "gpkg", "parquet": "parquet"}
NUMBER = 12
FORMULA, NOT_PUBLIC, WITHDRAWN = "=1+1", "hiddenwords", "withdrawnwords"
NAME = "Quillfeather"
NOWHERE = {"coordinates": None}


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def settings(media: Path) -> dict[str, str]:
    return {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(media),
        "OPEN311_PUBLIC_URL": "https://311.example",
        "OPEN311_OPEN_DATA_LICENSE": "https://license.example/by",
    }


@pytest.fixture(scope="module")
def town(site_database: str, settings: dict[str, str], site_log: Path) -> Iterator[Town]:
    with running_server(site_database, site_log, settings) as address:
        yield Town(address, site_database)


@pytest.fixture(scope="module")
def files(town: Town, settings: dict[str, str]) -> dict[str, DataFileInfo]:
    """The files of a Gridtown with public requests and others, written in several batches."""
    for number in range(NUMBER):
        place = {"lat": f"{number / 20}", "long": "-0.3"}
        town.report(description=f"{FORMULA} {number}", last_name=NAME, photos=number == 0, **place)
    hidden, gone = town.report(description=NOT_PUBLIC), town.report(description=WITHDRAWN)
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", hidden.pk)
    town.rows("UPDATE service_requests SET withdrawn_at = now() WHERE pk = %s", gone.pk)
    return write_files(town, settings)


def write_files(town: Town, settings: dict[str, str]) -> dict[str, DataFileInfo]:
    with at_hand(town.database, settings), pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "AT_ONCE", 5)
        found = publish_all()
    assert found is not None
    return {one.format: one for one in found["gridtown.example"]}


def get(town: Town, path: str, **headers: str) -> requests.Response:
    return requests.get(town.address + path, headers=headers, timeout=PATIENCE)


def download(town: Town, code: str) -> bytes:
    answer = get(town, f"/data/requests.{FORMATS[code]}", **{"Accept-Encoding": "identity"})
    assert answer.status_code == 200, answer.text
    return answer.content


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))


def expected(town: Town) -> list[dict[str, Any]]:
    """List the properties of all that the public reads at /ogc, with the place, in its order."""
    found = get(town, "/ogc/collections/requests/items?limit=1000").json()["features"]
    return [
        one["properties"] | {"place": (one["geometry"] or NOWHERE)["coordinates"]} for one in found
    ]


def test_the_csv_file_is_what_the_public_reads(town: Town, files: dict[str, DataFileInfo]) -> None:
    rows, public = read_csv(download(town, "csv")), expected(town)
    assert len(rows) == len(public) == files["csv"].rows >= NUMBER
    for row, one in zip(rows, public, strict=True):
        assert set(row) == {*one, "lat", "long"} - {"place"}
        place = None if row["lat"] == "" else [float(row["long"]), float(row["lat"])]
        assert place == one["place"]
        for name in ("service_request_id", "service_code", "requested_datetime", "ward"):
            assert row[name] == (one[name] or "")
    first = next(row for row in rows if row["description"].endswith(f"{FORMULA} 0"))
    assert first["description"] != f"{FORMULA} 0"  # no spreadsheet calculates it
    assert first["media_url"].startswith("https://311.example/open311/media/")
    assert first["overdue"] in ("true", "false")


def test_gdal_and_arrow_read_the_same(
    town: Town, files: dict[str, DataFileInfo], tmp_path: Path
) -> None:
    public = expected(town)
    path = tmp_path / "requests.gpkg"
    path.write_bytes(download(town, "gpkg"))
    about, _, shapes, columns = pyogrio.raw.read(path, layer="requests")
    parquet = pyarrow.parquet.ParquetFile(io.BytesIO(download(town, "parquet")))
    table = parquet.read()
    fields = dict(zip(about["fields"], columns, strict=True))
    assert about["geometry_type"] == "Point"
    assert about["crs"] == "EPSG:4326"
    assert set(table.column_names) == {*fields, "geometry"} == {*public[0], "geometry"} - {"place"}
    for found in (shapes, table["geometry"].to_pylist()):
        points = [shape and shapely.from_wkb(shape) for shape in found]
        places = [point and [round(point.x, 7), round(point.y, 7)] for point in points]
        assert places == [one["place"] for one in public]
        assert None in places
    for name in ("service_request_id", "description", "group", "ward", "overdue"):
        wanted = [one[name] for one in public]
        assert list(fields[name]) == wanted
        assert table[name].to_pylist() == wanted
    moments = [f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in table["requested_datetime"].to_pylist()]
    assert moments == [one["requested_datetime"] for one in public]
    about_shape = parquet.metadata.metadata[b"geo"].decode()
    assert '"version":"1.1.0"' in about_shape
    places = [one["place"] for one in public if one["place"]]
    west, south = (min(one[axis] for one in places) for axis in (0, 1))
    assert f'"bbox":[{west},{south},' in about_shape


def test_what_is_private_is_in_none_of_the_files(
    town: Town, files: dict[str, DataFileInfo]
) -> None:
    contents = {
        "csv": gzip.decompress(download(town, "csv")),
        "gpkg": download(town, "gpkg"),
        "parquet": str(
            pyarrow.parquet.read_table(io.BytesIO(download(town, "parquet"))).to_pylist()
        ).encode(),
    }
    for code, content in contents.items():
        assert FORMULA.encode() in content, code
        for word in (NOT_PUBLIC, WITHDRAWN, NAME):
            assert word.encode() not in content, code


def test_a_file_may_be_asked_for_again_or_in_parts(
    town: Town, files: dict[str, DataFileInfo]
) -> None:
    path = "/data/requests.gpkg"
    whole = get(town, path)
    assert int(whole.headers["Content-Length"]) == files["gpkg"].bytes == len(whole.content)
    assert whole.headers["Last-Modified"]
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert "requests.gpkg" in whole.headers["Content-Disposition"]
    tag = whole.headers["ETag"]
    assert get(town, path, **{"If-None-Match": tag}).status_code == 304
    part = get(town, path, Range="bytes=4-99", **{"If-Range": tag})
    assert (part.status_code, part.content) == (206, whole.content[4:100])


def test_the_page_says_what_the_files_are_and_leads_to_them(
    town: Town, files: dict[str, DataFileInfo]
) -> None:
    page = lxml.html.fromstring(get(town, "/data").text)
    text = " ".join(page.text_content().split())
    assert f"as files: {files['csv'].rows}, as of" in text
    [license] = page.cssselect("a[rel=license]")
    assert license.get("href") == "https://license.example/by"
    paths = [one.get("href") for one in page.cssselect(".data-files a")]
    assert paths == [f"/data/requests.{suffix}" for suffix in FORMATS.values()]
    named = [one.text_content() for one in page.cssselect("tbody th")]
    assert named == [*read_csv(download(town, "csv"))[0], "geometry"]
    package = get(town, "/data/datapackage.json").json()
    [table] = [one for one in package["resources"] if one["format"] == "csv"]
    assert [one["name"] for one in table["schema"]["fields"]] == named[:-1]
    assert all(one["description"] for one in table["schema"]["fields"])
    assert {one["path"]: one["bytes"] for one in package["resources"]} == {
        f"requests.{suffix}": files[code].bytes for code, suffix in FORMATS.items()
    }
    for path in ("/insights", "/es/insights"):
        [link, *_others] = lxml.html.fromstring(get(town, path).text).cssselect(
            "main a[href$='/data']"
        )
        spanish = lxml.html.fromstring(get(town, link.get("href")).text)
        assert spanish.cssselect("h1")[0].text_content() in ("Open data", "Datos abiertos")


def test_the_next_files_are_without_what_was_withdrawn(
    town: Town,
    files: dict[str, DataFileInfo],
    settings: dict[str, str],
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = town.report(description="Soon withdrawn")
    before = write_files(town, settings)
    assert gone.id in [row["service_request_id"] for row in read_csv(download(town, "csv"))]
    town.rows("UPDATE service_requests SET withdrawn_at = now() WHERE pk = %s", gone.pk)
    with at_hand(town.database, settings) as app:
        left = new_data_name("gpkg")  # by a process that was killed
        (media / left).write_bytes(b"")
        monkeypatch.setattr(publish, "GRACE", publish.GRACE * 0)
        command = ("open-data", "write")
        result = CliRunner().invoke(main, command, obj=ScriptInfo(create_app=lambda: app))
    assert result.exit_code == 0, result.output
    assert re.search(
        rf"gridtown.example: csv, [\d,]+ bytes, requests {before['csv'].rows - 1}\.", result.output
    )
    assert gone.id not in [row["service_request_id"] for row in read_csv(download(town, "csv"))]
    kept = {one.name for one in media.iterdir() if one.name.startswith("data-")}
    assert kept == set(town.value("SELECT array_agg(name) FROM data_files"))
    assert not kept & {one.name for one in before.values()}


def test_without_files_the_page_says_so(town: Town, files: dict[str, DataFileInfo]) -> None:
    town.rows("DELETE FROM data_files")
    assert "do not exist yet" in get(town, "/data").text
    assert get(town, "/data/requests.gpkg").status_code == 404
    assert get(town, "/data/datapackage.json").json()["resources"] == []
