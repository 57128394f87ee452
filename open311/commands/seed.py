"""open311 seed: departments, services, boundaries, and rules from a folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext

from open311.commands.options import with_progress
from open311.operations.imports.seed import load_seed_data
from open311.queries.jurisdictions import list_jurisdictions
from open311.seed_folder.read import read_seed_folder
from open311.steps.values.imports import PastServiceRequest


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--if-empty", is_flag=True, help="Do nothing if a jurisdiction already exists.")
@with_appcontext
def seed(folder: Path, if_empty: bool) -> None:
    """Load or update a city from the files in FOLDER, and list the changes.

    \b
    Example:
      open311 seed seed_data/lancaster
    """
    if if_empty and list_jurisdictions():
        return
    data = read_seed_folder(folder)
    sentences = load_seed_data(data, _watch)
    for sentence in sentences or ["Nothing has changed."]:
        click.echo(sentence)


def _watch(items: Sequence[PastServiceRequest]) -> Iterable[PastServiceRequest]:
    return with_progress(items, "Service requests")
