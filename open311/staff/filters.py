"""From the filters of the pages to one filter in CQL2: what the list, the map and files go by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from open311.queries.ogc.property import Properties

Asked = Mapping[str, Any]

_EQUAL = ("status", "service_code", "group", "agency_responsible")

_FLAGS = ("overdue", "near_border", "handed_over", "waits")

_TIMES = {"since": ">=", "until": "<="}


@dataclass(frozen=True)
class Reader:
    """Whom the filters are read for: who is me, and from when to when is today (aware)."""

    name: str
    midnight: datetime
    next_midnight: datetime


def filter_of(asked: Asked, properties: Properties, reader: Reader) -> dict[str, Any] | None:
    """Give the filter as CQL2 JSON; None where nothing is asked for.

    A boundary is layer:code; one of a layer that is not there finds nothing.
    """
    parts = [*_compared(asked, properties), *_standing(asked, reader)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}


def _compared(asked: Asked, properties: Properties) -> Iterator[dict[str, Any]]:
    given = {name: value for name, value in asked.items() if value not in (None, False)}
    yield from (_equal(name, given[name]) for name in _EQUAL if name in given)
    yield from (_equal(name, True) for name in _FLAGS if name in given)
    for name, operator in _TIMES.items():
        if name in given:
            yield _compare(operator, "requested_datetime", given[name])
    if "boundary" in given:
        layer, _, code = given["boundary"].partition(":")
        yield _equal(layer, code) if layer in properties else _equal("status", "")
    if "q" in given:
        yield _speaks_of(given["q"].strip())


def _standing(asked: Asked, reader: Reader) -> Iterator[dict[str, Any]]:
    """Give the conditions on how a service request stands: with whom, and what it waits for."""
    if asked["waiting"]:
        yield _not(_is_null("waits_for"))
    if asked["mine"]:
        yield _equal("assigned_to", reader.name)
    if asked["new"]:
        yield from (_equal("status", "open"), _is_null("accepted_datetime"))
    if asked["unpublished"]:
        yield from (_is_null("service_request_id"), _not(_is_null("token")))
    if asked["due_today"]:
        yield _equal("status", "open")
        yield _compare(">=", "expected_datetime", reader.midnight)
        yield _compare("<", "expected_datetime", reader.next_midnight)


def _equal(name: str, value: str | bool) -> dict[str, Any]:
    return {"op": "=", "args": [_property(name), value]}


def _is_null(name: str) -> dict[str, Any]:
    return {"op": "isNull", "args": [_property(name)]}


def _not(condition: dict[str, Any]) -> dict[str, Any]:
    return {"op": "not", "args": [condition]}


def _compare(operator: str, name: str, moment: datetime) -> dict[str, Any]:
    timestamp = {"timestamp": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    return {"op": operator, "args": [_property(name), timestamp]}


def _property(name: str) -> dict[str, str]:
    return {"property": name}


def _speaks_of(words: str) -> dict[str, Any]:
    """Find a text in what was said and where, or a service request by its id."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = {"op": "casei", "args": [f"%{plain}%"]}
    texts = [
        {"op": "like", "args": [{"op": "casei", "args": [_property(name)]}, pattern]}
        for name in ("description", "address", "service_name")
    ]
    return {"op": "or", "args": [*texts, _equal("service_request_id", words)]}
