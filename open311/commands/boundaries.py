"""open311 boundaries: import of boundary layers and of the service area."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from shapely.geometry import MultiPolygon

from geo.coordinates import square_meters
from geo.distances import area
from geo.errors import GeoError
from geo.maps.boundaries import CleanBoundary, CleaningReport, clean_boundaries, merge_all
from geo.maps.examination import examine
from geo.maps.files import BoundaryFile, read_file
from geo.maps.lint import KINDS, lint_boundaries
from geo.notices import Notice
from open311.commands.boundary_source import opened_source
from open311.commands.options import MAP_DAY, by_option, jurisdiction_option, with_progress
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import (
    import_boundaries,
    import_draft,
    import_service_area,
    try_import,
)
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.area_doubts import list_area_doubts
from open311.queries.maps.comparison import compare
from open311.queries.maps.layers import (
    find_layer_id,
    find_newest_source,
    find_overlapping,
    find_reach,
    find_service_area,
)
from open311.queries.maps.schedule import find_set_replaced
from open311.queries.maps.sets import StoredSet, get_set
from open311.steps.values.boundary_sets import NewBoundarySet
from schemas.maps.forms import LAYER_CODE
from schemas.vocabulary.days import SINCE_EVER

boundaries_commands = AppGroup("boundaries", help="Import, check, publish, and restore boundaries.")

IMPORTED = "Imported."
OVERRIDE = "Approve the exception with this name (a routing test or a rule). Repeatable."
UNCHANGED = "Nothing was stored, because the file is equal to this version."
DESPITE = "Reason to publish boundaries that seem to be wrong; it is stored with them."
READING = ("code_field", "name_field", "crs", "where", "file_layer", "encoding")
"""Options for reading a file, as read_file has them."""

NOT_IMPORTED = "Nothing was changed. To import, add --commit."


encoding_option = click.option(
    "--encoding", metavar="NAME", help="Text encoding, if names have wrong letters."
)


def file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for reading a file."""
    for option in (
        click.option("--commit", is_flag=True, help="Store the result (default: only show it)."),
        click.option("--leave-out", is_flag=True, help="Skip features that cannot be repaired."),
        click.option(
            "--crs", metavar="SYSTEM", help="Coordinate system, if the file declares none."
        ),
        click.option(
            "--file-layer", metavar="NAME", help="Layer to read from a file with several."
        ),
        encoding_option,
        click.option(
            "--where", metavar="CONDITION", help="Filter features, such as \"WARD <> '0'\"."
        ),
        click.argument("file"),
    ):
        command = option(command)
    return command


@boundaries_commands.command(name="import")
@click.option(
    "--layer", required=True, metavar="CODE", help="Layer code, such as ward. A new one is created."
)
@click.option(
    "--code-field", required=True, metavar="FIELD", help="Field with each boundary's code."
)
@click.option("--name-field", metavar="FIELD", help="Field with each boundary's name (optional).")
@click.option(
    "--from",
    "first",
    type=MAP_DAY,
    help="Effective date (default: today; no limit for a new layer).",
)
@click.option("--until", "last", type=MAP_DAY, help="First day after it ends (optional).")
@click.option(
    "--reach",
    "reach_meters",
    type=click.FloatRange(min=0, min_open=True, max=10_000),
    metavar="METERS",
    help="Buffer distance on each side of lines (new line layers only).",
)
@click.option(
    "--overlapping",
    is_flag=True,
    help="Its boundaries overlap on purpose, as school zones do (new layers only).",
)
@click.option("--draft", is_flag=True, help="Store it as a draft.")
@click.option("--source", metavar="TEXT", help="Data source (default: the name of the file).")
@click.option("--license", metavar="TEXT", default="", help="License of the data.")
@click.option("--vintage", metavar="TEXT", default="", help="Data date or edition, such as 2022.")
@click.option("--override", "overrides", multiple=True, metavar="NAME", help=OVERRIDE)
@click.option("--despite", metavar="REASON", default="", help=DESPITE)
@by_option
@file_options
@jurisdiction_option
def import_(
    file: str,
    layer: str,
    first: datetime | None,
    last: datetime | None,
    commit: bool,
    draft: bool,
    overrides: tuple[str, ...],
    leave_out: bool,
    jurisdiction_id: str | None,
    **options: Any,
) -> None:
    """Import the boundaries of a layer from FILE.

    FILE is GeoJSON, zipped Shapefile, GeoPackage, or KML, or the https:// address of a file, an
    ArcGIS layer, or an OGC API collection. Lists repairs and changes. Add --commit to publish, or
    --draft to store the boundaries with their dates.

    \b
    Example:
      open311 boundaries import wards.zip --layer ward --code-field WARD --commit
    """
    _check_usage(layer, options, draft=draft)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    begin = _first_day(jurisdiction, layer, first, last)
    reach = find_reach(jurisdiction.jurisdiction_id, layer) or options["reach_meters"]
    reading = {"reach_meters": reach, **{name: options.pop(name) for name in READING}}
    with opened_source(file) as origin:
        read = read_file(origin.path, **reading)
        boundaries = _clean(origin.path, read, jurisdiction.units, leave_out=leave_out)
    new = NewBoundarySet(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        layer=layer,
        boundaries=boundaries,
        in_force_from=None if draft and first is None else begin,
        in_force_until=last.date() if last else None,
        **origin.described(options),
    )
    is_same = _tell_changes(new, begin, jurisdiction.units)
    click.echo(UNCHANGED if is_same else _store(new, overrides, draft=draft, commit=commit))


