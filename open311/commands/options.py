"""What several commands share: options, and progress for those who watch."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import click

Item = TypeVar("Item")

jurisdiction_option = click.option(
    "--jurisdiction",
    "jurisdiction_id",
    metavar="ID",
    help="The jurisdiction_id; not needed where there is only one.",
)


def with_progress(items: Sequence[Item], label: str) -> Iterable[Item]:
    """Go through items under a progress bar; in a pipe, silently."""
    with click.progressbar(items, label=label, file=click.get_text_stream("stderr")) as bar:
        yield from bar
