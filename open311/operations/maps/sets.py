"""Life cycle of boundary sets: import, publish, withdraw, roll back."""

from collections.abc import Collection
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
from open311.queries.routing.carrying import check_choices, plan_rules
from open311.queries.routing.objections import Objection, check_overrides, list_objections
from open311.steps.analyze import MAPS, store_statistics
from open311.steps.maps.carried_rules import store_continuations
from open311.steps.maps.service_area import store_service_area
from open311.steps.maps.sets import (
    store_draft,
    store_published_set,
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


@operation
def import_boundaries(new: NewBoundarySet, overrides: Collection[str] = ()) -> int:
    """Store a boundary set and publish it at once; return its number.

    Raises Conflict if its dates leave a gap, Doubted if it is doubtful and new.despite is empty,
    and Objected if there are objections.
    """
    former = _find_former(new)
    stored = store_published_set(new)
    concerns = list_concerns(new.jurisdiction_id, stored, former)
    check_reason(concerns.doubts, new.despite)
    check_overrides([*concerns.faults, *_objections_to(stored, new)], overrides)
    store_statistics(*MAPS)
    return stored.id


def _find_former(new: NewBoundarySet) -> StoredSet | None:
    layer_id = find_layer_id(new.jurisdiction_id, new.layer)
    first = new.in_force_from or SINCE_EVER
    return None if layer_id is None else find_set_in_force(layer_id, first)


@trial
def try_import(new: NewBoundarySet) -> list[Objection]:
    """List the objections to publishing a boundary set, and store nothing."""
    former = _find_former(new)
    stored = store_published_set(new)
    faults = list_concerns(new.jurisdiction_id, stored, former).faults
    return [*faults, *_objections_to(stored, new)]


def _objections_to(stored: StoredSet, new: NewBoundarySet) -> list[Objection]:
    jurisdiction = get_jurisdiction(new.jurisdiction_id)
    today = jurisdiction.today()
    day = max(new.in_force_from or today, today)
    return list_objections(jurisdiction, stored.layer_id, day)


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
) -> None:
    """Publish a draft or a withdrawn set, in effect from a day of the jurisdiction's calendar.

    Raises NotFound, and Conflict if it is published, leaves a gap, is doubtful, or has
    objections. carry_over asks to reroute open service requests on that day. despite is the reason
    to publish a doubtful set, empty for none. carry_rules ends the rules of codes that others
    continue on that day, and begins rules for the new codes; where boundaries merge whose rules
    disagree, keep_rules names the one that continues, and Conflict asks for it.
    """
    lift_time_limit(LONGEST_ON_A_PAGE)  # a large map is examined between two statements
    stored = _get_unpublished(jurisdiction, set_id)
    former = find_set_in_force(stored.layer_id, first)
    concerns = list_concerns(jurisdiction.jurisdiction_id, stored, former)
    check_reason(concerns.doubts, despite)
    store_publishing(stored, first, until, made_by, carry_over=carry_over, despite=despite)
    if carry_rules:
        _carry_rules(jurisdiction, stored, first, keep_rules)
    day = max(first, jurisdiction.today())
    objections = list_objections(jurisdiction, stored.layer_id, day)
    check_overrides([*concerns.faults, *objections], overrides)


def _carry_rules(
    jurisdiction: Scope, stored: StoredSet, first: date, chosen: Collection[str]
) -> None:
    here = jurisdiction.jurisdiction_id
    plan = plan_rules(here, stored, first, chosen)
    check_choices(plan, chosen)
    published = get_set(here, stored.id)
    store_continuations(stored, plan.continuations, first, published.in_force_until)


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
