"""Clean boundaries from a file that a command has read; tells what was repaired or refused."""

from collections.abc import Iterator
from pathlib import Path

import click

from geo.errors import GeoError
from geo.maps.boundaries import CleanBoundary, CleaningReport, clean_boundaries
from geo.maps.files import BoundaryFile
from geo.notices import Notice
from open311.commands.options import with_progress
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence


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
