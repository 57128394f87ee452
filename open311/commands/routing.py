"""open311 routing: explain, test, and measure distances to boundaries."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from open311.commands.options import DAY, jurisdiction_option
from open311.operations.routing.measure import measure_borders
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import Maps, StoredSet
from open311.queries.routing.canaries import check_canaries
from open311.queries.routing.decide import Question, maps_of
from open311.queries.routing.explain import (
    Explanation,
    LayerView,
    RuleView,
    StoredPlace,
    explain,
    list_stored_places,
    look_back,
)
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.values.boundary_sets import SINCE_EVER
from open311.web.parameters import parse
from schemas.routing.explanation import ExplainSchema


def explanation_lines(found: Explanation, on: date) -> Iterator[str]:
    """Say where a question leads by the maps of a day, and all that was considered."""
    yield f"Department: {found.department}"
    yield f"Why: {found.decision.reason}"
    maps = [(view.layer, _map(view.stored)) for view in found.layers if view.stored]
    yield f"Maps of {on}:" if maps else f"Maps of {on}: none"
    yield from _table(maps)
    layers = [(view.layer, _layer(view)) for view in found.layers if view.hit or view.neighbour]
    yield "Boundaries:" if found.decision.hits else "Boundaries: none"
    yield from _table(layers)
    rules = [(view.code, _rule(view)) for view in found.rules if view.applies or _is_close(view)]
    yield "Rules for this service, strongest first:" if rules else "No rule is for it."
    yield from _table(rules)


def stored_lines(places: Sequence[StoredPlace]) -> Iterator[str]:
    """Say where a service request lies as it was stored."""
    yield "Boundaries as stored:" if places else "Boundaries as stored: none"
    yield from _table(
        [
            (
                place.layer,
                _named(place.boundary, place.boundary_name)
                + _next_to(place.metres, place.neighbour, place.neighbour_name),
            )
            for place in places
        ]
    )


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return (f"  {name:<{width}}  {text}" for name, text in rows)


def _map(stored: StoredSet) -> str:
    begin = "ever" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    more = [f"of {stored.vintage}" if stored.vintage else "", stored.licence]
    return ", ".join(
        part for part in (f"set {stored.id}", f"since {begin}{end}", stored.source, *more) if part
    )


def _layer(view: LayerView) -> str:
    other, hit = view.neighbour, view.hit
    named = _named(hit.code, hit.name) if hit else _named(None, None)
    tie = f"; {view.tie_break}" if view.tie_break else ""
    return named + tie + (_next_to(other.metres, other.code, other.name) if other else "")


def _named(code: str | None, name: str | None) -> str:
    return f"{code} ({name})" if code and name else code or "none"


def _next_to(metres: float | None, code: str | None, name: str | None) -> str:
    return "" if metres is None else f"; {metres:,.0f} m to {_named(code, name)}"


def _rule(view: RuleView) -> str:
    if view.decides:
        return "decides"
    if view.applies:
        return f"applies, but {view.reason}"
    return f"does not apply: {view.reason}"


def _is_close(view: RuleView) -> bool:
    """Leave out rules for other services, which are many."""
    return not view.reason.startswith(("it is for service", "it is for group"))


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
@click.option("--at", "moment", metavar="MOMENT", help="When, for rules that go by time; now.")
@on_option
@jurisdiction_option
def explain_(
    answers: tuple[str, ...],
    moment: str | None,
    day: datetime | None,
    jurisdiction_id: str | None,
    **place: str,
) -> None:
    """Say where a report of SERVICE_CODE at LAT LONG (degrees, WGS 84) would go, and why.

    The maps are those of the day of --at, unless --on names another day.

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
    """Say why a service request went where it went, and where it would go by today's maps.

    Rules are those of today, as no others are kept; those that go by time are asked about the
    moment it was made.

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
    titles = ("By the maps of its day", "By the maps asked for" if day else "By today's maps")
    for title, view in zip(titles, views, strict=True):
        on = maps_of(jurisdiction, view.question).on
        click.echo(f"{title}, {on}: {'otherwise' if view.differences else 'as stored'}.")
        for line in (*view.differences, *(explanation_lines(view.found, on) if view.found else ())):
            click.echo(f"  {line}")


def _tell_stored(routed: Routed) -> None:
    click.echo(f"Department: {routed.department}{', pinned there' if routed.pinned else ''}")
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
            raise click.UsageError("--answer must look like CODE=VALUE.")
        if code not in codes:
            known = ", ".join(codes) or "none"
            raise click.UsageError(
                f"--answer {code}: service {service.service_code} has no such question; "
                f"it has {known}."
            )
        answers.setdefault(code, []).append(value)
    return answers


@routing_commands.command()
@on_option
@jurisdiction_option
def check(day: datetime | None, jurisdiction_id: str | None) -> None:
    """Route every canary, and fail if one goes elsewhere than it must.

    \b
    Example:
      open311 routing check --on 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    results = check_canaries(jurisdiction, Maps(on))
    for result in results:
        sentence = str(result)
        click.echo(f"{'ok' if result.agrees else 'WRONG'}: {sentence.removeprefix('canary ')}")
    wrong = sum(not result.agrees for result in results)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(results)} canaries go elsewhere.")
    click.echo(f"{len(results)} canaries go where they must." if results else "There is no canary.")


@routing_commands.command()
@jurisdiction_option
def measure(jurisdiction_id: str | None) -> None:
    """Measure how far the next boundaries are, for service requests that do not know it yet.

    Those are from before the server kept it. Departments stay as they are. Stopped, it goes on
    where it was.

    \b
    Example:
      open311 routing measure
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    measured, last, count = 0, 0, 1
    while count:
        last, count = measure_borders(jurisdiction, last)
        measured += count
    click.echo(f"{measured} service requests looked at.")
