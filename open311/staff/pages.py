"""Shared parts of staff pages: access, navigation, base map, and rendering."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
    url_for,
)
from flask_babel import lazy_gettext
from flask_login import current_user, login_required

from geo.distances import area, distance
from open311.actor import Actor, act_as
from open311.errors import NotAllowed, NotFound, Open311Error, SignInDelayed
from open311.messages.access import NOT_SIGNED_IN, WORKSPACE_CLOSED
from open311.messages.people import ADMINISTRATORS_ONLY
from open311.messages.problem import Problem
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo
from open311.queries.requests.due_dates import look_overdue_since
from open311.roles import WITH_WORK
from open311.staff.rule_wording import RuleWording
from open311.staff.wording import (
    channel_name,
    detail_name,
    finding_name,
    forwarding_name,
    happening_name,
    hold_name,
    message_name,
    message_state,
    priority_name,
    role_name,
    sort_name,
    status_name,
    triage_names,
)
from open311.web.base_map import LayerSource, base_map, base_map_file
from open311.web.bodies import sent
from open311.web.dates import day_words, medium_day, moment_words
from open311.web.freshness import snapshot
from open311.web.languages import language
from open311.web.page_policy import protect
from open311.web.page_problems import page_problems, place_beside
from open311.web.parameters import public_address, sent_values
from open311.web.phone_links import phone_link
from open311.web.sessions import csrf, signed_in
from schemas.vocabulary.languages import LANGUAGES


@dataclass(frozen=True)
class Entry:
    """A navigation entry: endpoint, label, and the roles that see it (everyone if empty)."""

    endpoint: str
    text: object
    parameters: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The URL of the endpoint."""
        return url_for(self.endpoint, **self.parameters)

    @property
    def label(self) -> str:
        """The label in the language of the page."""
        return str(self.text)

    @property
    def here(self) -> bool:
        """Whether this is the current page."""
        return request.endpoint == self.endpoint


ENTRIES = (
    Entry("staff_day.show", lazy_gettext("Work queue")),
    Entry("staff_finding.index", lazy_gettext("Requests"), {"status": "open"}),
    Entry("staff_shifts.show", lazy_gettext("My shift"), roles=WITH_WORK),
    Entry("staff_calls.start", lazy_gettext("New request"), roles=WITH_WORK),
    Entry("staff_saving.index", lazy_gettext("Saved views")),
    Entry("staff_insights.week", lazy_gettext("Insights")),
    Entry("staff_city.index", lazy_gettext("Administration"), roles=("administrator",)),
)


def navigation(user: UserInfo) -> list[Entry]:
    """List the navigation entries for a user."""
    return [entry for entry in ENTRIES if not entry.roles or user.role in entry.roles]


log = logging.getLogger(__name__)


def staff_pages(name: str, path: str, *first: Callable[[], None]) -> Blueprint:
    """Return a blueprint of staff pages with access checks, headers, and template functions.

    first are called before the form is read, in their order.
    """
    blueprint = Blueprint(name, __name__, url_prefix=path)
    for do in (*first, check_form):
        blueprint.before_request(do)
    blueprint.teardown_request(_stop_acting)
    blueprint.after_request(protect)
    blueprint.context_processor(words)
    return blueprint


def check_form() -> None:
    """Check the CSRF token of a form; raises NotFound if the workspace has no secret key."""
    if not current_app.config["OPEN311_SECRET_KEY"]:
        log.warning("The workspace is closed because OPEN311_SECRET_KEY is not set.")
        raise NotFound(WORKSPACE_CLOSED)
    if request.method == "POST":
        sent()  # stores the body for later readers
        csrf.protect()


def administrators_only() -> None:
    """Raise NotAllowed for signed-in users who are not administrators.

    Others are redirected to the sign-in page later.
    """
    someone = signed_in(current_user)
    if someone is not None and someone.role != "administrator":
        raise NotAllowed(ADMINISTRATORS_ONLY)
    leave_name()


