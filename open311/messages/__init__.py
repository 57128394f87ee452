"""Messages about problems, by subject, with a text for each audience.

An error has a message and values. sentences.py and web/page_problems.py turn it into a sentence
for API clients, for the command line, and for staff pages. schemas and geo, which do not know the
app, raise keys of CATALOG.
"""

from collections.abc import Iterator
from types import ModuleType

from open311.messages import (
    access,
    alerts,
    base_map,
    bulk,
    catalog,
    features,
    fields,
    figure_pages,
    files,
    filters,
    forwarding,
    imports,
    insights,
    jobs,
    map_source,
    maps,
    people,
    requests,
    residents,
    routing,
    search,
    seeds,
    shifts,
    submissions,
    tables,
    telling,
    webhooks,
)
from open311.messages.message import Message

SUBJECTS = (
    access,
    alerts,
    base_map,
    bulk,
    catalog,
    features,
    fields,
    figure_pages,
    files,
    filters,
    forwarding,
    imports,
    insights,
    jobs,
    map_source,
    maps,
    people,
    requests,
    residents,
    routing,
    search,
    seeds,
    shifts,
    submissions,
    tables,
    telling,
    webhooks,
)


def _messages_of(subject: ModuleType) -> Iterator[Message]:
    for value in vars(subject).values():
        if isinstance(value, Message):
            yield value
    yield from getattr(subject, "MESSAGES", ())


CATALOG = {one.key: one for subject in SUBJECTS for one in _messages_of(subject)}
"""All messages by key."""
