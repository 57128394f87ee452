"""GET and POST /f/{secret}: confirm that one follows a request, or end it."""

from flask import redirect
from werkzeug.wrappers import Response

from open311.operations.residents.following import settle_following
from open311.queries.residents.capabilities import get_following
from open311.residents.pages import site_pages
from open311.web.catalog_words import page_words
from open311.web.parameters import parse, sent_values
from open311.web.site import link, site_city, site_page
from schemas.requests.residents import FollowingSchema

blueprint = site_pages("site_following")

STATES = {"unconfirmed": "asked", "on": "following", "ended": "ended"}
"""The names of SUBSCRIPTION_STATES in the template."""


@blueprint.get("/f/<secret>")
def show(secret: str) -> tuple[str, int]:
    """Show what the link of a message is for. Mail scanners open it: it changes nothing."""
    city = site_city()
    found = get_following(city.scope, secret)
    one = {
        "service_request_id": found.service_request_id or "",
        "service_name": page_words(city).service_name(found.service_code, found.service_name),
    }
    state = STATES[found.state]
    return site_page(
        "follow.html",
        secret=secret,
        one=one,
        state=state,
        kind=found.kind,
        can_begin=found.can_begin,
    )


@blueprint.post("/f/<secret>")
def settle(secret: str) -> Response:
    """Confirm or end following."""
    act = parse(FollowingSchema(), sent_values())["act"]
    settle_following(site_city().scope, secret, wanted=act == "confirm")
    return redirect(link("site_following.show", secret=secret), 303)
