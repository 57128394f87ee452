"""Open data: files of all public requests, with what their columns mean."""

from typing import Any

import orjson
from flask import Response, current_app, url_for
from flask_babel import format_decimal

from open311.errors import NotFound
from open311.messages.residents import DATA_FILE_MISSING
from open311.queries.city import City
from open311.queries.open_data import DataFileInfo, list_data_files
from open311.residents.pages import site_pages
from open311.web.languages import say as _
from open311.web.open_data.columns import GEOMETRY, KIND_WORDS, columns_of, place_columns
from open311.web.open_data.package import package_of
from open311.web.photo_files import stored_file
from open311.web.site import link, site_city, site_page
from schemas.vocabulary.file_formats import OPEN_DATA_FORMAT_OF, OPEN_DATA_FORMATS
from schemas.vocabulary.marking import N_

blueprint = site_pages("site_data", "/data")

PURPOSES = {
    "csv": N_("For spreadsheets and programs; compressed"),
    "gpkg": N_("For maps, such as QGIS"),
    "parquet": N_("For analysis, such as DuckDB, pandas, or GDAL"),
}

KEPT = "public, max-age=300"

MEGABYTE = 1_000_000


@blueprint.get("")
def show() -> tuple[str, int]:
    """Show the files, their license, and what their columns mean."""
    city = site_city()
    files = {one.format: one for one in _files(city)}
    return site_page(
        "open_data.html",
        here="data",
        made_at=next((one.made_at for one in files.values()), None),
        requests=format_decimal(next((one.rows for one in files.values()), 0)),
        files=[
            {
                "name": one.name,
                "purpose": _(PURPOSES[one.code]),
                "size": size_words(files[one.code].bytes),
                "url": link(f"site_data.{one.code}"),
            }
            for one in OPEN_DATA_FORMATS
            if one.code in files
        ],
        is_nightly=current_app.config["OPEN311_OPEN_DATA_AT"] is not None,
        license=current_app.config["OPEN311_OPEN_DATA_LICENSE"],
        columns=[*columns_of(city), *place_columns()],
        geometry=GEOMETRY,
        kind_words={kind: _(words) for kind, words in KIND_WORDS.items()},
        package_url=link("site_data.package"),
        api_url=url_for("openapi.page"),
        insights_url=link("site_insights.show"),
        how_url=link("site_insights.how"),
    )


def size_words(size: int) -> str:
    """Return a size in bytes as the language writes it, in kB or MB."""
    if size < MEGABYTE:
        return _("%(number)s kB", number=format_decimal(-(-size // 1_000)))
    return _("%(number)s MB", number=format_decimal(round(size / MEGABYTE, 1)))


def _files(city: City) -> list[DataFileInfo]:
    return list(list_data_files(city.scope.jurisdiction_id))


@blueprint.get("/requests.csv.gz")
def csv() -> Response:
    return _file("csv")


@blueprint.get("/requests.gpkg")
def gpkg() -> Response:
    return _file("gpkg")


@blueprint.get("/requests.parquet")
def parquet() -> Response:
    return _file("parquet")


def _file(code: str) -> Response:
    """Return the current file of a format, a range of it, or 304."""
    found = next((one for one in _files(site_city()) if one.format == code), None)
    missing = NotFound(DATA_FILE_MISSING)
    if found is None:
        raise missing
    kind = OPEN_DATA_FORMAT_OF[code]
    response = stored_file(found.name, kind.content_type, KEPT, missing, found.made_at)
    response.headers["Content-Disposition"] = f'attachment; filename="requests.{kind.suffix}"'
    return response


@blueprint.get("/datapackage.json")
def package() -> Response:
    """Return the files and their columns for programs (Frictionless Data Package)."""
    city = site_city()
    about: dict[str, Any] = package_of(
        city, _files(city), current_app.config["OPEN311_OPEN_DATA_LICENSE"]
    )
    response = Response(orjson.dumps(about), content_type="application/json")
    response.headers["Cache-Control"] = KEPT
    return response
