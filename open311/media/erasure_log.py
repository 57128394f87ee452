"""The log of erasures outside of the database, by which they are repeated in a restored one.

Its lines say that and where something was erased, and never what. Each file is written once.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from open311.media.store import MediaStore

_PREFIX = "erasures-"


@dataclass(frozen=True, kw_only=True)
class LoggedErasure:
    """A line: the erasures of one operation with the same entry and extent count once."""

    entry: UUID
    jurisdiction_id: str
    basis: str
    erased_at: datetime
    extent: Mapping[str, Any]


class ErasureLog:
    """A folder of a store, or a bucket, with one file for each time that lines were added."""

    def __init__(self, address: str) -> None:
        self._store = MediaStore(address)

    def append(self, lines: Iterable[LoggedErasure]) -> None:
        """Add lines; after the return, a power failure does not lose them."""
        content = "".join(f"{json.dumps(_as_json(line))}\n" for line in lines)
        name = f"{_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(8)}.jsonl"
        self._store.write(name, content.encode())

    def read(self) -> Iterator[LoggedErasure]:
        """Yield all lines, oldest file first; raises ValueError for a file that is damaged."""
        for name in self._store.list_beginning(_PREFIX):
            with self._store.open(name) as file:
                for line in file.read().splitlines():
                    yield _of_json(name, line)


def _as_json(line: LoggedErasure) -> dict[str, Any]:
    return {
        "entry": str(line.entry),
        "jurisdiction_id": line.jurisdiction_id,
        "basis": line.basis,
        "erased_at": line.erased_at.isoformat(),
        "extent": dict(line.extent),
    }


def _of_json(name: str, line: bytes) -> LoggedErasure:
    try:
        found = json.loads(line)
        return LoggedErasure(
            entry=UUID(found["entry"]),
            jurisdiction_id=str(found["jurisdiction_id"]),
            basis=str(found["basis"]),
            erased_at=datetime.fromisoformat(found["erased_at"]),
            extent=dict(found["extent"]),
        )
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{name} is damaged") from None
