"""Commands whose modules are imported when they are needed, because that takes most of a start."""

import gc
from collections import UserDict
from pkgutil import resolve_name
from typing import Any

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
        if (place := self._places.get(name)) is not None:
            first, *others = place.split()
            self.data[name] = imported(f"{COMMANDS}.{first}")
            for module in others:
                imported(f"{COMMANDS}.{module}")
            self._places.pop(name, None)  # now: after a failure, the next call tries again
        return self.data[name]


def imported(name: str) -> Any:
    """Return a module, or an object of one, as in "module:object"; import it if need be.

    No garbage is collected during it: there is none, and looking for it takes a tenth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return resolve_name(name)
    finally:
        if was_enabled:
            gc.enable()
