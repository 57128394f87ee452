"""Units of systemd, for a release in a folder that a link points to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from open311.deploy import filled

UNITS = (
    "open311.socket",
    "open311.service",
    "open311-upgrade.service",
    "open311-jobs.service",
    "open311-maintenance.service",
    "open311-maintenance.timer",
    "open311-restore-check.service",
    "open311-restore-check.timer",
)
"""Those of jobs and maintenance are for servers whose settings say that these run elsewhere."""


STATE = "/var/lib/open311"
"""The folder of the account, which the units may write to."""


def units(prefix: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the units by name, with the address of the socket and the photo folder of settings.

    prefix is the link to the current release, as /opt/open311/current.
    """
    store = str(settings["OPEN311_MEDIA_STORE"])
    values = {
        "PREFIX": prefix.rstrip("/"),
        "BIND": settings["OPEN311_BIND"],
        "PHOTOS": store if Path(store).is_absolute() else STATE,
    }
    return {name: filled(name, values) for name in UNITS}
