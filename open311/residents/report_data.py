"""What the scripts of the form ask for while it is filled in. Nothing is stored."""

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from open311.residents.pages import site_pages
from open311.residents.report_form import ReportForm
from open311.residents.report_pages import Page
from open311.web.parameters import first, sent_values
from open311.web.phone_links import phone_link
from open311.web.site import site_page

blueprint = site_pages("site_report_data", "/report")


@blueprint.get("/suggestions")
def suggestions() -> Response:
    """List up to six services for words (q) and a place (lat, long), best first."""
    values = sent_values()
    found = ReportForm.of(values).services(first(values, "q") or "")["suggested"]
    shown: list[dict[str, Any]] = [
        {name: one[name] for name in ("service_code", "service_name", "group")} for one in found
    ]
    return jsonify(shown)


@blueprint.get("/outlook")
def outlook() -> Response:
    """Return sentences about what happens after sending (service_code, lat, long)."""
    found = ReportForm.of(sent_values()).outlook()
    if found is None:
        return jsonify({})
    return jsonify({**asdict(found), "urgent_call": phone_link(found.urgent_phone)})


@blueprint.get("/nearby")
def nearby() -> Page:
    """Return a part of the form: what may be the same (service_code, lat, long)."""
    return site_page("nearby.html", nearby=ReportForm.of(sent_values()).nearby)


@blueprint.get("/questions")
def questions() -> Page:
    """Return a part of the form: the questions of a service (service_code)."""
    return site_page("questions.html", questions=ReportForm.of(sent_values()).questions())
