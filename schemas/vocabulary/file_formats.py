"""Formats of exported files, for parameters, pages, and descriptions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileFormat:
    """A format of exported files.

    code: the value of the parameter f. on_pages: whether staff pages offer it.
    """

    code: str
    name: str
    content_type: str
    suffix: str
    on_pages: bool = True

    @property
    def media_type(self) -> str:
        """The content type without parameters."""
        return self.content_type.partition(";")[0]


FILE_FORMATS = (
    FileFormat("csv", "CSV", "text/csv; charset=utf-8", "csv"),
    FileFormat("geojson", "GeoJSON", "application/geo+json", "geojson"),
    FileFormat(
        *("geojsonseq", "GeoJSON text sequence", "application/geo+json-seq", "geojsons"),
        on_pages=False,
    ),
    FileFormat("gpkg", "GeoPackage", "application/geopackage+sqlite3", "gpkg"),
)
"""All formats; the first is the default."""

FILE_FORMAT_OF = {one.code: one for one in FILE_FORMATS}

SPREADSHEETS = (
    FileFormat("csv", "CSV", "text/csv; charset=utf-8", "csv"),
    FileFormat(
        *("xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "xlsx",
    ),
)
"""Formats for people, with columns in words, local times, and answers; CSV is not that of /ogc."""

STAFF_FORMATS = (
    *SPREADSHEETS,
    *(one for one in FILE_FORMATS if one.on_pages and one.code != "csv"),
)
"""What staff pages offer; the first is the default."""

STAFF_FORMAT_OF = {one.code: one for one in STAFF_FORMATS}

OPEN_DATA_FORMATS = (
    FileFormat("csv", "CSV", "application/gzip", "csv.gz"),
    FileFormat("gpkg", "GeoPackage", "application/geopackage+sqlite3", "gpkg"),
    FileFormat("parquet", "GeoParquet", "application/vnd.apache.parquet", "parquet"),
)
"""Formats of the files of open data."""

OPEN_DATA_FORMAT_OF = {one.code: one for one in OPEN_DATA_FORMATS}

OPEN_DATA_CODES = tuple(OPEN_DATA_FORMAT_OF)
