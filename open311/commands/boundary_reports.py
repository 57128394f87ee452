"""What commands print about a version that takes effect: its rules, and what it replaces."""

from collections.abc import Iterator, Mapping

import click

from open311.messages.sentences import command_sentence
from open311.operations.maps.sets import Published
from open311.operations.routing.reroute import carry_over_due
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import get_set
from open311.queries.routing.carrying import RulePlan, changes_of
from schemas.vocabulary.days import SINCE_EVER


def tell_rules(plan: RulePlan, departments: Mapping[int, str], heading: str) -> None:
    """Print the rules that change with codes, below a heading, if there are any.

    departments are names by id.
    """
    told = list(_of_rules(plan, departments))
    for line in (heading, *told) if told else ():
        click.echo(line)


def _of_rules(plan: RulePlan, departments: Mapping[int, str]) -> Iterator[str]:
    for sentence in changes_of(plan, departments):
        yield f"  {command_sentence(sentence)}"
    for choice in plan.open_choices:
        codes, rules = ", ".join(choice.codes), ", ".join(one.code for one in choice.rules)
        yield f"  For {codes}, choose the rule that continues with --keep-rule: {rules}"


def tell_replaced(published: Published) -> None:
    """Print which version of the same day was replaced, if there was one."""
    replaced = published.replaced
    if replaced is None:
        return
    is_withdrawn = replaced.withdrawn_at is not None
    end = " That version is withdrawn, and its rule changes are undone." if is_withdrawn else ""
    click.echo(
        f"It replaces version {replaced.id} (from {replaced.source}), which begins on the same "
        f"day.{end}"
    )


def reroute_now(jurisdiction: Scope, published: Published) -> None:
    """Reroute open requests if their version is in effect today, and print how many."""
    moved = carry_over_due(jurisdiction)
    stored = get_set(jurisdiction.jurisdiction_id, published.set_id)
    begin = stored.in_force_from or SINCE_EVER
    waits = "" if begin <= jurisdiction.today() else f" The others are rerouted on {begin}."
    click.echo(f"{moved} open requests rerouted.{waits}")
