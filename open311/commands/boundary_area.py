"""open311 boundaries service-area: where the city accepts requests."""

from typing import Any

import click

from geo.coordinates import square_meters
from geo.distances import area
from geo.maps.boundaries import merge_all
from geo.maps.files import read_file
from open311.commands.boundaries import IMPORTED, NOT_IMPORTED, boundaries_commands
from open311.commands.boundary_cleaning import cleaned
from open311.commands.boundary_options import despite_option, file_options
from open311.commands.boundary_source import opened_source
from open311.commands.options import jurisdiction_option
from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import import_service_area
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.area_doubts import list_area_doubts


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
