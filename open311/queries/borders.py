"""Borders near a place, and the departments on their other side."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.borders import Neighbour, moved_into, within
from geo.routing import Decision, choose_department
from open311.queries.departments import list_department_names
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routing import (
    Question,
    calendar_for,
    case_of,
    get_default_department_id,
)
from open311.queries.rules import list_rules


@dataclass(frozen=True)
class NearBorder:
    """A neighbour within the accuracy of a place; department is that on its side, if another."""

    neighbour: Neighbour
    department: str | None

    def __str__(self) -> str:
        one = self.neighbour
        where = f"{one.metres:.1f} m from {one.layer} {one.code}"
        if self.department is None:
            return f"{where}, where the department would be the same"
        return f"{where}, where it would go to {self.department}"


def list_near_borders(
    jurisdiction: JurisdictionInfo,
    question: Question,
    decision: Decision,
    neighbours: Sequence[Neighbour],
    accuracy: float,
) -> list[NearBorder]:
    """List the borders within the accuracy of a place, in metres, in the order of layers."""
    near = within(neighbours, accuracy)
    if not near:
        return []
    rules = list_rules(jurisdiction.jurisdiction_id)
    calendar = calendar_for(jurisdiction.jurisdiction_id, rules)
    case = case_of(jurisdiction, question, calendar)
    default = get_default_department_id(jurisdiction.jurisdiction_id)
    there = {
        one: choose_department(rules, case, moved_into(decision.hits, one), default).department_id
        for one in near
    }
    names = list_department_names(jurisdiction.jurisdiction_id)
    return [
        NearBorder(one, None if id_ == decision.department_id else names[id_])
        for one, id_ in there.items()
    ]
