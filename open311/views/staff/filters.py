"""From the filters of the pages to one filter in CQL2: what the list, the map and files go by."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from open311.queries.ogc.properties import Properties

Asked = Mapping[str, Any]

_EQUAL = ("status", "service_code", "agency_responsible")
_FLAGS = ("overdue", "near_border")
_TIMES = {"since": ">=", "until": "<="}


def filter_of(asked: Asked, properties: Properties) -> dict[str, Any] | None:
    """Give the filter as CQL2 JSON; None where nothing is asked for.

    A boundary is layer:code; one of a layer that is not there finds nothing.
    """
    parts = list(_parts(asked, properties))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}


def _parts(asked: Asked, properties: Properties) -> Iterator[dict[str, Any]]:
    given = {name: value for name, value in asked.items() if value not in (None, False)}
    yield from (_equal(name, given[name]) for name in _EQUAL if name in given)
    yield from (_equal(name, True) for name in _FLAGS if name in given)
    for name, operator in _TIMES.items():
        if name in given:
            yield {"op": operator, "args": [_property("requested_datetime"), _moment(given[name])]}
    if "boundary" in given:
        layer, _, code = given["boundary"].partition(":")
        yield _equal(layer, code) if layer in properties else _equal("status", "")
    if "waiting" in given:
        yield {"op": "not", "args": [{"op": "isNull", "args": [_property("waits_for")]}]}
    if "q" in given:
        yield _speaks_of(given["q"].strip())


def _equal(name: str, value: str | bool) -> dict[str, Any]:
    return {"op": "=", "args": [_property(name), value]}


def _property(name: str) -> dict[str, str]:
    return {"property": name}


def _moment(moment: datetime) -> dict[str, str]:
    return {"timestamp": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def _speaks_of(words: str) -> dict[str, Any]:
    """Find a text in what was said and where, or a service request by its id."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = {"op": "casei", "args": [f"%{plain}%"]}
    texts = [
        {"op": "like", "args": [{"op": "casei", "args": [_property(name)]}, pattern]}
        for name in ("description", "address", "service_name")
    ]
    return {"op": "or", "args": [*texts, _equal("service_request_id", words)]}
