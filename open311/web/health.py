"""Health check at GET /health."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from open311.queries.jurisdictions import list_jurisdictions

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def show() -> tuple[Response, int]:
    """Return 200 if the database responds, 503 if not (load balancers)."""
    try:
        count = len(list_jurisdictions())
    except ProgrammingError:  # it responds, but lacks a table or column
        return jsonify(database="not up to date: run open311 db upgrade"), 503
    except SQLAlchemyError:
        return jsonify(database="unreachable"), 503
    return jsonify(database="ok", jurisdictions=count), 200
