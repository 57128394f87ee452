"""What a boundary set would change before it is in force: its areas, and who would move."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from geo.comparison import compare_boundaries
from open311.queries.boundaries import list_boundaries
from open311.queries.boundary_sets import StoredSet, find_set_in_force
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.rerouting import Rerouted, reroute


@dataclass(frozen=True)
class Preview:
    """What changes in the layer, in sentences, and every service request in scope.

    before holds where the maps in force would send each, as its present department may have been
    settled otherwise; after, where the set would.
    """

    changes: Sequence[str]
    before: Sequence[Rerouted]
    after: Sequence[Rerouted]

    @property
    def moved(self) -> list[Rerouted]:
        """Those that the set sends elsewhere than they are, and the present maps do not."""
        same = {one.pk for one in self.before if one.moves}
        return [one for one in self.after if one.moves and one.pk not in same]

    @property
    def load(self) -> dict[int, tuple[int, int]]:
        """How many each department would have by the present maps, and by the set."""
        counts = [
            Counter(one.decision.department_id for one in side if one.decision is not None)
            for side in (self.before, self.after)
        ]
        return {id_: (counts[0][id_], counts[1][id_]) for id_ in sorted({*counts[0], *counts[1]})}


def preview(
    jurisdiction: JurisdictionInfo, stored: StoredSet, now: Maps, scope: ColumnElement[bool]
) -> Preview:
    """Look at a set as if it were in force on the day of the maps, beside what is in force then."""
    present = find_set_in_force(stored.layer_id, now.on)
    old = [] if present is None else list_boundaries(present.id)
    planned = Maps(now.on, instead={stored.layer_id: stored.id})
    return Preview(
        changes=compare_boundaries(old, list_boundaries(stored.id)),
        before=reroute(jurisdiction, now, scope),
        after=reroute(jurisdiction, planned, scope),
    )
