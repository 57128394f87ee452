"""open311 boundaries lint: data quality warnings for boundaries."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from geo.distances import area
from geo.errors import GeoError
from geo.maps.boundaries import clean_boundaries
from geo.maps.files import read_file
from geo.maps.lint import KINDS, Finding, feature_collection, lint_boundaries, lint_codes
from geo.notices import Notice
from open311.commands.boundaries import LINTING, boundaries_commands
from open311.commands.boundary_options import encoding_option
from open311.commands.options import jurisdiction_option, told_if_slow
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import get_set

MOST_TOLD = 10


@boundaries_commands.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--set", "number", type=int, help="Number of a stored version, instead of a file.")
@click.option("--code-field", metavar="FIELD", help="Field with each boundary's code, for a file.")
@click.option("--crs", metavar="SYSTEM", help="Coordinate system, if the file declares none.")
@click.option("--where", metavar="CONDITION", help="Filter features, such as \"WARD <> '0'\".")
@click.option("--file-layer", metavar="NAME", help="Layer to read from a file with several.")
@click.option("--overlapping", is_flag=True, help="The boundaries of the file overlap on purpose.")
@encoding_option
@click.option(
    "--geojson",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all warnings to this GeoJSON file.",
)
@jurisdiction_option
def lint(
    file: Path | None,
    number: int | None,
    code_field: str | None,
    overlapping: bool,
    out: Path | None,
    jurisdiction_id: str | None,
    **reading: Any,
) -> None:
    """List warnings: overlaps, gaps, slivers, holes, and code problems.

    Reads FILE with --code-field, or a stored version with --set. Changes nothing. Large overlaps,
    gaps, and slivers take an exception when you publish. Other warnings do not block publishing.

    \b
    Example:
      open311 boundaries lint routes.geojson --code-field route --geojson warnings.geojson
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    service_area, _source = find_service_area(jurisdiction.jurisdiction_id)
    if (file is None) == (number is None):
        raise click.UsageError("Enter a file, or a stored version with --set.")
    if file is not None:
        if code_field is None:
            raise click.UsageError("--code-field is required with a file.")
        with told_if_slow(f"Reading {file.name}"):
            read = read_file(file, code_field=code_field, **reading)
        boundaries, report = clean_boundaries(read.features)
        _tell_all((*read.notices, *report.repaired, *report.refused), jurisdiction.units)
        of_codes = lint_codes(read.features)
    else:
        stored = get_set(jurisdiction.jurisdiction_id, number or 0)
        boundaries, of_codes = list_boundaries(stored.id), []
        overlapping = stored.overlapping
    with told_if_slow(LINTING):
        found = lint_boundaries(boundaries, service_area, overlapping=overlapping)
    findings = [*of_codes, *found]
    _tell(findings, jurisdiction.units)
    if out is not None:
        _write(out, findings, jurisdiction.units)


def _tell_all(notices: Sequence[GeoError | Notice], units: str) -> None:
    for one in notices:
        click.echo(command_sentence(Problem.of(one), units))


def _tell(findings: Sequence[Finding], units: str) -> None:
    for kind in KINDS:
        some = [one for one in findings if one.kind == kind]
        if some:
            total = sum(one.square_meters for one in some)
            click.echo(f"{kind}: {len(some)}, {area(total, units)} in total")
        for one in some[:MOST_TOLD]:
            click.echo(f"  {_sentence(one, units)}")
        if len(some) > MOST_TOLD:
            click.echo(f"  and {len(some) - MOST_TOLD} more")
    if not findings:
        click.echo("No warnings.")


def _sentence(one: Finding, units: str) -> str:
    return command_sentence(Problem.of(one.notice), units)


def _write(out: Path, findings: Sequence[Finding], units: str) -> None:
    try:
        document = feature_collection((one, _sentence(one, units)) for one in findings)
        out.write_text(json.dumps(document), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"Warnings written to {out}: {len(findings)}.")
