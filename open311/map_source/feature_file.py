"""A JSON file of features that is written page by page, one in memory at a time."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeGuard

import orjson

GEOJSON = {"type": "FeatureCollection"}


def are_features(found: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Return whether a part of an answer is a list of JSON objects."""
    return isinstance(found, list) and all(isinstance(one, dict) for one in found)


class FeatureFile:
    """A document with an array of features at its end; head has the other members.

    count is the number of different features by their ids; a feature without an id counts, too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._ids: set[Any] = set()
        self._file: BinaryIO | None = None

    def add(
        self, features: Iterable[Mapping[str, Any]], ids: Iterable[Any], head: Mapping[str, Any]
    ) -> None:
        """Write the features of a page; those that were on another page are left out."""
        for feature, id_ in zip(features, ids, strict=True):
            if isinstance(id_, int | str):  # anything else is no id
                if id_ in self._ids:
                    continue
                self._ids.add(id_)
            self._write(orjson.dumps(feature), head)
            self.count += 1

    def _write(self, feature: bytes, head: Mapping[str, Any]) -> None:
        if self._file is None:
            self._file = self.path.open("wb")
            self._file.write(orjson.dumps(head)[:-1] + b',"features":[\n')
        else:
            self._file.write(b",\n")
        self._file.write(feature)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._file is None:
            self.path.write_bytes(orjson.dumps({**GEOJSON, "features": []}))
            return
        self._file.write(b"\n]}\n")
        self._file.close()
