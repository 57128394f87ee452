"""open311 routing: what would happen to a report, and why."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from geo.routing import Decision, judge_rules
from geo.rules import Rule, Verdict
from open311.commands.options import jurisdiction_option
from open311.parameters import parse
from open311.queries.departments import get_department_name
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing import Question, calendar_for, case_of, route
from open311.queries.rules import list_rules
from open311.queries.services import ServiceInfo, get_service
from schemas.submission import PlaceSchema

routing_commands = AppGroup("routing", help="Look into how reports are routed.")


# A latitude or longitude may be negative, which is no option.
@routing_commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("lat")
@click.argument("long")
@click.argument("service_code")
@jurisdiction_option
def explain(lat: str, long: str, service_code: str, jurisdiction_id: str | None) -> None:
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
    )
    decision = route(jurisdiction, question)
    rules = list_rules(jurisdiction.jurisdiction_id)
    case = case_of(jurisdiction, question, calendar_for(jurisdiction.jurisdiction_id, rules))
    _print(decision, judge_rules(rules, case, decision.hits), service)


def _print(decision: Decision, judged: list[Verdict], service: ServiceInfo) -> None:
    click.echo(f"Department: {get_department_name(decision.department_id)}")
    click.echo(f"Why: {decision.reason}")
    click.echo("Boundaries:" if decision.hits else "Boundaries: none")
    for hit in decision.hits:
        click.echo(f"  {hit.layer} {hit.code}{f' ({hit.name})' if hit.name else ''}")
    verdicts = [verdict for verdict in judged if _is_for(verdict.rule, service)]
    click.echo("Rules for this service, strongest first:" if verdicts else "No rule is for it.")
    for verdict in verdicts:
        click.echo(f"  {verdict.rule.code} {_outcome(verdict, decision)}")


def _outcome(verdict: Verdict, decision: Decision) -> str:
    if not verdict.applies:
        return f"does not apply: {verdict.reason}"
    return "applies" if verdict.rule == decision.rule else "would apply, but a stronger one does"


def _is_for(rule: Rule, service: ServiceInfo) -> bool:
    return rule.service_code in (None, service.service_code) and rule.group in (None, service.group)
