"""open311 routing explain: what would happen to a report, or has, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from open311.commands.options import DAY, jurisdiction_option
from open311.errors import OutsideServiceArea
from open311.parameters import parse
from open311.queries.explanation import Explanation, LayerView, RuleView, explain
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from open311.queries.routed import get_routed
from open311.queries.routing import Question, maps_of
from open311.queries.services import get_service
from schemas.submission import PlaceSchema

routing_commands = AppGroup("routing", help="Look into how reports are routed.")

on_option = click.option("--on", "day", type=DAY, help="By the maps of which day; today.")


# A latitude or longitude may be negative, which is no option.
@routing_commands.command(name="explain", context_settings={"ignore_unknown_options": True})
@click.argument("lat")
@click.argument("long")
@click.argument("service_code")
@click.option(
    "--answer", "answers", multiple=True, metavar="CODE=VALUE", help="An answer; may be repeated."
)
@on_option
@jurisdiction_option
def explain_(
    lat: str,
    long: str,
    service_code: str,
    answers: tuple[str, ...],
    day: datetime | None,
    jurisdiction_id: str | None,
) -> None:
    """Say where a report of SERVICE_CODE at LAT LONG (degrees, WGS 84) would go, and why.

    \b
    Example:
      open311 routing explain 39.7137 -82.5993 POTHOLE
    """
    place = parse(PlaceSchema(), {"lat": [lat], "long": [long]})
    jurisdiction = get_jurisdiction(jurisdiction_id)
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    question = Question(
        service_code=service.service_code,
        group=service.group,
        point=Point(lat=place["lat"], long=place["long"]),
        at=datetime.now(UTC),
        answers=_answers(answers),
        maps=Maps(day.date()) if day else None,
    )
    for line in _lines(jurisdiction, explain(jurisdiction, question)):
        click.echo(line)


@routing_commands.command()
@click.argument("service_request_id")
@on_option
@jurisdiction_option
def explain_request(
    service_request_id: str, day: datetime | None, jurisdiction_id: str | None
) -> None:
    """Say why a service request went where it went, and where it would go today.

    \b
    Example:
      open311 routing explain-request 26-0001234
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    routed = get_routed(jurisdiction, service_request_id)
    click.echo(f"Department: {routed.department}{', pinned there' if routed.pinned else ''}")
    click.echo(f"Why: {routed.reason}")
    for step in routed.steps:
        way = f"{step.from_department} -> {step.to_department}"
        click.echo(f"  {step.made_at:%F} {step.kind} by {step.made_by}, {way}: {step.reason}")
    again = Question(
        **{
            **vars(routed.question),
            "at": datetime.now(UTC),
            "maps": Maps(day.date()) if day else None,
        }
    )
    for label, question in (("As on its day", routed.question), ("As of now", again)):
        click.echo(f"{label}, by the maps of {maps_of(jurisdiction, question).on}:")
        try:
            for line in _lines(jurisdiction, explain(jurisdiction, question)):
                click.echo(f"  {line}")
        except OutsideServiceArea as error:
            click.echo(f"  {error.sentences[0]}")


def _answers(given: tuple[str, ...]) -> dict[str, list[str]]:
    """Read CODE=VALUE; several of one code are several values."""
    answers: dict[str, list[str]] = {}
    for text in given:
        code, separator, value = text.partition("=")
        if not separator:
            raise click.UsageError("--answer must look like CODE=VALUE.")
        answers.setdefault(code, []).append(value)
    return answers


def _lines(jurisdiction: JurisdictionInfo, found: Explanation) -> Iterator[str]:
    yield f"Department: {found.department}"
    yield f"Why: {found.decision.reason}"
    yield "Boundaries:" if found.decision.hits else "Boundaries: none"
    yield from (f"  {_layer(view)}" for view in found.layers if view.hit or view.neighbour)
    rules = [view for view in found.rules if view.applies or _is_close(view)]
    yield "Rules for this service, strongest first:" if rules else "No rule is for it."
    yield from (f"  {_rule(view)}" for view in rules)


def _layer(view: LayerView) -> str:
    other = view.neighbour
    next_to = f"; {other.metres:,.0f} m to {other.code}" if other else ""
    if view.hit is None:
        return f"{view.layer}: none{next_to}"
    name = f" ({view.hit.name})" if view.hit.name else ""
    several = " and ".join(hit.code for hit in view.covering if hit != view.hit)
    edge = f", also in {several}, which come after it" if several else ""
    return f"{view.layer} {view.hit.code}{name}{edge}{next_to}"


def _rule(view: RuleView) -> str:
    if view.decides:
        return f"{view.code} applies"
    if view.applies:
        return f"{view.code} would apply, but {view.reason}"
    return f"{view.code} does not apply: {view.reason}"


def _is_close(view: RuleView) -> bool:
    """Leave out rules for other services, which are many."""
    return not view.reason.startswith(("it is for service", "it is for group"))
