"""docs/commands.md, generated from the help of every command by make docs."""

from collections.abc import Iterator
from pathlib import Path

import click

from open311.cli import main

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/commands.md"
WIDTH = 88  # characters in a line of help

INTRODUCTION = """\
# Commands

Generated from `--help` by `make docs`; do not edit this page. Commands read the database address
from `DATABASE_URL`; see [Set up a city](set-up-a-city.md).
"""


def command_reference() -> str:
    """Return the page: a table of all commands, then the help of each by group."""
    root = click.Context(main, info_name="open311", **main.context_settings)
    rows = [
        f"| [`{path}`](#{path.replace(' ', '-')}) | {text} |" for path, text in _rows(main, root)
    ]
    table = "\n".join(["| Command | What it does |", "|---|---|", *rows, ""])
    return "\n".join([INTRODUCTION, table, *_sections(main, root, 1)])


def _rows(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    if not isinstance(command, click.Group):
        yield context.command_path.split(" [")[0], command.get_short_help_str(limit=200)
        return
    for name, child in sorted(command.commands.items()):
        yield from _rows(child, _below(context, name, child))


def _below(context: click.Context, name: str, child: click.Command) -> click.Context:
    return click.Context(child, info_name=name, parent=context)


def _sections(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    if level > 1:
        yield f"{'#' * level} {context.command_path}\n"
    if not isinstance(command, click.Group):
        yield f"```text\n{_help(command, context)}\n```\n"
        return
    if level > 1:
        yield f"{command.help or ''}\n"
    for name, child in sorted(command.commands.items()):
        yield from _sections(child, _below(context, name, child), level + 1)


def _help(command: click.Command, context: click.Context) -> str:
    formatter = click.HelpFormatter(width=WIDTH)
    command.format_help(context, formatter)
    return formatter.getvalue().rstrip()


if __name__ == "__main__":
    PAGE.write_text(command_reference(), encoding="utf-8")
