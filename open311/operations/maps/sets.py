"""Life cycle of boundary sets: import, publish, withdraw, roll back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from shapely.geometry import MultiPolygon

from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.errors import Conflict, NotFound
from open311.messages.maps import (
    LAYER_UNKNOWN,
    NO_EARLIER_VERSION,
    VERSION_PUBLISHED,
    VERSION_WITHDRAWN_ALREADY,
)
from open311.operations.transaction import operation, trial
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.area_doubts import list_area_doubts
from open311.queries.maps.doubts import check_reason
from open311.queries.maps.faults import list_concerns
from open311.queries.maps.layers import find_layer_id
from open311.queries.maps.sets import StoredSet, find_set_in_force, get_set
from open311.queries.routing.carrying import (
    RulePlan,
    check_choices,
    check_chosen,
    plan_rules,
)
from open311.queries.routing.objections import Objection, check_overrides, list_objections
from open311.steps.analyze import MAPS, store_statistics
from open311.steps.maps.carried_rules import store_continuations
from open311.steps.maps.service_area import store_service_area
from open311.steps.maps.sets import (
    store_draft,
    store_publishing,
    store_withdrawal,
)
from open311.steps.values.boundary_sets import NewBoundarySet
from schemas.vocabulary.days import SINCE_EVER


@operation
def import_draft(new: NewBoundarySet) -> int:
    """Store a boundary set as a draft, and return its number."""
    set_id = store_draft(new)
    store_statistics(*MAPS)
    return set_id


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """How a boundary set is published, as publish_boundary_set has it."""

    first: date
    until: date | None
    made_by: str
    carry_over: bool = False
    carry_rules: bool = False
    keep_rules: Collection[str] = ()
    overrides: Collection[str] = ()
    despite: str = ""


@dataclass(frozen=True)
class Published:
    """A published set, and the set of the same day that it replaces, as it is afterward."""

    set_id: int
    replaced: StoredSet | None


@operation
def import_boundaries(
    new: NewBoundarySet,
    overrides: Collection[str] = (),
    *,
    carry_over: bool = False,
    carry_rules: bool = False,
    keep_rules: Collection[str] = (),
) -> Published:
    """Store a boundary set and publish it at once, as publish_boundary_set does."""
    stored = get_set(new.jurisdiction_id, store_draft(new))
    terms = _Terms(
        first=new.in_force_from or SINCE_EVER,
        until=new.in_force_until,
        made_by=new.made_by,
        carry_over=carry_over,
        carry_rules=carry_rules,
        keep_rules=keep_rules,
        overrides=overrides,
        despite=new.despite,
    )
    published = _publish(get_jurisdiction(new.jurisdiction_id), stored, terms)
    store_statistics(*MAPS)
    return published


@trial
def try_import(
    new: NewBoundarySet, *, carry_rules: bool = False, keep_rules: Collection[str] = ()
) -> list[Objection]:
    """List the objections to publishing a boundary set, and store nothing.

    Rules of a merge for which a choice is missing end, and none takes their place. Raises Conflict
    for a choice of a rule that has none.
    """
    jurisdiction, here = get_jurisdiction(new.jurisdiction_id), new.jurisdiction_id
    stored = get_set(here, store_draft(new))
    first = new.in_force_from or SINCE_EVER
    faults = list_concerns(here, stored, find_set_in_force(stored.layer_id, first)).faults
    store_publishing(stored, first, new.in_force_until, new.made_by, despite=new.despite)
    if carry_rules:
        plan = plan_rules(here, stored, first, keep_rules)
        check_chosen(plan, keep_rules)
        _carry_rules(here, stored, plan)
    day = max(first, jurisdiction.today())
    return [*faults, *list_objections(jurisdiction, stored.layer_id, day)]


@operation
def publish_boundary_set(
    jurisdiction: Scope,
    set_id: int,
    *,
    first: date,
    until: date | None,
    made_by: str,
    carry_over: bool = False,
    carry_rules: bool = False,
    keep_rules: Collection[str] = (),
    overrides: Collection[str] = (),
    despite: str = "",
) -> Published:
    """Publish a draft or a withdrawn set, in effect from a day of the jurisdiction's calendar.

    Raises NotFound, Conflict if it is published or leaves a gap, Doubted if it is doubtful and
    despite, the reason to publish it all the same, is empty, and Objected if there are objections.
    carry_over asks to reroute open service requests on that day. carry_rules ends the rules of
    codes that others continue on that day, and begins rules for the new codes; where boundaries
    merge whose rules disagree, keep_rules names the one that continues, and Conflict asks for it.
    """
    lift_time_limit(LONGEST_ON_A_PAGE)  # a large map is examined between two statements
    stored = _get_unpublished(jurisdiction, set_id)
    terms = _Terms(
        first=first,
        until=until,
        made_by=made_by,
        carry_over=carry_over,
        carry_rules=carry_rules,
        keep_rules=keep_rules,
        overrides=overrides,
        despite=despite,
    )
    return _publish(jurisdiction, stored, terms)


def _publish(jurisdiction: Scope, stored: StoredSet, terms: _Terms) -> Published:
    here, first = jurisdiction.jurisdiction_id, terms.first
    concerns = list_concerns(here, stored, find_set_in_force(stored.layer_id, first))
    check_reason(concerns.doubts, terms.despite)
    replaced = store_publishing(
        stored,
        first,
        terms.until,
        terms.made_by,
        carry_over=terms.carry_over,
        despite=terms.despite,
    )
    if terms.carry_rules:
        plan = plan_rules(here, stored, first, terms.keep_rules)
        check_choices(plan, terms.keep_rules)
        _carry_rules(here, stored, plan)
    day = max(first, jurisdiction.today())
    objections = list_objections(jurisdiction, stored.layer_id, day)
    check_overrides([*concerns.faults, *objections], terms.overrides, jurisdiction.units)
    return Published(stored.id, None if replaced is None else get_set(here, replaced.id))


def _carry_rules(here: str, stored: StoredSet, plan: RulePlan) -> None:
    until = get_set(here, stored.id).in_force_until  # where a later set begins, at the latest
    store_continuations(stored, plan.continuations, plan.day, until)


@operation
def withdraw_boundary_set(
    jurisdiction: Scope, set_id: int, *, made_by: str, overrides: Collection[str] = ()
) -> None:
    """Withdraw a published boundary set, or discard a draft.

    Service requests keep the boundaries they got while it was in effect. Raises NotFound and
    Conflict.
    """
    stored = get_set(jurisdiction.jurisdiction_id, set_id)
    if stored.withdrawn_at is not None:
        raise Conflict(VERSION_WITHDRAWN_ALREADY, number=str(set_id))
    store_withdrawal(stored, made_by)
    if stored.in_force_from is not None:
        day = max(stored.in_force_from, jurisdiction.today())
        check_overrides(list_objections(jurisdiction, stored.layer_id, day), overrides)


@operation
def roll_back(
    jurisdiction: Scope, layer: str, *, made_by: str, overrides: Collection[str] = ()
) -> tuple[StoredSet, StoredSet]:
    """Withdraw a layer's current boundary set, which restores the previous one.

    Returns both: the withdrawn set and the restored one. Raises NotFound, and Conflict if there is
    no previous set.
    """
    layer_id = find_layer_id(jurisdiction.jurisdiction_id, layer)
    if layer_id is None:
        raise NotFound(LAYER_UNKNOWN, field="layer", layer=layer)
    today = jurisdiction.today()
    present = find_set_in_force(layer_id, today)
    if present is not None:
        store_withdrawal(present, made_by)
    former = find_set_in_force(layer_id, today)
    if present is None or former is None:
        raise Conflict(NO_EARLIER_VERSION, layer=layer)
    check_overrides(list_objections(jurisdiction, layer_id, today), overrides)
    return present, former


def _get_unpublished(jurisdiction: Scope, set_id: int) -> StoredSet:
    stored = get_set(jurisdiction.jurisdiction_id, set_id)
    if stored.withdrawn_at is None and stored.in_force_from is not None:
        raise Conflict(VERSION_PUBLISHED, number=str(set_id), day=stored.in_force_from)
    return stored


@operation
def import_service_area(
    jurisdiction: Scope, area: MultiPolygon, source: str, despite: str = ""
) -> None:
    """Store a service area (degrees WGS 84) in place of the previous one.

    Raises Doubted if it is doubtful and despite, which is kept with the source, is empty.
    """
    check_reason(list_area_doubts(jurisdiction, area), despite)
    origin = f'{source}, despite warnings because "{despite}"' if despite else source
    store_service_area(jurisdiction.jurisdiction_id, area, origin)
