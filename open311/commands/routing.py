"""open311 routing: explain, test, and measure distances to boundaries."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from geo.distances import distance
from open311.commands.options import DAY, jurisdiction_option
from open311.commands.wording import STEP_NAMES
from open311.operations.routing.measure import measure_all
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import Maps, StoredSet
from open311.queries.routing.canaries import check_canaries
from open311.queries.routing.decide import RoutingCase, maps_of
from open311.queries.routing.explain import Explanation, LayerView, RuleView, explain, look_back
from open311.queries.routing.stored import Routed, get_routed
from open311.queries.routing.stored_places import StoredPlace, list_stored_places
from open311.web.accuracy import tolerance_of
from open311.web.parameters import parse
from schemas.routing.explanation import ExplainSchema
from schemas.vocabulary.days import SINCE_EVER

WIDTH = 100
"""Columns of a line; longer texts wrap."""


def explanation_lines(found: Explanation, on: date, units: str) -> Iterator[str]:
    """Yield the lines of an explanation for the boundaries of a day; units are of distances."""
    yield f"Department: {found.department}"
    if found.forwarded_to:
        yield f"Forwarded to: {found.forwarded_to}"
    yield f"Why: {found.decision.reason}"
    maps = [(view.layer, _map(view.stored)) for view in found.layers if view.stored]
    yield f"Boundary versions on {on}:" if maps else f"Boundary versions on {on}: none"
    yield from _table(maps)
    layers = [
        (view.layer, _layer(view, units)) for view in found.layers if view.hit or view.neighbor
    ]
    yield "Boundaries:" if found.decision.hits else "Boundaries: none"
    yield from _table(layers)
    rules = [(view.code, _rule(view)) for view in found.rules if view.applies or _is_close(view)]
    yield "Rules for this service, highest priority first:" if rules else "No rule matches."
    yield from _table(rules)


def stored_lines(places: Sequence[StoredPlace], units: str) -> Iterator[str]:
    """Yield the lines for the stored boundaries of a request; units are of distances."""
    yield "Boundaries as stored:" if places else "Boundaries as stored: none"
    yield from _table(
        [
            (
                place.layer,
                _named(place.boundary, place.boundary_name)
                + _others(place)
                + _next_to(place.meters, place.neighbor, place.neighbor_name, units),
            )
            for place in places
        ]
    )


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        yield from textwrap.wrap(
            text,
            WIDTH,
            initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _map(stored: StoredSet) -> str:
    begin = "the beginning" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    more = [f"of {stored.vintage}" if stored.vintage else "", stored.license]
    return ", ".join(
        part
        for part in (f"version {stored.id}", f"since {begin}{end}", stored.source, *more)
        if part
    )


def _layer(view: LayerView, units: str) -> str:
    other = view.neighbor
    named = ", ".join(_named(hit.code, hit.name) for hit in view.counting) or "none"
    tie = f"; {view.tie_break}" if view.tie_break else ""
    beside = _next_to(other.meters, other.code, other.name, units) if other else ""
    return named + tie + beside


def _others(place: StoredPlace) -> str:
    if not place.others:
        return ""
    names = ", ".join(place.others)
    return f", {names}" if place.overlapping else f"; in an overlap with {names}"


def _named(code: str | None, name: str | None) -> str:
    return f"{code} ({name})" if code and name else code or "none"


def _next_to(meters: float | None, code: str | None, name: str | None, units: str) -> str:
    return "" if meters is None else f"; {distance(meters, units)} to {_named(code, name)}"


def _rule(view: RuleView) -> str:
    if view.decides:
        return "selected"
    if view.applies:
        return f"matches, but {view.reason}"
    return f"does not match: {view.reason}"


def _is_close(view: RuleView) -> bool:
    """Return whether a rule is for this service; there are too many others to list."""
    return view.obstacle not in ("service", "group")


routing_commands = AppGroup("routing", help="Explain, test, and redo the routing of requests.")

on_option = click.option(
    "--on", "day", type=DAY, help="Use the boundaries of this day (default: today)."
)


# A latitude or longitude may be negative, which would look like an option.
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
    question = RoutingCase(
        service_code=service.service_code,
        group=service.group,
        point=Point(lat=asked["lat"], long=asked["long"]),
        at=asked["at"] or datetime.now(UTC),
        answers=_answers(answers, service),
        maps=Maps(day.date()) if day else None,
        tolerance=tolerance_of(None),
    )
    found = explain(jurisdiction, question)
    for line in explanation_lines(found, maps_of(jurisdiction, question).on, jurisdiction.units):
        click.echo(line)


@routing_commands.command()
@click.argument("service_request_id")
@on_option
@jurisdiction_option
def explain_request(
    service_request_id: str, day: datetime | None, jurisdiction_id: str | None
) -> None:
    """Explain why a request has its department, and compare with today's boundaries.

    Uses the rules of each day, as they are written now. Rules with a schedule are checked for
    the time when the request was submitted.

    \b
    Example:
      open311 routing explain-request 26-0001234
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    routed = get_routed(jurisdiction, service_request_id)
    places = list_stored_places(routed.pk)
    _tell_stored(routed)
    for line in stored_lines(places, jurisdiction.units):
        click.echo(line)
    maps = Maps(day.date()) if day else None
    views = look_back(jurisdiction, routed, places, maps, datetime.now(UTC))
    titles = ("Boundaries of its day", "Boundaries of --on" if day else "Boundaries of today")
    for title, view in zip(titles, views, strict=True):
        on = maps_of(jurisdiction, view.question).on
        click.echo(f"{title}, {on}: {'different' if view.differences else 'same result'}.")
        found = view.found
        lines = explanation_lines(found, on, jurisdiction.units) if found else ()
        for line in (*view.sentences, *lines):
            click.echo(f"  {line}")


