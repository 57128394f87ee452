"""open311 boundaries: ward and district maps, in and listed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from geo.coordinates import square_metres
from geo.maps.boundaries import CleanBoundary, CleaningReport, Feature, clean_boundaries, merge_all
from geo.maps.changes import compare_boundaries
from geo.maps.files import read_features
from open311.commands.options import DAY, by_option, jurisdiction_option, with_progress
from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import (
    import_boundaries,
    import_draft,
    import_service_area,
    try_import,
)
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from open311.queries.maps.layers import find_newest_source, find_reach, list_newest_boundaries
from open311.steps.values.boundary_sets import SINCE_EVER, NewBoundarySet
from schemas.maps.forms import LAYER_CODE

boundaries_commands = AppGroup("boundaries", help="Import and list ward and district boundaries.")

IMPORTED = "Imported."
OVERRIDE = "A canary or rule that objects, to go ahead all the same; may be repeated."
NOT_IMPORTED = "Nothing has been changed: add --commit to import."


def file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how to read a file."""
    for option in (
        click.option("--commit", is_flag=True, help="Do it; else only say what would be done."),
        click.option("--leave-out", is_flag=True, help="Leave out what cannot be repaired."),
        click.option("--crs", metavar="SYSTEM", help="Coordinates of a file that names none."),
        click.option("--file-layer", metavar="NAME", help="Which layer of a file with several."),
        click.option("--where", metavar="CONDITION", help="Take only some: \"WARD <> '0'\"."),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@boundaries_commands.command(name="import")
@click.option("--layer", required=True, metavar="CODE", help="Such as ward; a new one is made.")
@click.option("--code-field", required=True, metavar="FIELD", help="The boundary's code.")
@click.option("--name-field", metavar="FIELD", help="The boundary's name, if there is one.")
@click.option("--from", "first", type=DAY, help="First day in force; today, or if new, ever.")
@click.option("--until", "last", type=DAY, help="First day no longer in force, if known.")
@click.option(
    "--reach",
    "reach_metres",
    type=click.FloatRange(min=0, min_open=True, max=10_000),
    metavar="METRES",
    help="Of a new layer of lines: how far they reach on either side.",
)
@click.option("--draft", is_flag=True, help="Store it without putting it in force.")
@click.option("--source", metavar="TEXT", help="Where it is from; the file's name.")
@click.option("--licence", metavar="TEXT", default="", help="Under which it may be used.")
@click.option("--vintage", metavar="TEXT", default="", help="As of when, such as 2022.")
@click.option("--override", "overrides", multiple=True, metavar="NAME", help=OVERRIDE)
@by_option
@file_options
@jurisdiction_option
def import_(
    file: Path,
    layer: str,
    code_field: str,
    name_field: str | None,
    first: datetime | None,
    last: datetime | None,
    commit: bool,
    draft: bool,
    overrides: tuple[str, ...],
    leave_out: bool,
    jurisdiction_id: str | None,
    **options: Any,
) -> None:
    """Import a layer's boundaries from FILE: GeoJSON, a zipped Shapefile, GeoPackage, KML.

    Says what it repairs, refuses and changes, and what objects to it. Nothing is changed unless
    --commit is given, which puts them in force, or --draft, which does not.

    \b
    Example:
      open311 boundaries import wards.zip --layer ward --code-field WARD --commit
    """
    _check_layer(layer)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    begin = _first_day(jurisdiction, layer, first, last)
    reading = {name: options.pop(name) for name in ("crs", "where", "file_layer")}
    known_reach = find_reach(jurisdiction.jurisdiction_id, layer)
    reading["reach_metres"] = known_reach or options["reach_metres"]
    features = read_features(file, code_field=code_field, name_field=name_field, **reading)
    new = NewBoundarySet(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        layer=layer,
        boundaries=_clean(file, features, leave_out=leave_out),
        in_force_from=begin,
        in_force_until=last.date() if last else None,
        **{**options, "source": options["source"] or file.name},
    )
    _describe(new)
    click.echo(_store(new, overrides, draft=draft, commit=commit))


def _store(new: NewBoundarySet, overrides: tuple[str, ...], *, draft: bool, commit: bool) -> str:
    if draft:
        return f"Boundary set {import_draft(new)} is a draft: open311 boundaries publish it."
    if commit:
        import_boundaries(new, overrides)
        return IMPORTED
    for objection in try_import(new):
        click.echo(f"Objection: {command_sentence(objection.problem)}")
    return NOT_IMPORTED


@boundaries_commands.command()
@file_options
@jurisdiction_option
def service_area(
    file: Path, commit: bool, leave_out: bool, jurisdiction_id: str | None, **reading: Any
) -> None:
    """Import the area that reports are taken for from FILE: all its features together.

    Says what it repairs and refuses. Nothing is changed unless --commit is given.

    \b
    Example:
      open311 boundaries service-area city_limits.geojson --commit
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    features = read_features(file, code_field=None, **reading)
    area = merge_all(_clean(file, features, leave_out=leave_out))
    click.echo(f"The service area is {square_metres(area) / 1e6:,.2f} square kilometres.")
    if commit:
        import_service_area(jurisdiction_id, area, file.name)
    click.echo(IMPORTED if commit else NOT_IMPORTED)


def _check_layer(layer: str) -> None:
    if not LAYER_CODE.fullmatch(layer):
        raise click.UsageError(
            "--layer must be lower-case letters, digits and underscores, such as police_district."
        )


def _clean(file: Path, features: list[Feature], *, leave_out: bool) -> list[CleanBoundary]:
    boundaries, report = clean_boundaries(with_progress(features, "Checking"))
    click.echo(f"{file.name}: {len(features)} features, {len(boundaries)} boundaries.")
    for sentence in _sentences(report):
        click.echo(sentence)
    if report.refused and not leave_out:
        raise click.ClickException(
            "Nothing has been changed. Correct these features, choose others with --where, or "
            "leave them out with --leave-out."
        )
    if not boundaries:
        raise click.ClickException("There is no boundary left to import.")
    return boundaries


def _sentences(report: CleaningReport) -> Iterator[str]:
    yield from report.repaired
    yield from report.merged
    for refused in report.refused:
        yield f"Refused: {refused}"


def _first_day(
    jurisdiction: JurisdictionInfo, layer: str, asked: datetime | None, last: datetime | None
) -> date:
    if asked is not None:
        begin = asked.date()
    elif find_newest_source(jurisdiction.jurisdiction_id, layer) is None:
        begin = SINCE_EVER
    else:
        begin = jurisdiction.today()
    if last and last.date() <= begin:
        raise click.UsageError(f"--until must be after the first day in force, {begin}.")
    return begin


def _describe(new: NewBoundarySet) -> None:
    """Say what the set changes."""
    old = list_newest_boundaries(new.jurisdiction_id, new.layer)
    for sentence in compare_boundaries(old, new.boundaries):
        click.echo(f"  {new.layer} {sentence}")
