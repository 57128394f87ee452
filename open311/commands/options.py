"""Options and the progress bar that several commands share."""

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
    help="jurisdiction_id (not needed if there is only one).",
)


by_option: Callable[[Any], Any] = click.option(
    "--by",
    "made_by",
    metavar="NAME",
    default=getpass.getuser,
    help="Your name for the history (default: the login name).",
)


def with_progress(items: Sequence[Item], label: str) -> Iterable[Item]:
    """Yield items with a progress bar on standard error; hidden if that is not a terminal."""
    watched = sys.stderr.isatty()
    with click.progressbar(items, label=label, file=sys.stderr, hidden=not watched) as progress:
        yield from progress
