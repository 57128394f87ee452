"""Settings of a test's application."""

import tempfile

_media = tempfile.TemporaryDirectory(prefix="open311-media-")


def settings_for(database_url: str, **others: str) -> dict[str, str]:
    """Return settings that use nothing in the project's own folder and limit no rate.

    The cleanup of the photo store would otherwise remove photos of a server that runs from there.
    The statement timeout is the maximum, for slow machines.
    """
    common = {
        "OPEN311_MEDIA_STORE": _media.name,
        "OPEN311_RATE_LIMIT": "none",
        "OPEN311_STATEMENT_SECONDS": "25",
    }
    return {**common, "DATABASE_URL": database_url, **others}
