"""open311 routing: explanations of routing decisions."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from open311.commands.explained import explanation_lines, stored_lines
from open311.commands.options import DAY, jurisdiction_option
from open311.parameters import parse
from open311.queries.explanation import explain
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.retrospect import list_stored_places, look_back
from open311.queries.routed import Routed, get_routed
from open311.queries.routing import Question, maps_of
from open311.queries.services import ServiceInfo, get_service
from schemas.explanation import ExplainSchema

routing_commands = AppGroup("routing", help="Explain, test, and redo the routing of requests.")

on_option = click.option(
    "--on", "day", type=DAY, help="Use the boundaries of this day (default: today)."
)


# A latitude or longitude may be negative, which is no option.
@routing_commands.command(name="explain", context_settings={"ignore_unknown_options": True})
@click.argument("lat")
@click.argument("long")
@click.argument("service_code")
@click.option(
    "--answer", "answers", multiple=True, metavar="CODE=VALUE", help="An answer. Repeatable."
)
@click.option(
    "--at", "moment", metavar="MOMENT", help="Time for rules with a schedule (default: now)."
)
@on_option
@jurisdiction_option
def explain_(
    answers: tuple[str, ...],
    moment: str | None,
    day: datetime | None,
    jurisdiction_id: str | None,
    **place: str,
) -> None:
    """Explain which department a SERVICE_CODE request at LAT LONG would go to.

    LAT and LONG are decimal degrees (WGS 84). Boundaries are those of the day of --at, unless
    --on names another day. Nothing is stored.

    \b
    Example:
      open311 routing explain 39.7137 -82.5993 POTHOLE --at 2026-11-25T22:00
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    values = {**place, "at": moment or ""}
    schema = ExplainSchema(jurisdiction.zone)
    asked = parse(schema, {name: [text] for name, text in values.items()})
    service = get_service(jurisdiction.jurisdiction_id, asked["service_code"])
    question = Question(
        service_code=service.service_code,
        group=service.group,
        point=Point(lat=asked["lat"], long=asked["long"]),
        at=asked["at"] or datetime.now(UTC),
        answers=_answers(answers, service),
        maps=Maps(day.date()) if day else None,
    )
    found = explain(jurisdiction, question)
    for line in explanation_lines(found, maps_of(jurisdiction, question).on):
        click.echo(line)


@routing_commands.command()
@click.argument("service_request_id")
@on_option
@jurisdiction_option
def explain_request(
    service_request_id: str, day: datetime | None, jurisdiction_id: str | None
) -> None:
    """Explain why a request has its department, and compare with today's boundaries.

    Uses today's rules, because earlier ones are not kept. Rules with a schedule are checked for
    the time when the request was submitted.

    \b
    Example:
      open311 routing explain-request 26-0001234
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    routed = get_routed(jurisdiction, service_request_id)
    places = list_stored_places(routed.pk)
    _tell_stored(routed)
    for line in stored_lines(places):
        click.echo(line)
    maps = Maps(day.date()) if day else None
    views = look_back(jurisdiction, routed, places, maps, datetime.now(UTC))
    titles = ("Boundaries of its day", "Boundaries of --on" if day else "Boundaries of today")
    for title, view in zip(titles, views, strict=True):
        on = maps_of(jurisdiction, view.question).on
        click.echo(f"{title}, {on}: {'different' if view.differences else 'same result'}.")
        for line in (*view.differences, *(explanation_lines(view.found, on) if view.found else ())):
            click.echo(f"  {line}")


def _tell_stored(routed: Routed) -> None:
    click.echo(f"Department: {routed.department}{', set manually' if routed.pinned else ''}")
    click.echo(f"Why: {routed.reason}")
    for step in routed.steps:
        way = f"{step.from_department} -> {step.to_department}"
        click.echo(f"  {step.made_at:%F} {step.kind} by {step.made_by}, {way}: {step.reason}")


def _answers(given: tuple[str, ...], service: ServiceInfo) -> dict[str, list[str]]:
    """Read CODE=VALUE; several of one code are several values."""
    codes = [attribute["code"] for attribute in service.attributes if attribute["variable"]]
    answers: dict[str, list[str]] = {}
    for text in given:
        code, separator, value = text.partition("=")
        if not separator:
            raise click.UsageError("Enter --answer as CODE=VALUE.")
        if code not in codes:
            known = ", ".join(codes) or "none"
            raise click.UsageError(
                f"--answer {code}: service {service.service_code} has no such question. "
                f"Use one of: {known}."
            )
        answers.setdefault(code, []).append(value)
    return answers
