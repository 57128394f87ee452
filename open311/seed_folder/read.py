"""Conversion of a seed folder to seed data, or to a list of its problems."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import MultiPolygon

from geo.errors import InvalidBoundaryFile
from geo.maps.boundaries import CleanBoundary, clean_boundaries, merge_all
from geo.maps.files import read_features
from open311.errors import InvalidParameters
from open311.messages.problem import Problem
from open311.messages.seeds import SEED_NO_BOUNDARIES, SEED_UNKNOWN_VALUE
from open311.models.routing import RULE_CONDITIONS, RULE_DATES
from open311.seed_folder.catalog import read_catalog
from open311.seed_folder.past import City, read_past
from open311.seed_folder.retention import read_retention
from open311.seed_folder.servers import read_servers
from open311.seed_folder.site import read_site
from open311.seed_folder.source import SeedSource, open_seed
from open311.seed_folder.tables import Problems, read_settings
from open311.seed_folder.templates import read_templates
from open311.steps.values.imports import SeedBoundaries, SeedData
from schemas.imports.seed_rows import JurisdictionRow

Row = dict[str, Any]


def read_seed_folder(path: Path) -> SeedData:
    """Return the seed data of a folder with the structure of seed_data/lancaster, or of a workbook.

    Raises InvalidParameters with a sentence, file, and line for each problem.
    """
    source = open_seed(path)
    problems = Problems([*source.problems])
    row = read_settings(source, "jurisdiction", JurisdictionRow(), problems)
    zone = ZoneInfo(row.get("time_zone", "UTC"))
    tables = read_catalog(source, zone, problems)
    _check_departments(row, tables["departments"], problems)
    boundaries = _read_layers(source.folder, tables["layers"], problems)
    service_area = _read_service_area(source.folder, row.get("service_area"), problems)
    past = read_past(source, tables, _city(row, zone, service_area), problems)
    others = _read_others(source, tables, problems)
    if problems.found:
        raise InvalidParameters.of(problems.found)
    return SeedData(
        jurisdiction_id=row["jurisdiction_id"],
        jurisdiction={name: row[name] for name in _JURISDICTION},
        service_area=service_area,
        departments=_columns(tables["departments"], "name"),
        services=_columns(tables["services"], *_SERVICE),
        attributes=_columns(tables["questions"], *_ATTRIBUTE),
        values=_positions(tables["answers"]),
        layers=_ranks(tables["layers"]),
        boundaries=boundaries,
        rules=_columns(tables["rules"], *_RULE),
        business_hours=_columns(tables["business_hours"], "closes"),
        holidays=_columns(tables["holidays"], "name"),
        canaries=_columns(tables["canaries"], *_CANARY),
        service_requests=past,
        **others,
    )


def _city(row: Row, zone: ZoneInfo, service_area: SeedBoundaries | None) -> City:
    return City(
        zone=zone,
        now=datetime.now(UTC).replace(microsecond=0),
        service_area=None if row.get("outside_department") else _area_of(service_area),
    )


def _read_others(
    source: SeedSource, tables: dict[str, dict[Any, Row]], problems: Problems
) -> dict[str, Any]:
    """Return what files say that a folder may leave out, by attribute of SeedData."""
    return {
        "site": read_site(source, tables, problems),
        "servers": read_servers(source, tables, problems),
        "templates": read_templates(source, tables["services"], problems),
        "retention": read_retention(source, problems),
    }


def _check_departments(row: Row, departments: dict[str, Row], problems: Problems) -> None:
    for key in ("default_department", "outside_department"):
        is_unknown = row.get(key) is not None and row[key] not in departments
        if is_unknown and not problems.has_lost("departments", row[key]):
            problems.add("jurisdiction.toml", SEED_UNKNOWN_VALUE, column=key, value=row[key])


_JURISDICTION = (
    "name",
    "time_zone",
    "contact",
    "key_service",
    "locality",
    "public_holidays",
    "units",
    "anonymize_after_days",
    "reopen_days",
    "default_department",
    "outside_department",
)
_SERVICE = (
    "service_name",
    "description",
    "group",
    "keywords",
    "type",
    "expected_days",
    "service_notice",
    *("is_on_site", "duplicate_meters", "looked_at_first", "urgent_text", "urgent_phone"),
    *("needs_contact", "reopen_days", "default_priority"),
)
_ATTRIBUTE = (
    *("datatype", "required", "variable", "order"),
    *("description", "datatype_description", "automated"),
)
_CANARY = ("service_code", "lat", "long", "department", "note")
_RULE = (
    *("service_code", "group", "layer", "boundary", *RULE_CONDITIONS),
    *RULE_DATES,
    *("department", "note", "public_reason"),
)


def _read_layers(
    folder: Path, layers: dict[str, Row], problems: Problems
) -> dict[str, SeedBoundaries]:
    """Return the boundaries of each layer that names a file."""
    read = {
        layer: _read_boundaries(
            folder,
            row["file"],
            problems,
            code_field=row["code_field"],
            name_field=row["name_field"],
            reach_meters=row["reach_meters"],
        )
        for layer, row in layers.items()
        if row["file"]
    }
    return {layer: seeded for layer, seeded in read.items() if seeded is not None}


def _read_service_area(folder: Path, file: str | None, problems: Problems) -> SeedBoundaries | None:
    """Return the service area as one boundary; None if the folder names no file."""
    seeded = _read_boundaries(folder, file, problems, code_field=None) if file else None
    if seeded is None:
        return None
    area = CleanBoundary("service_area", "", merge_all(seeded.boundaries))
    return SeedBoundaries(seeded.source, [area])


def _read_boundaries(
    folder: Path, file: str, problems: Problems, **reading: Any
) -> SeedBoundaries | None:
    try:
        features = read_features(folder / file, **reading)
    except InvalidBoundaryFile as error:
        problems.take(file, Problem.of(error))
        return None
    boundaries, report = clean_boundaries(features)
    for refused in report.refused:
        problems.take(file, Problem.of(refused))
    if not boundaries and not report.refused:
        problems.add(file, SEED_NO_BOUNDARIES)
    return SeedBoundaries(f"{file} of the seed folder", boundaries) if boundaries else None


def _area_of(service_area: SeedBoundaries | None) -> MultiPolygon | None:
    return service_area.boundaries[0].geometry if service_area else None


def _columns(rows: dict[Any, Row], *names: str) -> dict[Any, Row]:
    return {key: {name: row[name] for name in names} for key, row in rows.items()}


def _positions(answers: dict[Any, Row]) -> dict[Any, Row]:
    """Number the answers in the order of the file, which is the display order."""
    return {
        key: {"name": row["name"], "position": position}
        for position, (key, row) in enumerate(answers.items(), start=1)
    }


def _ranks(layers: dict[Any, Row]) -> dict[Any, Row]:
    """Number the layers in the order of the file: the first has priority in routing."""
    return {
        layer: {
            "name": row["name"],
            "position": position,
            "exception": row["exception"],
            "overlapping": row["overlapping"],
            "reach_meters": row["reach_meters"],
        }
        for position, (layer, row) in enumerate(layers.items(), start=1)
    }
