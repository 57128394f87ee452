"""GET and POST /a/{secret}: an alert behind its secret link: confirm, change, pause, or end it."""

from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from open311.operations.residents.alerts import (
    change_rhythm,
    confirm_alert,
    end_alert,
    pause_alert,
)
from open311.queries.city import City
from open311.queries.residents.alerts import AlertInfo, get_alert
from open311.residents.alert_form import rhythm_options
from open311.residents.form_fields import typed_in
from open311.residents.pages import site_pages
from open311.web.alert_words import AlertWords, list_path
from open311.web.languages import language
from open311.web.parameters import parse, sent_values
from open311.web.site import link, site_city, site_page
from schemas.requests.alerts import AlertActSchema

blueprint = site_pages("site_alert")

_ACTS = {"confirm": confirm_alert, "pause": pause_alert, "end": end_alert}


@blueprint.get("/a/<secret>")
def show(secret: str) -> tuple[str, int]:
    """Show an alert. Mail scanners open the link: it changes nothing."""
    city = site_city()
    alert = get_alert(city.scope, secret)
    return site_page(
        "alert.html",
        200,
        secret=secret,
        one=alert_in_words(city, alert),
        state=alert.state,
        rhythms=rhythm_options(),
        **typed_in({"rhythm": [alert.rhythm]}),
    )


@blueprint.post("/a/<secret>")
def change(secret: str) -> Response:
    """Confirm, resume, pause, or end an alert, or choose when its emails come."""
    sent, scope = parse(AlertActSchema(), sent_values()), site_city().scope
    if sent["act"] in _ACTS:
        _ACTS[sent["act"]](scope, secret)
    elif sent["rhythm"] is not None:
        change_rhythm(scope, secret, sent["rhythm"])
    return redirect(link("site_alert.show", secret=secret), 303)


def alert_in_words(city: City, alert: AlertInfo) -> dict[str, Any]:
    """Return what an alert is about, and the public list of it, for a page."""
    reader = language()
    return {**AlertWords(city, reader, alert).values(), "list_url": list_path(alert, reader)}