def _store(new: NewBoundarySet, overrides: tuple[str, ...], *, draft: bool, commit: bool) -> str:
    if draft:
        return f"Draft {import_draft(new)} stored. To publish it, use open311 boundaries publish."
    if commit:
        layer_id = find_layer_id(new.jurisdiction_id, new.layer)
        first = new.in_force_from or SINCE_EVER
        replaced = None if layer_id is None else find_set_replaced(layer_id, first, set_id=0)
        import_boundaries(new, overrides)
        tell_replaced(new.jurisdiction_id, replaced)
        return IMPORTED
    for objection in try_import(new):
        click.echo(f"Exception to approve: {command_sentence(objection.problem)}")
    return NOT_IMPORTED


def tell_replaced(jurisdiction_id: str, replaced: StoredSet | None) -> None:
    """Print which version for the same day another one replaced, if there was one."""
    if replaced is None:
        return
    is_withdrawn = get_set(jurisdiction_id, replaced.id).withdrawn_at is not None
    end = " That version is withdrawn, and its rule changes are undone." if is_withdrawn else ""
    click.echo(
        f"It replaces version {replaced.id} (from {replaced.source}), which begins on the same "
        f"day.{end}"
    )


@boundaries_commands.command()
@click.option("--despite", metavar="REASON", default="", help=DESPITE)
@file_options
@jurisdiction_option
def service_area(
    file: str,
    commit: bool,
    leave_out: bool,
    despite: str,
    jurisdiction_id: str | None,
    **reading: Any,
) -> None:
    """Import the service area from FILE, as all its features together.

    FILE may be an address, as in open311 boundaries import. The command lists repairs and refused
    features. An area that seems to be wrong, such as that of another city, needs --despite.
    Nothing is stored unless you add --commit.

    \b
    Example:
      open311 boundaries service-area city_limits.geojson --commit
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    units = jurisdiction.units
    with opened_source(file) as origin:
        read = read_file(origin.path, code_field=None, **reading)
        merged = merge_all(_clean(origin.path, read, units, leave_out=leave_out))
    click.echo(f"The service area is {area(square_meters(merged), units)}.")
    if commit:
        import_service_area(jurisdiction, merged, origin.source, despite.strip())
    else:
        for doubt in list_area_doubts(jurisdiction, merged):
            click.echo(f"Warning: {command_sentence(doubt, units)}")
    click.echo(IMPORTED if commit else NOT_IMPORTED)


def _check_usage(layer: str, options: dict[str, Any], *, draft: bool) -> None:
    options["despite"] = options["despite"].strip()
    if draft and options["despite"]:
        raise click.UsageError("A draft needs no --despite. Add it when you publish the draft.")
    if not LAYER_CODE.fullmatch(layer):
        raise click.UsageError(
            "--layer must be lower-case letters, digits, and underscores, such as police_district."
        )


def _clean(file: Path, read: BoundaryFile, units: str, *, leave_out: bool) -> list[CleanBoundary]:
    boundaries, report = clean_boundaries(with_progress(read.features, "Checking"))
    click.echo(f"{file.name}: {len(read.features)} features, {len(boundaries)} boundaries.")
    for sentence in _sentences(read, report, units):
        click.echo(sentence)
    if report.refused and not leave_out:
        raise click.ClickException(
            "Nothing was changed. Correct these features, filter them with --where, or skip "
            "them with --leave-out."
        )
    if not boundaries:
        raise click.ClickException("There are no boundaries to import.")
    return boundaries


def _sentences(read: BoundaryFile, report: CleaningReport, units: str) -> Iterator[str]:
    notices: list[GeoError | Notice] = [*read.notices, *report.repaired, *report.merged]
    notices += report.refused
    for one in notices:
        yield command_sentence(Problem.of(one), units)


def _first_day(
    jurisdiction: Scope, layer: str, asked: datetime | None, last: datetime | None
) -> date:
    if asked is not None:
        begin = asked.date()
    elif find_newest_source(jurisdiction.jurisdiction_id, layer) is None:
        begin = SINCE_EVER
    else:
        begin = jurisdiction.today()
    if last and last.date() <= begin:
        raise click.UsageError(f"--until must be later than the effective date, {begin}.")
    return begin


def _tell_changes(new: NewBoundarySet, begin: date, units: str) -> bool:
    """Print what the version changes; return whether that is nothing."""
    found = compare(new.jurisdiction_id, new.layer, new.boundaries, begin, new.in_force_until)
    if found.former is not None:
        click.echo(f"Compared with version {found.former.id} (from {found.former.source}):")
    for change in found.changes:
        click.echo(f"  {new.layer} {command_sentence(Problem.of(change), units)}")
    service_area, _source = find_service_area(new.jurisdiction_id)
    for doubt in examine(new.boundaries, service_area, found.old):
        click.echo(f"Warning: {command_sentence(Problem.of(doubt), units)}")
    _tell_findings(new, service_area, units)
    if found.former is not None and not found.changes:
        click.echo(f"  {new.layer} no boundary changes")
    return found.unchanged


def _tell_findings(new: NewBoundarySet, service_area: MultiPolygon | None, units: str) -> None:
    """Print the lint warnings, summed up by kind."""
    of_layer = find_overlapping(new.jurisdiction_id, new.layer)
    overlapping = new.overlapping if of_layer is None else of_layer
    findings = lint_boundaries(new.boundaries, service_area, overlapping=overlapping)
    for kind in KINDS:
        sizes = [one.square_meters for one in findings if one.kind == kind]
        if sizes:
            click.echo(f"Lint: {kind}: {len(sizes)}, {area(sum(sizes), units)} in total")
