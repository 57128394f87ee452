"""Options and the progress bar that several commands share."""

import getpass
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Timer
from typing import Any, TypeVar

import click

from schemas.vocabulary.days import SINCE_EVER

Item = TypeVar("Item")

DAY = click.DateTime(["%Y-%m-%d"])


class _DayOfMaps(click.DateTime):
    """A day on which a boundary set may begin or end."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Refuse days before those on which first sets begin."""
        day = super().convert(value, param, ctx)
        if day.date() < SINCE_EVER:
            self.fail(f"{value} is too early. Use {SINCE_EVER} or a later date.", param, ctx)
        return day


MAP_DAY = _DayOfMaps(["%Y-%m-%d"])

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


SLOW_SECONDS = 3
"""Seconds after which a command tells what it is doing."""


@contextmanager
def told_if_slow(doing: str) -> Iterator[None]:
    """Print on standard error what the block does, such as "Reading w.zip", if it takes longer."""
    timer = Timer(SLOW_SECONDS, click.echo, [f"{doing}…"], {"err": True})
    timer.daemon = True  # a command that fails does not wait for it
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
