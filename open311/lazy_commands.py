"""Commands whose modules are imported when they are needed, because that takes most of a start."""

from collections import UserDict
from importlib import import_module
from pkgutil import resolve_name

import click

COMMANDS = "open311.commands"


NOT_IMPORTED = click.Command(None)


class LazyCommands(UserDict[str, click.Command]):
    """Commands by name, made from the modules and names of their objects, as in "seed:seed".

    A module that adds commands to a group of another one follows it, as in
    "routing:routing_commands reroute".
    """

    def __init__(self, places: dict[str, str]) -> None:
        super().__init__()
        self._places = dict(places)
        self.data = dict.fromkeys(places, NOT_IMPORTED)

    def __getitem__(self, name: str) -> click.Command:
        if (place := self._places.pop(name, None)) is not None:
            first, *others = place.split()
            self.data[name] = resolve_name(f"{COMMANDS}.{first}")
            for module in others:
                import_module(f"{COMMANDS}.{module}")
        return self.data[name]
