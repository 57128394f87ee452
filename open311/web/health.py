"""Health checks: whether the process is alive, and whether it is ready for clients."""

import logging
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from open311.database import db
from open311.errors import SettingError
from open311.queries.revisions import Fit, read_revision
from open311.web.sent_media import media_store

blueprint = Blueprint("health", __name__)

log = logging.getLogger(__name__)

NOT_UP_TO_DATE = "not up to date: run open311 db upgrade"

_MIGRATIONS = {Fit.WORKS: "ok", Fit.TOO_NEW: "of a newer version: install that version again"}


@blueprint.get("/health")
@blueprint.get("/health/live")
def live() -> Response:
    """Return 200 while the process responds, whatever the database does (restarts)."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Return 200 if requests can be served, 503 with the reason if not (load balancers)."""
    checks = readiness()
    is_ready = all(found == "ok" for found in checks.values())
    if not is_ready:
        log.warning("Not ready: %s", ", ".join(f"{name} {one}" for name, one in checks.items()))
    return jsonify(checks), 200 if is_ready else 503


def readiness() -> dict[str, str]:
    """Return the result for each part; "ok" if it is ready."""
    return {**_check_database(), "media_store": _check_media_store(), **_check_drain()}


def _check_drain() -> dict[str, str]:
    """Return whether an operator lets clients go elsewhere before a restart."""
    path = current_app.config["OPEN311_DRAIN_FILE"]
    return {"drain": "draining" if Path(path).exists() else "ok"} if path else {}


def _check_database() -> dict[str, str]:
    try:
        fit = read_revision(db.session.connection()).fit()
    except SQLAlchemyError:
        return {"database": "unreachable", "migrations": "unknown"}
    return {"database": "ok", "migrations": _MIGRATIONS.get(fit, NOT_UP_TO_DATE)}


def _check_media_store() -> str:
    try:
        media_store().check_writable()
    except SettingError:
        return "not writable"
    return "ok"
