"""The description of the files for programs: https://datapackage.org/standard/data-package/"""

from collections.abc import Mapping, Sequence
from typing import Any

from open311.queries.city import City
from open311.queries.open_data import DataFileInfo
from open311.web.languages import say as _
from open311.web.open_data.columns import GEOMETRY, Column, columns_of, place_columns
from schemas.fields import w3c
from schemas.vocabulary.file_formats import OPEN_DATA_FORMAT_OF

TYPES: Mapping[str, str] = {
    "text": "string",
    "number": "number",
    "boolean": "boolean",
    "moment": "datetime",
}
"""Types of a Table Schema, by kind."""

KEY = "service_request_id"


def package_of(city: City, files: Sequence[DataFileInfo], license: str) -> dict[str, Any]:
    """Return the description of the current files of a city, none of which may exist."""
    return {
        "profile": "data-package",
        "name": f"requests-{city.scope.jurisdiction_id}",
        "title": _("Service requests of %(city)s", city=city.scope.name),
        **({"created": w3c(files[0].made_at)} if files else {}),
        **({"licenses": [_license(license)]} if license else {}),
        "resources": [_resource(city, one) for one in files],
    }


def _license(text: str) -> dict[str, str]:
    return {"path" if text.startswith(("https://", "http://")) else "name": text}


def _resource(city: City, file: DataFileInfo) -> dict[str, Any]:
    kind = OPEN_DATA_FORMAT_OF[file.format]
    found: dict[str, Any] = {
        "name": f"requests-{file.format}",
        "path": f"requests.{kind.suffix}",
        "format": file.format,
        "mediatype": kind.content_type,
        "bytes": file.bytes,
        "rows": file.rows,
    }
    if file.format != "csv":
        return found
    columns = [*columns_of(city), *(one for one in place_columns() if one.kind != GEOMETRY)]
    fields = [_field(one) for one in columns]
    schema = {"fields": fields, "primaryKey": [KEY], "missingValues": [""]}
    tabular = {"profile": "tabular-data-resource", "encoding": "utf-8", "compression": "gz"}
    return {**found, **tabular, "schema": schema}


def _field(column: Column) -> dict[str, str]:
    return {"name": column.name, "type": TYPES[column.kind], "description": column.meaning}
