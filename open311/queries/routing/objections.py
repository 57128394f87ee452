"""What speaks against a change of the map, and whether it has been overridden by name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from open311.errors import Conflict, Objected
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.maps.sets import Maps, find_set_in_force
from open311.queries.routing.canaries import check_canaries
from open311.queries.routing.rules import list_rules_naming_others


@dataclass(frozen=True)
class Objection:
    """A canary that would go elsewhere, or a rule that would point to nothing; by its name."""

    name: str
    sentence: str


def list_objections(jurisdiction: JurisdictionInfo, layer_id: int, on: date) -> list[Objection]:
    """List what speaks against the map as it is stored now for a day, by rules and canaries.

    Call it after the change and before the commit.
    """
    stored = find_set_in_force(layer_id, on)
    return _objections(jurisdiction, layer_id, None if stored is None else stored.id, Maps(on))


def list_objections_to(
    jurisdiction: JurisdictionInfo, layer_id: int, set_id: int, on: date
) -> list[Objection]:
    """List what would speak against a set in force on a day, and store nothing."""
    return _objections(jurisdiction, layer_id, set_id, Maps(on, instead={layer_id: set_id}))


def list_canary_objections(jurisdiction: JurisdictionInfo, maps: Maps) -> list[Objection]:
    """List the canaries that go elsewhere by these maps and the rules as they are stored now."""
    return [
        Objection(one.canary.name, str(one))
        for one in check_canaries(jurisdiction, maps)
        if not one.agrees
    ]


def _objections(
    jurisdiction: JurisdictionInfo, layer_id: int, set_id: int | None, maps: Maps
) -> list[Objection]:
    rules = [
        Objection(rule, f"rule {rule} names {place}, which would be gone")
        for rule, place in list_rules_naming_others(layer_id, set_id)
    ]
    return [*rules, *list_canary_objections(jurisdiction, maps)]


def check_overrides(objections: Sequence[Objection], overrides: Collection[str]) -> None:
    """Raise Objected unless each objection is overridden by its name, and nothing else is."""
    standing = [one for one in objections if one.name not in overrides]
    if standing:
        raise Objected(
            *(f"{one.sentence[0].upper()}{one.sentence[1:]}." for one in standing),
            "Nothing has been changed. Mend the map or the rule, or override each by its name: "
            + " ".join(f"--override {one.name}" for one in standing),
            standing=[(one.name, one.sentence) for one in standing],
        )
    idle = sorted(set(overrides) - {one.name for one in objections})
    if idle:
        raise Conflict(f"Nothing objects under the name {idle[0]}: leave out --override {idle[0]}.")