def leave_name() -> None:
    """Let what a form changes leave the name of the user in the audit."""
    someone = signed_in(current_user) if request.method == "POST" else None
    if someone is not None:
        act_as(Actor("user", someone.name))


def _stop_acting(_error: BaseException | None) -> None:
    act_as(None)


def staff_base_map() -> LayerSource:
    """Return the base map for a staff page."""
    return base_map(city_snapshot().base_map, url_for("staff_base_map.show"))


def user() -> UserInfo:
    """Return the signed-in user. Views require one with login_required."""
    info = signed_in(current_user)
    if info is None:
        _not_signed_in()
    return info


def _not_signed_in() -> NoReturn:
    raise NotFound(NOT_SIGNED_IN)


def city() -> Scope:
    """Return the jurisdiction of the signed-in user."""
    return city_snapshot().scope.at(public_address())


def city_snapshot() -> City:
    """Return the snapshot of the signed-in user's city, for pages that change nothing of it."""
    return snapshot().cities[user().jurisdiction_id]


def page(
    template: str, jurisdiction: Scope, problems: Sequence[Problem] = (), **values: Any
) -> str:
    """Return a page. Times are shown in the jurisdiction's time zone.

    problems are listed at the top, and each is placed beside its field.
    """
    zone = jurisdiction.zone
    shown = page_problems(problems, jurisdiction.units)
    made = render_template(
        f"staff/{template}",
        user=user(),
        phone_link=phone_link,
        is_look_overdue=lambda held_since: held_since <= look_overdue(),
        field_day=lambda moment: "" if moment is None else f"{moment.astimezone(zone):%F}",
        problems=shown,
        **{**shown_in(jurisdiction), "rule_words": RuleWording(jurisdiction), **values},
    )
    return place_beside(made, shown, request.path, sent_values()) if shown else made


def shown_in(jurisdiction: Scope) -> dict[str, Any]:
    """Return a city for templates, and how they show times and lengths there; now is aware."""
    zone, units, reader = jurisdiction.zone, jurisdiction.units, language()
    return {
        "city": jurisdiction,
        "now": datetime.now(UTC),
        "local": partial(moment_words, zone=zone, language=reader),
        "day": partial(day_words, zone=zone, language=reader),
        "whole_day": partial(medium_day, language=reader),
        "distance": partial(distance, units=units, language=reader),
        "area": partial(area, units=units, language=reader),
    }


def look_overdue() -> datetime:
    """Return the moment up to which a report was held that staff should have looked at by now."""
    known = city_snapshot()
    return look_overdue_since(known.scope, known.guide.calendar, datetime.now(UTC))


Refusal = tuple[str, int, dict[str, str]]
"""A page with an error, its status, and headers."""


def refusal(shown: str, error: Open311Error, status: int = 400) -> Refusal:
    """Return a page that shows an error; after too many failed sign-ins it says how long to wait.

    The status is then 429, with Retry-After in seconds.
    """
    if isinstance(error, SignInDelayed):
        return shown, 429, {"Retry-After": str(60 * error.minutes)}
    return shown, status, {}


def words() -> dict[str, Any]:
    """Return the values and functions that all staff templates use."""
    return {
        "base_map": staff_base_map,
        "here": lambda: request.full_path.rstrip("?"),
        "language": language,
        "languages": LANGUAGES,
        "navigation": navigation,
        "channel_name": channel_name,
        "finding_name": finding_name,
        "forwarding_name": forwarding_name,
        "detail_name": detail_name,
        "happening_name": happening_name,
        "hold_name": hold_name,
        "message_name": message_name,
        "message_state": message_state,
        "priority_name": priority_name,
        "role_name": role_name,
        "sort_name": sort_name,
        "status_name": status_name,
        "triage_names": triage_names,
    }


blueprint = staff_pages("staff_base_map", "/staff/base-map")


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> Response:
    """Serve the PMTiles file of the city, with range requests (RFC 9110, 14)."""
    return base_map_file(city_snapshot().base_map)
