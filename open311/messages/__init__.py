"""Everything that the product says when something is wrong, by subject, and one text per edge.

An error carries a message and values; api.py, page.py and command.py turn it into a sentence
where it leaves: for API clients, on staff pages, and on the command line. schemas and geo, which
know nothing of the app, raise keys of CATALOG.
"""

from collections.abc import Iterator
from types import ModuleType

from open311.messages import (
    access,
    catalog,
    fields,
    files,
    filters,
    imports,
    maps,
    people,
    requests,
    routing,
    search,
    seeds,
    submissions,
)
from open311.messages.message import Message

SUBJECTS = (
    access,
    catalog,
    fields,
    files,
    filters,
    imports,
    maps,
    people,
    requests,
    routing,
    search,
    seeds,
    submissions,
)


def _messages_of(subject: ModuleType) -> Iterator[Message]:
    for value in vars(subject).values():
        if isinstance(value, Message):
            yield value
    yield from getattr(subject, "MESSAGES", ())


CATALOG = {one.key: one for subject in SUBJECTS for one in _messages_of(subject)}
"""All messages by key."""
