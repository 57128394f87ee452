"""What several commands share: options, and progress for those who watch."""

import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

Item = TypeVar("Item")

DAY = click.DateTime(["%Y-%m-%d"])

jurisdiction_option: Callable[[Any], Any] = click.option(
    "--jurisdiction",
    "jurisdiction_id",
    metavar="ID",
    help="The jurisdiction_id; not needed where there is only one.",
)


by_option: Callable[[Any], Any] = click.option(
    "--by",
    "made_by",
    metavar="NAME",
    default=getpass.getuser,
    help="Who does it, for the record; the login name.",
)


def with_progress(items: Sequence[Item], label: str) -> Iterable[Item]:
    """Go through items under a progress bar; in a pipe, silently."""
    watched = sys.stderr.isatty()
    with click.progressbar(items, label=label, file=sys.stderr, hidden=not watched) as progress:
        yield from progress
