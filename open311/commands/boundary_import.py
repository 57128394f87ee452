"""open311 boundaries import: boundaries of a layer, as a draft or in effect at once."""

from datetime import date, datetime
from typing import Any

import click
from shapely.geometry import MultiPolygon

from geo.distances import area
from geo.maps.examination import examine
from geo.maps.files import read_file
from geo.maps.lint import KINDS, lint_boundaries
from open311.commands.boundaries import IMPORTED, LINTING, NOT_IMPORTED, boundaries_commands
from open311.commands.boundary_cleaning import cleaned
from open311.commands.boundary_options import (
    check_draft_options,
    check_rule_options,
    file_options,
    publishing_options,
)
from open311.commands.boundary_reports import reroute_now, tell_replaced, tell_rules
from open311.commands.boundary_source import opened_source
from open311.commands.options import MAP_DAY, by_option, jurisdiction_option, told_if_slow
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import import_boundaries, import_draft, try_import
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.comparison import compare
from open311.queries.maps.layers import (
    check_new_layer,
    find_newest_source,
    find_overlapping,
    find_reach,
    find_service_area,
)
from open311.queries.routing.carrying import plan_rules_with
from open311.steps.values.boundary_sets import NewBoundarySet
from schemas.maps.forms import LAYER_CODE
from schemas.vocabulary.days import SINCE_EVER

UNCHANGED = "Nothing was stored, because the file is equal to this version."
READING = ("code_field", "name_field", "crs", "where", "file_layer", "encoding")
"""Options for reading a file, as read_file has them."""

PUBLISHING = ("overrides", "reroute", "carry_rules", "keep_rules")
"""Options of publishing_options that are not stored with the version."""


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
@click.option(
    "--new-layer", is_flag=True, help="The layer is new, although another has a similar code."
)
@click.option("--draft", is_flag=True, help="Store it as a draft.")
@click.option("--source", metavar="TEXT", help="Data source (default: the name of the file).")
@click.option("--license", metavar="TEXT", default="", help="License of the data.")
@click.option("--vintage", metavar="TEXT", default="", help="Data date or edition, such as 2022.")
@publishing_options
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
    publishing = _checked(layer, options, draft=draft)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    check_new_layer(jurisdiction.jurisdiction_id, layer, is_new=options.pop("new_layer"))
    begin = _first_day(jurisdiction, layer, first, last)
    new = NewBoundarySet(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        layer=layer,
        in_force_from=None if draft and first is None else begin,
        in_force_until=last.date() if last else None,
        **_read(jurisdiction, file, layer, options),
    )
    if _tell_changes(new, begin, jurisdiction.units):
        click.echo(UNCHANGED)
    elif draft:
        with told_if_slow("Storing the draft"):
            number = import_draft(new)
        click.echo(f"Draft {number} stored. To publish it, use open311 boundaries publish.")
    else:
        _tell_rules(new, begin, publishing)
        _publish(jurisdiction, new, publishing, commit=commit)


def _read(jurisdiction: Scope, file: str, layer: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the boundaries of a file, and the options that are stored with them."""
    reach = find_reach(jurisdiction.jurisdiction_id, layer) or options["reach_meters"]
    leave_out = options.pop("leave_out")
    reading = {"reach_meters": reach, **{name: options.pop(name) for name in READING}}
    with opened_source(file) as origin:
        with told_if_slow(f"Reading {origin.path.name}"):
            read = read_file(origin.path, **reading)
        boundaries = cleaned(origin.path, read, jurisdiction.units, leave_out=leave_out)
    return {**origin.described(options), "boundaries": boundaries}


def _tell_rules(new: NewBoundarySet, begin: date, publishing: dict[str, Any]) -> None:
    here = new.jurisdiction_id
    plan = plan_rules_with(here, new.layer, new.boundaries, begin, publishing["keep_rules"])
    heading = "Rules that change:" if publishing["carry_rules"] else "With --carry-rules:"
    tell_rules(plan, list_department_names(here), heading)


def _publish(
    jurisdiction: Scope, new: NewBoundarySet, publishing: dict[str, Any], *, commit: bool
) -> None:
    overrides, reroute = publishing.pop("overrides"), publishing.pop("reroute")
    if not commit:
        with told_if_slow("Looking for rules and routing tests that fail"):
            objections = try_import(new, **publishing)
        for objection in objections:
            sentence = command_sentence(objection.problem, jurisdiction.units)
            click.echo(f"Exception to approve: {sentence}")
        click.echo(NOT_IMPORTED)
        return
    with told_if_slow("Publishing"):
        published = import_boundaries(new, overrides, carry_over=reroute, **publishing)
    tell_replaced(published)
    if reroute:
        reroute_now(jurisdiction, published)
    click.echo(IMPORTED)


def _checked(layer: str, options: dict[str, Any], *, draft: bool) -> dict[str, Any]:
    """Return those of PUBLISHING, taken from the options; raises UsageError."""
    publishing = {name: options.pop(name) for name in PUBLISHING}
    if draft:
        check_draft_options(despite=options["despite"], **publishing)
    check_rule_options(publishing["carry_rules"], publishing["keep_rules"])
    if not LAYER_CODE.fullmatch(layer):
        raise click.UsageError(
            "--layer must be lower-case letters, digits, and underscores, such as police_district."
        )
    return publishing


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
    with told_if_slow("Comparing with the version in effect"):
        found = compare(new.jurisdiction_id, new.layer, new.boundaries, begin, new.in_force_until)
    if found.former is not None:
        click.echo(f"Compared with version {found.former.id} (from {found.former.source}):")
    for change in found.changes:
        click.echo(f"  {new.layer} {command_sentence(Problem.of(change), units)}")
    service_area, _source = find_service_area(new.jurisdiction_id)
    with told_if_slow("Comparing with the service area"):
        doubts = examine(new.boundaries, service_area, found.old)
    for doubt in doubts:
        click.echo(f"Warning: {command_sentence(Problem.of(doubt), units)}")
    _tell_findings(new, service_area, units)
    if found.former is not None and not found.changes:
        click.echo(f"  {new.layer} no boundary changes")
    return found.unchanged


def _tell_findings(new: NewBoundarySet, service_area: MultiPolygon | None, units: str) -> None:
    """Print the lint warnings, summed up by kind."""
    of_layer = find_overlapping(new.jurisdiction_id, new.layer)
    overlapping = new.overlapping if of_layer is None else of_layer
    with told_if_slow(LINTING):
        findings = lint_boundaries(new.boundaries, service_area, overlapping=overlapping)
    for kind in KINDS:
        sizes = [one.square_meters for one in findings if one.kind == kind]
        if sizes:
            click.echo(f"Lint: {kind}: {len(sizes)}, {area(sum(sizes), units)} in total")
