"""Webhooks: endpoints that are behind the change feed get a run."""

import logging
from datetime import UTC, datetime

from flask import Flask

from open311.jobs.registry import every, task
from open311.logs import log_failure
from open311.operations.webhooks.runs import SEND, call_endpoints
from open311.web.webhooks import deliver

PAUSE = 2
"""Seconds between two looks for endpoints with something to send."""

log = logging.getLogger(__name__)


def _can_sign(app: Flask) -> bool:
    return bool(app.config["OPEN311_SECRET_KEY"])


@task(SEND, retry=())
def send_webhooks(endpoint_id: int) -> None:
    """Send an endpoint what it has to know.

    A failure is logged, and makes no failed job: the loop asks again.
    """
    try:
        deliver(endpoint_id)
    except Exception as error:
        log_failure(log, f"Webhook {endpoint_id}", error)


@every(PAUSE, needed=_can_sign)
def call_webhooks() -> None:
    """Add a job for each endpoint that needs one."""
    call_endpoints(datetime.now(UTC).replace(microsecond=0))
