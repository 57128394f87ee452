"""GET /health: for the one who watches the server."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from open311.queries.jurisdictions import list_jurisdictions

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def show() -> tuple[Response, int]:
    """Answer 200 when the database can be used, else 503, so that a balancer stops sending."""
    try:
        count = len(list_jurisdictions())
    except ProgrammingError:  # it answers, but lacks a table or a column
        return jsonify(database="not up to date: run open311 db upgrade"), 503
    except SQLAlchemyError:
        return jsonify(database="unreachable"), 503
    return jsonify(database="ok", jurisdictions=count), 200
