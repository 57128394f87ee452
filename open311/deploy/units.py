"""Units of systemd, for a release in a folder that a link points to."""

from open311.deploy import filled

UNITS = (
    "open311.socket",
    "open311.service",
    "open311-upgrade.service",
    "open311-jobs.service",
    "open311-maintenance.service",
    "open311-maintenance.timer",
)
"""The last three are for servers whose settings say that jobs and maintenance run elsewhere."""


def units(prefix: str, bind: str) -> dict[str, str]:
    """Return the units by name. prefix is the link to the current release, as /opt/open311/current.

    bind is the address and port that the socket listens on.
    """
    values = {"PREFIX": prefix.rstrip("/"), "BIND": bind}
    return {name: filled(name, values) for name in UNITS}
