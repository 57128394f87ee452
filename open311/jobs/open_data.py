"""The files of all public requests, every night."""

import logging
from datetime import UTC, datetime, time

from flask import Flask

from open311.database import Lock, only_process
from open311.jobs.registry import periodic
from open311.logs import log_failure
from open311.queries.open_data import DataFileInfo
from open311.web.freshness import snapshots
from open311.web.open_data.publish import publish, sweep

log = logging.getLogger(__name__)


def _open_data_time(app: Flask) -> str | None:
    at: time | None = app.config["OPEN311_OPEN_DATA_AT"]
    return None if at is None else f"{at.minute} {at.hour} * * * {at.second}"


@periodic(_open_data_time)
def write_open_data() -> None:
    """Write the files of all cities with a website, and log their sizes."""
    for jurisdiction_id, files in (publish_all() or {}).items():
        sizes = ", ".join(f"{one.format} {one.bytes:,} bytes" for one in files)
        log.info("Open data of %s: %d requests, %s.", jurisdiction_id, files[0].rows, sizes)


def publish_all() -> dict[str, list[DataFileInfo]] | None:
    """Write the files of all cities with a website, where residents find them; return them by city.

    Returns None if another process is writing them. A failure in one is logged, and raised after
    the others.
    """
    with only_process(Lock.OPEN_DATA) as is_mine:
        if not is_mine:
            return None
        found: dict[str, list[DataFileInfo]] = {}
        failures: list[Exception] = []
        for id_, city in snapshots().current().cities.items():
            if city.site is None:
                continue
            try:
                found[id_] = publish(city)
            except Exception as error:
                log_failure(log, f"Open data of {id_}", error)
                failures.append(error)
        sweep(datetime.now(UTC))
        if failures:
            raise ExceptionGroup("open data", failures)
        return found
