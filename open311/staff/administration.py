"""Start page of administration."""

from flask import current_app
from flask_login import login_required

from open311.queries.catalog.editing import list_stored_departments, list_stored_services
from open311.queries.forwarding.endpoints import list_endpoints as list_servers
from open311.queries.maps.sets import Maps, list_sets_of
from open311.queries.people.api_keys import list_api_keys
from open311.queries.people.users import list_users
from open311.queries.residents.site import SiteInfo, find_site
from open311.queries.routing.rules import list_rules
from open311.queries.telling.messages import count_states
from open311.queries.webhooks.endpoints import list_endpoints
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.web.languages import say as _
from schemas.vocabulary.telling import HAVE_FAILED

blueprint = staff_pages("staff_city", "/staff/city", administrators_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    services = list_stored_services(here)
    return page(
        "city.html",
        jurisdiction,
        users=sum(one.disabled_at is None for one in list_users(here)),
        keys=sum(key.revoked_at is None for key in list_api_keys(here)),
        webhooks=len(list_endpoints(here)),
        departments=len(list_stored_departments(here)),
        services=sum(one.active for one, _open in services),
        rules=len(list_rules(here)),
        site_state=_site_state(find_site(here)),
        failed_emails=_failed_emails(here),
        servers=len(list_servers(here)),
        maps=len(list_sets_of(here, Maps(jurisdiction.today()))),
    )


def _failed_emails(jurisdiction_id: str) -> int | None:
    """Return the number of emails that have failed or bounced; None if this server sends none."""
    if current_app.config["OPEN311_MAIL"] is None:
        return None
    numbers = count_states(jurisdiction_id)
    return sum(numbers.get(state, 0) for state in HAVE_FAILED)


def _site_state(site: SiteInfo | None) -> str:
    if site is None:
        return _("none")
    return _("open") if site.takes_reports else _("closed")