def _tell_stored(routed: Routed) -> None:
    click.echo(f"Department: {routed.department}{', set manually' if routed.pinned else ''}")
    click.echo(f"Why: {routed.reason}")
    for step in routed.steps:
        way = f"{step.from_department} -> {step.to_department}"
        name = STEP_NAMES[step.kind]
        click.echo(f"  {step.made_at:%F} {name} by {step.made_by}, {way}: {step.reason}")


def _answers(given: tuple[str, ...], service: ServiceInfo) -> dict[str, list[str]]:
    """Return answers by question code; a repeated code has several values."""
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


@routing_commands.command(name="test")
@on_option
@jurisdiction_option
def run_tests(day: datetime | None, jurisdiction_id: str | None) -> None:
    """Run all routing tests; exit 1 if one fails.

    \b
    Example:
      open311 routing test --on 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    results = check_canaries(jurisdiction, Maps(on))
    for result in results:
        sentence = str(result)
        state = "ok" if result.agrees else "FAILED" if result.fails else "waiting"
        click.echo(f"{state}: {sentence.removeprefix('routing test ')}")
    wrong = sum(result.fails for result in results)
    waiting = sum(result.waits_for is not None for result in results)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(results)} routing tests failed.")
    if waiting:
        click.echo(f"{len(results) - waiting} of {len(results)} routing tests passed.")
        return
    click.echo(f"All {len(results)} routing tests passed." if results else "No routing tests.")


@routing_commands.command()
@click.option("--again", is_flag=True, help="Measure all open requests again.")
@jurisdiction_option
def measure(again: bool, jurisdiction_id: str | None) -> None:
    """Measure the distance to the nearest boundaries for older requests.

    Only for requests from before the server stored distances, unless you add --again. Departments
    do not change. After an interruption, run the command again to continue.

    \b
    Example:
      open311 routing measure
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    measured, left_out = measure_all(jurisdiction, again=again)
    click.echo(f"{measured} requests measured.")
    if left_out:
        click.echo(f"{left_out} not measured because they changed. Run the command again.")
