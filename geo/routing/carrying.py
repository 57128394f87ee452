"""Rules that continue with other boundaries when codes change, as pure functions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from geo.natural_order import natural_key
from geo.routing.rules import Rule, in_precedence

Codes = tuple[tuple[str, ...], tuple[str, ...]]
"""Old codes of boundaries, and the codes that continue them."""


@dataclass(frozen=True)
class Continuation:
    """Rules of old boundaries for the same requests, and the codes with which they continue.

    rule is the one whose department counts from then on. It is None where boundaries merge whose
    rules disagree, or where some have none, until somebody chooses one of rules. covering are the
    rules that codes have for the same requests already. ends is the day, by code, on which a rule
    for the same requests begins that is there already.
    """

    rules: tuple[Rule, ...]
    codes: tuple[str, ...]
    rule: Rule | None
    covering: tuple[Rule, ...] = ()
    ends: Mapping[str, date] = field(default_factory=dict)

    @property
    def ended(self) -> list[Rule]:
        """The rules that end, because another one takes their place."""
        return [one for one in self.rules if one != self.rule or one.boundary not in self.codes]

    @property
    def begun(self) -> list[Rule]:
        """The rules that begin, with codes of their own, and until when they count."""
        rule = self.rule
        if rule is None:
            return []
        covered = {one.boundary for one in self.covering}
        return [
            replace(
                rule,
                boundary=code,
                code=f"{rule.code}-{code}",
                effective_until=earliest(rule.effective_until, self.ends.get(code)),
            )
            for code in self.codes
            if code != rule.boundary and code not in covered
        ]

    @property
    def passing(self) -> list[Rule]:
        """The rules that are there already, but not for good."""
        return [one for one in self.covering if one.effective_until is not None]


def earliest(*ends: date | None) -> date | None:
    """Return the first of several ends; None is no end."""
    return min((one for one in ends if one is not None), default=None)


def list_continuations(
    rules: Iterable[Rule],
    layer: str,
    changed: Iterable[Codes],
    day: date,
    chosen: Collection[str] = (),
) -> list[Continuation]:
    """List how the rules of a layer continue when codes change on a day.

    Rules that begin on the day or later are made for the new codes, and stay as they are: others
    continue until they begin. chosen names, by code, the rules that continue where a merge needs a
    choice.
    """
    of_layer = [one for one in rules if one.layer == layer and one.boundary is not None]
    there = [one for one in of_layer if one.is_effective(day) and one.effective_from != day]
    found = [
        _settled(one, chosen)
        for before, after in changed
        for one in _continue([rule for rule in there if rule.boundary in before], before, after)
    ]
    ending = {one.rule_id for each in found for one in each.ended}
    staying = [
        one
        for one in of_layer
        if one.rule_id not in ending and (one.effective_until is None or one.effective_until > day)
    ]
    found = [_beside(one, staying, day) for one in found]
    return [one for one in found if one.ended or one.begun or one.passing]


def _beside(found: Continuation, staying: Iterable[Rule], day: date) -> Continuation:
    """Return how rules continue beside those that stay."""
    case = _for_the_same(found.rules[0])
    same = [
        one
        for one in staying
        if one.boundary in found.codes and one not in found.rules and _for_the_same(one) == case
    ]
    ends: dict[str, date] = {}
    for one in same:
        if one.effective_from is not None and one.effective_from > day:
            code = one.boundary or ""
            ends[code] = min(one.effective_from, ends.get(code, one.effective_from))
    covering = tuple(one for one in same if one.is_effective(day))
    return replace(found, covering=covering, ends=ends)


def _continue(
    rules: Sequence[Rule], before: tuple[str, ...], after: tuple[str, ...]
) -> Iterator[Continuation]:
    groups: dict[Rule, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(_for_the_same(rule), []).append(rule)
    for same in groups.values():
        same.sort(key=lambda one: (one.boundary not in after, natural_key(one.code)))
        is_everywhere = {one.boundary for one in same} == set(before)
        departments = {one.department_id for one in same}
        agree = is_everywhere and len(departments) == 1
        yield Continuation(tuple(same), after, same[0] if agree else None)


def _for_the_same(rule: Rule) -> Rule:
    """Return what a rule has in common with those for the same requests in other boundaries."""
    return replace(
        rule,
        rule_id=0,
        code="",
        department_id=0,
        boundary=None,
        public_reason="",
        effective_from=None,
        effective_until=None,
    )


def _settled(found: Continuation, chosen: Collection[str]) -> Continuation:
    if found.rule is not None:
        return found
    picked = [one for one in found.rules if one.code in chosen]
    return replace(found, rule=picked[0]) if len(picked) == 1 else found


def carried(rules: Sequence[Rule], found: Iterable[Continuation], day: date) -> list[Rule]:
    """Return the rules as they would be from a day on, in precedence.

    Where a choice is missing, the old rules end and none takes their place.
    """
    continuations = list(found)
    ended = {one.rule_id for each in continuations for one in each.ended}
    begun = [one for each in continuations for one in each.begun]
    kept = [replace(one, effective_until=day) if one.rule_id in ended else one for one in rules]
    return in_precedence([*kept, *(replace(one, effective_from=day) for one in begun)])
