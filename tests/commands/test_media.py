"""open311 media."""

import os
from collections.abc import Callable
from pathlib import Path

from applications import in_context

from open311.media.store import MediaStore, files_of, new_name
from tests.commands.conftest import CommandLine


def test_the_sweep_says_how_many_files_it_removed(
    fresh_database: Callable[[str], str],
    gridtown: str,
    open311: CommandLine,
    tmp_path: Path,
) -> None:
    store = MediaStore(str(tmp_path))
    for file_name in files_of([new_name()]):
        store.write(file_name, b"content")
        os.utime(tmp_path / file_name, (0, 0))
    settings = {"OPEN311_MEDIA_STORE": str(tmp_path)}
    for _app in in_context(fresh_database(gridtown), settings):
        assert open311.lines("media", "sweep") == ["2 files deleted."]
        assert open311.lines("media", "sweep") == ["0 files deleted."]
