"""Challenges for the proof of work, which scripts solve while a form is filled in."""

from flask import Response, jsonify

from open311.residents.pages import site_pages
from open311.web.proof_of_work import new_challenge

blueprint = site_pages("site_challenge")


@blueprint.get("/report/challenge")
def show() -> Response:
    """Return a new challenge; nothing is stored for it."""
    return jsonify(new_challenge())
