"""Page of a boundary set: warnings, changes, publishing, withdrawal, and restoring."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import extent_of
from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.errors import InvalidParameters, Objected, Open311Error
from open311.messages.maps import UNTIL_BEFORE_FIRST, VERSION_NOT_CURRENT
from open311.messages.problem import Problem
from open311.operations.maps.sets import publish_boundary_set, roll_back, withdraw_boundary_set
from open311.operations.routing.reroute import carry_over_due
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope, get_service_area_box
from open311.queries.maps.faults import list_concerns
from open311.queries.maps.layers import find_newest_source
from open311.queries.maps.preview import Preview, preview, review
from open311.queries.maps.schedule import (
    likely_first_day,
    list_scheduled,
    planned_days,
)
from open311.queries.maps.sets import Maps, StoredSet, find_set_in_force, get_set
from open311.queries.requests.conditions import still_open
from open311.queries.routing.decide import read_guide
from open311.queries.routing.objections import list_objections_to
from open311.queries.routing.reroute import pairs
from open311.staff.carried_rules import plan_words
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.staff.rule_wording import RuleWording
from open311.web.page_problems import page_sentence
from open311.web.parameters import first, parse, sent_values
from schemas.maps.forms import DaysSchema
from schemas.vocabulary.days import SINCE_EVER

blueprint = staff_pages("staff_map_sets", "/staff/city/maps", administrators_only)

log = logging.getLogger(__name__)

TYPED = ("first", "until", "carry_over", "carry_rules", "despite")
"""Fields of the form to publish a set."""

Do = Callable[[Scope, StoredSet, Sequence[str]], str]
"""Function that changes a set, with overrides, and returns a sentence about it."""


@blueprint.get("/<int(max=2147483647):set_id>")
@login_required  # type: ignore[untyped-decorator]
def show(set_id: int) -> str:
    jurisdiction = city()
    return _show(jurisdiction, get_set(jurisdiction.jurisdiction_id, set_id))


@blueprint.post("/<int(max=2147483647):set_id>/publish")
@login_required  # type: ignore[untyped-decorator]
def publish(set_id: int) -> Response | tuple[str, int]:
    """Publish a draft from an effective date."""
    return _act(set_id, "publish", _publish)


@blueprint.post("/<int(max=2147483647):set_id>/withdraw")
@login_required  # type: ignore[untyped-decorator]
def withdraw(set_id: int) -> Response | tuple[str, int]:
    """Withdraw a set, or discard a draft."""
    return _act(set_id, "withdraw", _withdraw)


@blueprint.post("/<int(max=2147483647):set_id>/roll-back")
@login_required  # type: ignore[untyped-decorator]
def go_back(set_id: int) -> Response | tuple[str, int]:
    """Restore the previous set of a layer."""
    return _act(set_id, "roll-back", _roll_back)


def _publish(jurisdiction: Scope, stored: StoredSet, overrides: Sequence[str]) -> str:
    asked = parse(DaysSchema(), sent_values())
    begin = asked["first"] or _first_day(jurisdiction, stored)
    if asked["until"] is not None and asked["until"] <= begin:
        raise InvalidParameters(UNTIL_BEFORE_FIRST, field="until", day=begin)
    published = publish_boundary_set(
        jurisdiction,
        stored.id,
        first=begin,
        until=asked["until"],
        made_by=user().name,
        carry_over=asked["carry_over"],
        carry_rules=asked["carry_rules"],
        keep_rules=[one for one in sent_values().get("keep_rule", []) if one],
        overrides=overrides,
        despite=asked["despite"].strip(),
    )
    if begin == SINCE_EVER:
        done = str(_("Published. Effective from the beginning."))
    else:
        done = str(_("Published. Effective %(day)s.", day=begin))
    if published.replaced is not None:
        done = f"{done} {_replaced(published.replaced)}"
    if not asked["carry_over"]:
        return done
    lift_time_limit(LONGEST_ON_A_PAGE)
    moved = carry_over_due(jurisdiction)
    if begin > jurisdiction.today():
        later = _("Open requests will be rerouted on that day.")
        return f"{done} {later}"
    told = ngettext(
        "%(count)s open request rerouted.",
        "%(count)s open requests rerouted.",
        moved,
        count=format_decimal(moved),
    )
    return f"{done} {told}"


def _replaced(one: StoredSet) -> str:
    if one.withdrawn_at is None:
        return str(_("It replaces version %(number)s of the same day.", number=one.id))
    return str(
        _(
            "It replaces version %(number)s of the same day, which is withdrawn. The rule changes "
            "of that version are undone.",
            number=one.id,
        )
    )


def _first_day(jurisdiction: Scope, stored: StoredSet) -> date:
    """Return the default effective date: no limit for the first set of a layer, or else today."""
    newest = find_newest_source(jurisdiction.jurisdiction_id, stored.layer)
    return SINCE_EVER if newest is None else jurisdiction.today()


def _withdraw(jurisdiction: Scope, stored: StoredSet, overrides: Sequence[str]) -> str:
    withdraw_boundary_set(jurisdiction, stored.id, made_by=user().name, overrides=overrides)
    return str(_("Version %(number)s withdrawn.", number=stored.id))


def _roll_back(jurisdiction: Scope, stored: StoredSet, overrides: Sequence[str]) -> str:
    if stored.state(jurisdiction.today()) != "in force":
        raise InvalidParameters(VERSION_NOT_CURRENT, number=str(stored.id))
    _present, former = roll_back(
        jurisdiction, stored.layer, made_by=user().name, overrides=overrides
    )
    return str(_("Version %(number)s is in effect again.", number=former.id))


def _act(set_id: int, acting: str, do: Do) -> Response | tuple[str, int]:
    jurisdiction = city()
    stored = get_set(jurisdiction.jurisdiction_id, set_id)
    overrides = sent_values().get("override", [])
    try:
        flash(do(jurisdiction, stored, overrides))
    except Objected as error:
        return _show(jurisdiction, stored, error.problems[-1:], acting, error.objections), 409
    except Open311Error as error:
        return _show(jurisdiction, stored, error.problems, acting), 409
    log.info(
        "Boundary set %d: %s by %r, overridden: %r", set_id, acting, user().name, list(overrides)
    )
    return redirect(url_for("staff_map_sets.show", set_id=set_id), 303)


def former_of(jurisdiction: Scope, stored: StoredSet) -> StoredSet | None:
    """Return the set to compare with: the previous one, or the current one for a draft.

    A withdrawn set is also compared with the current one. None if there is no other set.
    """
    published = stored.in_force_from is not None and stored.withdrawn_at is None
    day = jurisdiction.today()
    if published and stored.in_force_from is not None:
        day = min(day, stored.in_force_from - timedelta(days=1))
    found = find_set_in_force(stored.layer_id, day)
    return None if found is None or found.id == stored.id else found


def _show(
    jurisdiction: Scope,
    stored: StoredSet,
    problems: Sequence[Problem] = (),
    acting: str = "",
    failing: Sequence[tuple[str, Problem]] = (),
) -> str:
    here, today = jurisdiction.jurisdiction_id, jurisdiction.today()
    lift_time_limit(LONGEST_ON_A_PAGE)
    former = former_of(jurisdiction, stored)
    seen = review(here, stored, former)
    state = stored.state(today)
    values, names = sent_values(), list_department_names(here)
    return page(
        "map_set.html",
        jurisdiction,
        one=stored,
        state=state,
        former=former,
        ever=SINCE_EVER,
        seen=seen,
        extent_of=extent_of,
        names_before=boundary_names(seen.former),
        names_now=boundary_names(seen.boundaries),
        bounds=",".join(map(str, get_service_area_box(here) or ())),
        names=names,
        doubts=[page_sentence(Problem.of(one)) for one in seen.doubts],
        typed={name: first(values, name) for name in TYPED},
        kept=values.get("keep_rule", []),
        reason_needed=any(one.field == "despite" for one in problems),
        given=values.get("override", []),
        first_day="" if _first_day(jurisdiction, stored) == SINCE_EVER else str(today),
        problems=problems,
        acting=acting,
        standing=RuleWording(jurisdiction).exceptions(failing),
        planned=planned_days(stored),
        scheduled=list_scheduled(stored.layer_id, today),
        **(_planned(jurisdiction, stored, names) if state in ("draft", "withdrawn") else {}),
    )


def preview_asked(jurisdiction: Scope, stored: StoredSet) -> tuple[date, Preview]:
    """Return the effective date that was entered, and what a set would change from then on.

    Without a valid one, it is the planned one. If it has passed, requests are those of today.
    """
    today = jurisdiction.today()
    asked = likely_first_day(stored, today)
    with suppress(ValueError):
        entered = date.fromisoformat(first(sent_values(), "first") or "")
        asked = entered if entered >= SINCE_EVER else asked
    return asked, preview(jurisdiction, stored, Maps(max(asked, today)), still_open(), asked)


def boundary_names(boundaries: Sequence[CleanBoundary]) -> dict[str, str]:
    """Return the names of boundaries by code; the code itself where there is no name."""
    return {one.code: one.name or one.code for one in boundaries}


def _planned(
    jurisdiction: Scope, stored: StoredSet, departments: Mapping[int, str]
) -> Mapping[str, Any]:
    """Return the changes if a draft began as asked, and the rules and tests that would fail.

    If that day has passed, requests and tests are those of today.
    """
    today = jurisdiction.today()
    asked, found = preview_asked(jurisdiction, stored)
    on, plan = max(asked, today), found.plan
    here = jurisdiction.jurisdiction_id
    former = find_set_in_force(stored.layer_id, asked)
    objections = [
        *list_concerns(here, stored, former).faults,
        *list_objections_to(
            jurisdiction,
            stored.layer_id,
            stored.id,
            on,
            plan.applied_to(read_guide(jurisdiction)),
            plan.ended,
        ),
    ]
    return {
        "carrying": plan_words(plan, departments),
        "asked": asked,
        "later": on if on > today else None,
        "open_now": found.after.total,
        "moves": sorted(pairs(found.moved).items(), key=lambda entry: (-entry[1], entry[0])),
        "pinned": sum(one.pinned for one in found.moved),
        "objections": RuleWording(jurisdiction).exceptions(
            (one.name, one.problem) for one in objections
        ),
    }
