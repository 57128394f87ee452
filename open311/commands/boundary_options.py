"""Options that several commands on boundaries share."""

from collections.abc import Callable, Collection
from typing import Any

import click

Command = Callable[..., None]

OVERRIDE = "Approve the exception with this name (a routing test or a rule). Repeatable."
DESPITE = "Reason to publish boundaries that seem to be wrong; it is stored with them."

encoding_option = click.option(
    "--encoding", metavar="NAME", help="Text encoding, if names have wrong letters."
)
despite_option = click.option(
    "--despite",
    metavar="REASON",
    default="",
    callback=lambda _context, _option, value: value.strip(),
    help=DESPITE,
)
override_option = click.option(
    "--override", "overrides", multiple=True, metavar="NAME", help=OVERRIDE
)


def file_options(command: Command) -> Command:
    """Add the options for reading a file."""
    for option in (
        click.option("--commit", is_flag=True, help="Store the result (default: only show it)."),
        click.option("--leave-out", is_flag=True, help="Skip features that cannot be repaired."),
        click.option(
            "--crs", metavar="SYSTEM", help="Coordinate system, if the file declares none."
        ),
        click.option(
            "--file-layer", metavar="NAME", help="Layer to read from a file with several."
        ),
        encoding_option,
        click.option(
            "--where", metavar="CONDITION", help="Filter features, such as \"WARD <> '0'\"."
        ),
        click.argument("file"),
    ):
        command = option(command)
    return command


def publishing_options(command: Command) -> Command:
    """Add the options for what happens when a version takes effect; see check_rule_options."""
    for option in (
        despite_option,
        override_option,
        click.option(
            "--keep-rule",
            "keep_rules",
            multiple=True,
            metavar="RULE",
            help="Rule that continues where boundaries merge. Repeatable.",
        ),
        click.option(
            "--carry-rules",
            is_flag=True,
            help="Continue rules with the codes that change (see preview).",
        ),
        click.option(
            "--reroute", is_flag=True, help="Reroute open requests on the effective date."
        ),
    ):
        command = option(command)
    return command


def check_rule_options(carry_rules: bool, keep_rules: Collection[str]) -> None:
    """Raise UsageError for a choice of rules that do not continue."""
    if keep_rules and not carry_rules:
        raise click.UsageError("--keep-rule needs --carry-rules.")


def check_draft_options(**given: Any) -> None:
    """Raise UsageError for an option of publishing_options, by its name, that a draft ignores."""
    for name, value in given.items():
        if value:
            flag = {"overrides": "override", "keep_rules": "keep-rule"}.get(name, name)
            flag = flag.replace("_", "-")
            raise click.UsageError(f"A draft needs no --{flag}. Add it when you publish the draft.")
