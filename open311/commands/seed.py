"""open311 seed: departments, services, boundaries, and rules from a folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote

import click
from flask.cli import with_appcontext

from open311.commands.options import with_progress
from open311.operations.imports.seed import load_seed_data
from open311.queries.jurisdictions import list_jurisdictions
from open311.seed_folder.example import example_city
from open311.seed_folder.read import read_seed_folder
from open311.seed_folder.template import write_template
from open311.steps.values.imports import PastServiceRequest


@click.command()
@click.argument("source", type=click.Path(path_type=Path), required=False)
@click.option("--example", is_flag=True, help="Load the example city, Lancaster, Ohio.")
@click.option("--if-empty", is_flag=True, help="Do nothing if a jurisdiction already exists.")
@click.option("--template", is_flag=True, help="Write SOURCE as an empty workbook to fill in.")
@with_appcontext
def seed(source: Path | None, example: bool, if_empty: bool, template: bool) -> None:
    """Load or update a city from SOURCE, and list the changes.

    SOURCE is a folder of CSV and TOML files, a workbook (.xlsx or .ods) with the same tables as
    sheets, or a folder with both.

    \b
    Example:
      open311 seed --example
      open311 seed --template city.xlsx
      open311 seed city.xlsx
    """
    if example == (source is not None) or (example and template):
        raise click.UsageError("Name SOURCE, or use --example.")
    if source is not None and template:
        _write_template(source)
        return
    if if_empty and list_jurisdictions():
        return
    data = read_seed_folder(source or example_city())
    sentences = load_seed_data(data, _watch)
    for sentence in sentences or ["Nothing has changed."]:
        click.echo(sentence)


def _write_template(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise click.BadParameter("The name of the workbook must end with .xlsx.")
    if path.exists():
        raise click.BadParameter(f"{path} exists already. Choose another name.")
    write_template(path)
    click.echo(f"{path} is written. Fill in its sheets, then run: open311 seed {quote(str(path))}")


def _watch(items: Sequence[PastServiceRequest]) -> Iterable[PastServiceRequest]:
    return with_progress(items, "Service requests")
