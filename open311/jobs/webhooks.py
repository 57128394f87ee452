"""Webhooks: endpoints that are behind the change feed get a run."""

from datetime import UTC, datetime

from flask import Flask

from open311.jobs.registry import every, task
from open311.operations.webhooks.runs import SEND, call_endpoints
from open311.web.webhooks import deliver

PAUSE = 2
"""Seconds between two looks for endpoints with something to send."""


def _can_sign(app: Flask) -> bool:
    return bool(app.config["OPEN311_SECRET_KEY"])


@task(SEND, retry=())
def send_webhooks(endpoint_id: int) -> None:
    """Send an endpoint what it has to know. After a failure, the loop asks again."""
    deliver(endpoint_id)


@every(PAUSE, needed=_can_sign)
def call_webhooks() -> None:
    """Add a job for each endpoint that needs one."""
    call_endpoints(datetime.now(UTC).replace(microsecond=0))
