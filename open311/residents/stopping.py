"""GET and POST /u/{secret}: end the messages about a request or of an alert, or all to a person."""

from open311.operations.residents.alerts import end_alert, refuse_alerts
from open311.operations.residents.following import refuse_messages, settle_following
from open311.queries.residents.alerts import find_alert
from open311.queries.residents.capabilities import get_following
from open311.residents.alert_page import alert_in_words
from open311.residents.pages import site_pages
from open311.web.catalog_words import page_words
from open311.web.parameters import first, sent_values
from open311.web.site import site_city, site_page
from schemas.vocabulary.alerts import ENDED

# Mail programs post here for their users (RFC 8058), with no cookie and from no page of ours.
blueprint = site_pages("site_stopping", takes_foreign_forms=True)

REFUSE = "refuse"
"""What the button sends that ends all emails to an address; every other form ends those about one
request, also List-Unsubscribe=One-Click.
"""


@blueprint.get("/u/<secret>")
def show(secret: str) -> tuple[str, int]:
    """Ask what to end. Mail scanners open the link: it changes nothing."""
    return _page(secret)


@blueprint.post("/u/<secret>")
def stop(secret: str) -> tuple[str, int]:
    """End the emails, and say so in the answer: a mail program follows no redirect."""
    scope = site_city().scope
    refuses = first(sent_values(), "act") == REFUSE
    if find_alert(scope, secret) is None:
        if refuses:
            refuse_messages(scope, secret)
        else:
            settle_following(scope, secret, wanted=False)
    elif refuses:
        refuse_alerts(scope, secret)
    else:
        end_alert(scope, secret)
    return _page(secret, done=REFUSE if refuses else "")


def _page(secret: str, done: str = "") -> tuple[str, int]:
    city = site_city()
    alert = find_alert(city.scope, secret)
    if alert is not None:
        one, ended = alert_in_words(city, alert), alert.state == ENDED
        return site_page("stop_alert.html", secret=secret, one=one, done=done, ended=ended)
    found = get_following(city.scope, secret)
    one = {
        "service_request_id": found.service_request_id or "",
        "service_name": page_words(city).service_name(found.service_code, found.service_name),
    }
    return site_page(
        "stop.html",
        secret=secret,
        one=one,
        done=done,
        ended=found.state == "ended",
        kind=found.kind,
        can_begin=found.can_begin,
    )
