"""Gaps in a city's routing rules, and conflicts between rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from geo.routing.rules import Rule
from geo.routing.times import Times


@dataclass(frozen=True)
class Gap:
    """A service without a rule that always applies: in a boundary, outside a layer, or anywhere."""

    service_code: str
    layer: str | None
    boundary: str | None

    def __str__(self) -> str:
        if self.layer is None:
            return f"{self.service_code} anywhere"
        where = f"in {self.layer} {self.boundary}" if self.boundary else f"outside of {self.layer}"
        return f"{self.service_code} {where}"


@dataclass(frozen=True)
class Layer:
    """The codes of a layer's boundaries, and whether they cover the whole service area."""

    codes: Sequence[str]
    covers_all: bool


def list_gaps(
    rules: Sequence[Rule], groups: Mapping[str, str], layers: Mapping[str, Layer]
) -> Iterator[Gap]:
    """List the services and places that go to the default department.

    groups holds the group of each service. Rules limited to some times or answers do not close a
    gap. A service that the rules of one layer cover everywhere has no gap. Otherwise the gaps of
    each layer are listed, even if rules of another layer close a part of them.
    """
    for service_code, group in groups.items():
        always = [
            rule
            for rule in rules
            if rule.is_for(service_code, group) and not rule.times and rule.question is None
        ]
        if any(rule.layer is None for rule in always):
            continue
        found = {
            layer: list(_left_open(service_code, layer, layers[layer], always))
            for layer in layers
            if any(rule.layer == layer for rule in always)
        }
        if not found:
            yield Gap(service_code, None, None)
        elif all(found.values()):
            yield from (gap for gaps in found.values() for gap in gaps)


def _left_open(service_code: str, code: str, layer: Layer, rules: Sequence[Rule]) -> Iterator[Gap]:
    named = {rule.boundary for rule in rules if rule.layer == code}
    if None not in named:
        yield from (Gap(service_code, code, one) for one in layer.codes if one not in named)
    if not layer.covers_all:
        yield Gap(service_code, code, None)


def list_competitors(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """List pairs of rules of equal rank that can apply to one case; the first of each pair wins.

    rules are in precedence order. Rules for different services never compete, nor do rules for
    different answers to a question, for times or effective dates without overlap, or for different
    boundaries, unless their layer is overlapping.
    """
    return [pair for pair in combinations(rules, 2) if _can_meet(*pair)]


def _can_meet(one: Rule, other: Rule) -> bool:
    return (
        one.rank == other.rank
        and _share_a_day(one, other)
        and (one.service_code, one.group) == (other.service_code, other.group)
        and one.layer == other.layer
        and (one.overlapping or one.boundary == other.boundary)
        and (one.question != other.question or one.answer == other.answer)
        and _may_overlap(one.times, other.times)
    )


def _share_a_day(one: Rule, other: Rule) -> bool:
    return all(
        first.effective_from is None
        or second.effective_until is None
        or first.effective_from < second.effective_until
        for first, second in ((one, other), (other, one))
    )


def _may_overlap(one: Times, other: Times) -> bool:
    if one.hours and other.hours and one.hours != other.hours:
        return False
    over_midnight = _runs_over_midnight(one) or _runs_over_midnight(other)
    no_common_day = one.weekdays and other.weekdays and not one.weekdays & other.weekdays
    if no_common_day and not over_midnight:
        return False
    return _share(_clock(one), _clock(other), closed=False) and _share(
        _season(one), _season(other), closed=True
    )


Span = tuple[str, str]

EVER: Span = ("", "")
"""The span without limits."""


def _runs_over_midnight(times: Times) -> bool:
    """Return whether times run past midnight, and so may overlap times of the next day."""
    begin, end = _clock(times)
    return begin > end


def _clock(times: Times) -> Span:
    """Return the span of times of day as texts, which sort in the order of time."""
    if times.time_from is None or times.time_until is None:
        return EVER
    return times.time_from.isoformat(), times.time_until.isoformat()


def _season(times: Times) -> Span:
    if times.season_from is None or times.season_until is None:
        return EVER
    return times.season_from, times.season_until


def _share(one: Span, other: Span, *, closed: bool) -> bool:
    """Return whether two spans on a circle overlap; a span without limits is the whole circle."""
    if EVER in (one, other):
        return True
    return _holds(one, other[0], closed=closed) or _holds(other, one[0], closed=closed)


def _holds(span: Span, point: str, *, closed: bool) -> bool:
    begin, end = span
    before_end = point <= end if closed else point < end
    return (begin <= point and before_end) if begin <= end else (begin <= point or before_end)


@dataclass(frozen=True)
class IdleRule:
    """A rule that never decides, and the rules that outrank it; none if it covers no service."""

    rule: Rule
    instead: tuple[Rule, ...]

    def __str__(self) -> str:
        if not self.instead:
            return f"{self.rule.code} never applies, because no active service uses it"
        codes = ", ".join(rule.code for rule in self.instead)
        verb = "comes" if len(self.instead) == 1 else "come"
        return f"{self.rule.code} never applies, because {codes} {verb} first"


def list_idle_rules(
    rules: Sequence[Rule], groups: Mapping[str, str], layers: Mapping[str, Layer]
) -> list[IdleRule]:
    """List the rules that can never decide.

    rules are in precedence order; groups holds the group of each service. A rule is idle if, for
    each of its services, a single stronger rule applies in all its places, for all its answers and
    times. Combinations of several stronger rules are not examined.
    """
    return list(_idle(rules, groups, layers))


def _idle(
    rules: Sequence[Rule], groups: Mapping[str, str], layers: Mapping[str, Layer]
) -> Iterator[IdleRule]:
    for place, rule in enumerate(rules):
        stronger = rules[:place]
        instead: dict[str, Rule] = {}
        for service_code, group in groups.items():
            if not rule.is_for(service_code, group):
                continue
            winner = next(
                (
                    one
                    for one in stronger
                    if one.is_for(service_code, group) and _takes_all_of(one, rule, layers)
                ),
                None,
            )
            if winner is None:
                break
            instead[winner.code] = winner
        else:
            yield IdleRule(rule, tuple(instead.values()))


def _takes_all_of(one: Rule, other: Rule, layers: Mapping[str, Layer]) -> bool:
    """Return whether one rule applies wherever another rule for the same service does."""
    same_answer = (one.question, one.answer) == (other.question, other.answer)
    return (
        _is_everywhere_of(one, other, layers)
        and (one.question is None or same_answer)
        and (not one.times or one.times == other.times)
    )


def _is_everywhere_of(one: Rule, other: Rule, layers: Mapping[str, Layer]) -> bool:
    if one.layer is None:
        return True
    if one.boundary is None and layers[one.layer].covers_all:
        return True
    return one.layer == other.layer and one.boundary in (None, other.boundary)
