"""Cursors: the position in a list as an opaque text (base64url of a small JSON array)."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schemas.fields import w3c

SORTS: dict[str, type] = {
    "-requested_datetime": datetime,
    "requested_datetime": datetime,
    "-updated_datetime": datetime,
    "updated_datetime": datetime,
    "added": int,
    "changed": int,
}
"""The sort orders of a list, and the type of each sort value."""

STAFF_SORTS = ("-requested_datetime", "requested_datetime", "-updated_datetime", "due", "priority")
"""The sort orders of the staff list: due is earliest due date first, priority most urgent first."""

BY_CHANGE = ("added", "changed")
"""The orders of feeds: after a restored backup, their values are given again."""

_KEYS = {**SORTS, "due": datetime, "priority": int}

DEFAULT_SORT = "-requested_datetime"

_LONGEST = 200  # characters; encode returns less than half of that

_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """The position after a row: the sort order, its value, and the primary key.

    epoch is that of the feed if a backup was restored before, in the orders of BY_CHANGE.
    """

    sort: str
    key: datetime | int
    pk: int
    epoch: str = ""


def encode(cursor: Cursor) -> str:
    """Encode a cursor; datetimes are aware, in whole seconds."""
    key = w3c(cursor.key) if isinstance(cursor.key, datetime) else cursor.key
    epoch = [cursor.epoch] if cursor.epoch else []
    text = json.dumps([cursor.sort, key, cursor.pk, *epoch], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str) -> Cursor:
    """Decode a cursor; raise ValueError for any other text."""
    if len(text) > _LONGEST:
        raise ValueError("too long")
    written = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(written, list) or len(written) not in (3, 4):
        raise ValueError("not a list of three or four")
    sort, key, pk, *epoch = written
    if not isinstance(sort, str) or sort not in _KEYS:
        raise ValueError("unknown order")
    if epoch and not (isinstance(epoch[0], str) and sort in BY_CHANGE):
        raise ValueError("not an epoch")
    moment_or_number = _moment(key) if _KEYS[sort] is datetime else _number(key)
    cursor = Cursor(sort, moment_or_number, _number(pk), *epoch)
    if encode(cursor) != text:
        raise ValueError("not in canonical form")
    return cursor


def _moment(key: Any) -> datetime:
    if not isinstance(key, str):
        raise ValueError("not a time")
    return datetime.strptime(key, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _number(key: Any) -> int:
    if type(key) is not int or not 0 <= key <= _LARGEST:
        raise ValueError("not a number")
    return key
