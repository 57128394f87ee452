"""open311 boundaries: ward and district maps, in and listed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from geo.boundaries import CleanBoundary, CleaningReport, Feature, clean_boundaries
from geo.boundary_files import merge_all, read_features
from geo.comparison import compare_boundaries
from open311.commands.options import jurisdiction_option, with_progress
from open311.operations.import_boundaries import (
    SINCE_EVER,
    NewBoundarySet,
    import_boundaries,
    import_service_area,
)
from open311.queries.boundaries import (
    find_newest_source,
    list_boundary_codes_in_rules,
    list_newest_boundaries,
    list_sets,
)
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from schemas.layers import LAYER_CODE

boundaries_commands = AppGroup("boundaries", help="Import and list ward and district boundaries.")


@boundaries_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List the layers and the dates from and until which their sets are in force.

    \b
    Example:
      open311 boundaries list
    """
    for row in list_sets(get_jurisdiction(jurisdiction_id).jurisdiction_id):
        begin = "ever" if row.in_force_from == SINCE_EVER else str(row.in_force_from)
        end = f" until {row.in_force_until}" if row.in_force_until else ""
        click.echo(f"{row.layer}: {row.boundaries} since {begin}{end}, from {row.source}")


@boundaries_commands.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", metavar="CODE", help="The layer, such as ward; a new one is made.")
@click.option("--service-area", is_flag=True, help="Take the file as the service area instead.")
@click.option("--code-field", metavar="FIELD", help="The field that holds the boundary's code.")
@click.option("--name-field", metavar="FIELD", help="The field that holds its name, if any.")
@click.option("--where", metavar="CONDITION", help="Take only features such as \"WARD <> '0'\".")
@click.option("--crs", metavar="SYSTEM", help="Coordinate system of a file that names none.")
@click.option(
    "--leave-out", is_flag=True, help="Leave out what cannot be repaired instead of stopping."
)
@click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day in force; today, or for a new layer since ever.",
)
@click.option(
    "--until",
    "last_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day no longer in force; by default there is none.",
)
@click.option("--commit", is_flag=True, help="Do it; without this, only say what would be done.")
@jurisdiction_option
def import_(
    file: Path,
    layer: str | None,
    service_area: bool,
    code_field: str | None,
    name_field: str | None,
    where: str | None,
    crs: str | None,
    leave_out: bool,
    first_day: datetime | None,
    last_day: datetime | None,
    commit: bool,
    jurisdiction_id: str | None,
) -> None:
    """Import a layer's boundaries from FILE: GeoJSON or a zipped Shapefile.

    Says what it repairs, refuses and changes. Nothing is changed unless --commit is given.

    \b
    Example:
      open311 boundaries import wards.zip --layer ward --code-field WARD --commit
    """
    _check_usage(layer, service_area, code_field, first_day, last_day)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    features = read_features(
        file, code_field=code_field, name_field=name_field, where=where, crs=crs
    )
    boundaries = _clean(features, leave_out=leave_out)
    click.echo(f"{file.name}: {len(features)} features, {len(boundaries)} boundaries.")
    if service_area:
        if commit:
            area = merge_all(boundaries)
            import_service_area(jurisdiction.jurisdiction_id, area, file.name)
    else:
        new = NewBoundarySet(
            jurisdiction_id=jurisdiction.jurisdiction_id,
            layer=layer or "",
            boundaries=boundaries,
            source=file.name,
            in_force_from=_first_day(jurisdiction, layer or "", first_day),
            in_force_until=last_day.date() if last_day else None,
        )
        _describe(new)
        if commit:
            import_boundaries(new)
    click.echo("Imported." if commit else "Nothing has been changed: add --commit to import.")


def _check_usage(
    layer: str | None,
    service_area: bool,
    code_field: str | None,
    first_day: datetime | None,
    last_day: datetime | None,
) -> None:
    if service_area == bool(layer):
        raise click.UsageError("Give either --layer CODE or --service-area.")
    if layer and not code_field:
        raise click.UsageError("--layer needs --code-field, the field that holds the code.")
    if layer and not LAYER_CODE.fullmatch(layer):
        raise click.UsageError(
            "--layer must be lower-case letters, digits and underscores, such as police_district."
        )
    if first_day and last_day and last_day <= first_day:
        raise click.UsageError("--until must be after --from.")


def _clean(features: list[Feature], *, leave_out: bool) -> list[CleanBoundary]:
    boundaries, report = clean_boundaries(with_progress(features, "Checking"))
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


def _first_day(jurisdiction: JurisdictionInfo, layer: str, asked: datetime | None) -> date:
    if asked is not None:
        return asked.date()
    if find_newest_source(jurisdiction.jurisdiction_id, layer) is None:
        return SINCE_EVER
    return datetime.now(UTC).astimezone(jurisdiction.zone).date()


def _describe(new: NewBoundarySet) -> None:
    """Say what the set changes, and which rules name a boundary that it does not have."""
    old = list_newest_boundaries(new.jurisdiction_id, new.layer)
    for sentence in compare_boundaries(old, new.boundaries):
        click.echo(f"  {new.layer} {sentence}")
    codes = {boundary.code for boundary in new.boundaries}
    for code, rule in list_boundary_codes_in_rules(new.jurisdiction_id, new.layer):
        if code not in codes:
            click.echo(f"Warning: rule {rule} names {new.layer} {code}, which is not in this file.")
