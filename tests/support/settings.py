"""The settings of a test's application."""

import tempfile

_media = tempfile.TemporaryDirectory(prefix="open311-media-")


def settings_for(database_url: str, **others: str) -> dict[str, str]:
    """Give settings with which nothing lies in the project's own folder, and no rate is limited.

    Sweeping the store of photos would otherwise remove those of a server that runs from there.
    A statement may take the longest time that can be set, as on a slow machine.
    """
    common = {
        "OPEN311_MEDIA_STORE": _media.name,
        "OPEN311_RATE_LIMIT": "none",
        "OPEN311_STATEMENT_SECONDS": "25",
    }
    return {**common, "DATABASE_URL": database_url, **others}
