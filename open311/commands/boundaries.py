"""open311 boundaries: the group, and import of the service area."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from geo.coordinates import square_meters
from geo.distances import area
from geo.errors import GeoError
from geo.maps.boundaries import CleanBoundary, CleaningReport, clean_boundaries, merge_all
from geo.maps.files import BoundaryFile, read_file
from geo.notices import Notice
from open311.commands.boundary_options import despite_option, file_options
from open311.commands.boundary_source import opened_source
from open311.commands.options import jurisdiction_option, with_progress
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import import_service_area
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.area_doubts import list_area_doubts

boundaries_commands = AppGroup("boundaries", help="Import, check, publish, and restore boundaries.")

IMPORTED = "Imported."
NOT_IMPORTED = "Nothing was changed. To import, add --commit."
LINTING = "Looking for overlaps, gaps, and slivers"


@boundaries_commands.command()
@despite_option
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
        merged = merge_all(cleaned(origin.path, read, units, leave_out=leave_out))
    click.echo(f"The service area is {area(square_meters(merged), units)}.")
    if commit:
        import_service_area(jurisdiction, merged, origin.source, despite)
    else:
        for doubt in list_area_doubts(jurisdiction, merged):
            click.echo(f"Warning: {command_sentence(doubt, units)}")
    click.echo(IMPORTED if commit else NOT_IMPORTED)


def cleaned(file: Path, read: BoundaryFile, units: str, *, leave_out: bool) -> list[CleanBoundary]:
    """Return the boundaries of a file, and print its repairs; raises ClickException without any.

    Refused features are an error unless they are left out.
    """
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
