"""Settings of a test's application."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path


@functools.cache
def photo_folder() -> Path:
    """The folder of photos of this process; one that never needs it leaves none behind."""
    folder = Path(tempfile.mkdtemp(prefix="open311-media-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def settings_for(database_url: str, **others: str) -> dict[str, str]:
    """Return settings that use nothing in the project's own folder and limit no rate.

    The cleanup of the photo store would otherwise remove photos of a server that runs from there.
    The statement timeout is the maximum, for slow machines. No jobs run beside what is tested.
    """
    common = {
        "OPEN311_MEDIA_STORE": str(photo_folder()),
        "OPEN311_JOBS": "none",
        "OPEN311_RATE_LIMIT": "none",
        "OPEN311_STATEMENT_SECONDS": "25",
    }
    return {**common, "DATABASE_URL": database_url, **others}
