"""The help of every command, found by walking through all of them."""

import functools
import shlex
from collections.abc import Iterator

import click
from click.testing import CliRunner
from many_cases import failing

from open311.cli import main


def walk(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from walk(child, *path, name)


EVERY = list(walk(main))
GROUPS = [path for path, command in EVERY if isinstance(command, click.Group)]
COMMANDS = [path for path, command in EVERY if not isinstance(command, click.Group)]


@functools.cache
def help_of(path: tuple[str, ...], option: str = "--help") -> str:
    result = CliRunner().invoke(main, [*path, option], env={"DATABASE_URL": None})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_walk_finds_the_commands() -> None:
    assert len(COMMANDS) >= 15
    assert ("seed",) in COMMANDS
    assert ("boundaries", "import") in COMMANDS


def test_every_command_helps_with_an_example_that_can_be_parsed() -> None:
    assert failing(check_example, [(), *COMMANDS]) == []


def check_example(path: tuple[str, ...]) -> None:
    _before, _heading, example = help_of(path).partition("Example:\n")
    words = shlex.split(example.strip().splitlines()[0])
    program = words.index("open311")
    assert tuple(words[program + 1 :][: len(path)]) == path
    command: click.Command = main
    arguments = words[program + 1 :]
    while isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    parent = click.Context(main, **main.context_settings)
    assert command.make_context(command.name, arguments, parent)


def test_every_group_says_what_each_of_its_commands_does() -> None:
    assert failing(check_list, GROUPS) == []


def check_list(path: tuple[str, ...]) -> None:
    text = help_of(path)
    group = next(command for known, command in EVERY if known == path)
    assert isinstance(group, click.Group)
    for name, command in group.commands.items():
        assert command.get_short_help_str()
        assert f"  {name} " in text


def test_the_short_option_helps_as_well() -> None:
    assert failing(check_short_option, [path for path, _command in EVERY]) == []


def check_short_option(path: tuple[str, ...]) -> None:
    assert help_of(path, "-h") == help_of(path)


def test_every_argument_and_option_is_told() -> None:
    assert failing(check_parameters, COMMANDS) == []


def check_parameters(path: tuple[str, ...]) -> None:
    command = next(command for known, command in EVERY if known == path)
    text = help_of(path)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
        else:
            assert parameter.make_metavar(click.Context(command)) in text
