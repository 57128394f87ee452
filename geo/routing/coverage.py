"""What a city's rules leave open, and which of them get in each other's way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from geo.routing.rules import Rule
from geo.routing.times import Times


@dataclass(frozen=True)
class Gap:
    """A service that no rule always applies to: in a boundary, outside of a layer, or anywhere."""

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
    """The codes of a layer's boundaries, and whether they leave nothing of the city out."""

    codes: Sequence[str]
    covers_all: bool


def list_gaps(
    rules: Sequence[Rule], groups: Mapping[str, str], layers: Mapping[str, Layer]
) -> Iterator[Gap]:
    """List what falls to the default department.

    groups holds the group of each service. Rules for some times or answers alone leave the rest
    open, and close no gap. A service that the rules of one layer send everywhere has none; else
    what each layer leaves open is listed, which rules of another may close in part.
    """
    for service_code, group in groups.items():
        always = [
            rule
            for rule in rules
            if rule.service_code in (None, service_code)
            and rule.group in (None, group)
            and not rule.times
            and rule.question is None
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
    """List pairs of rules of equal rank that can apply to one case: the first of each wins.

    rules are in precedence. Rules for other services or places never meet, nor do those for two
    answers to one question, or for times that have nothing in common.
    """
    return [pair for pair in combinations(rules, 2) if _can_meet(*pair)]


def _can_meet(one: Rule, other: Rule) -> bool:
    return (
        one.rank == other.rank
        and (one.service_code, one.group) == (other.service_code, other.group)
        and (one.layer, one.boundary) == (other.layer, other.boundary)
        and (one.question != other.question or one.answer == other.answer)
        and _may_overlap(one.times, other.times)
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
"""A span without an end."""


def _runs_over_midnight(times: Times) -> bool:
    """Tell whether times that begin on one day end on the next, and may meet those of that day."""
    begin, end = _clock(times)
    return begin > end


def _clock(times: Times) -> Span:
    """Give the span of times of day as texts, whose order is theirs."""
    if times.time_from is None or times.time_until is None:
        return EVER
    return times.time_from.isoformat(), times.time_until.isoformat()


def _season(times: Times) -> Span:
    if times.season_from is None or times.season_until is None:
        return EVER
    return times.season_from, times.season_until


def _share(one: Span, other: Span, *, closed: bool) -> bool:
    """Tell whether two spans on a circle share a point; without ends a span is all of it."""
    if EVER in (one, other):
        return True
    return _holds(one, other[0], closed=closed) or _holds(other, one[0], closed=closed)


def _holds(span: Span, point: str, *, closed: bool) -> bool:
    begin, end = span
    before_end = point <= end if closed else point < end
    return (begin <= point and before_end) if begin <= end else (begin <= point or before_end)


@dataclass(frozen=True)
class IdleRule:
    """A rule that never decides, and those that do instead; none where no service is its own."""

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
    """List the rules that can never decide. rules are in precedence; groups holds each service's.

    A rule is idle where for each of its services a single stronger one applies in all its places,
    for all its answers and times. Several that do so only together are not looked for.
    """
    return list(_idle(rules, groups, layers))


def _idle(
    rules: Sequence[Rule], groups: Mapping[str, str], layers: Mapping[str, Layer]
) -> Iterator[IdleRule]:
    for place, rule in enumerate(rules):
        stronger = rules[:place]
        instead: dict[str, Rule] = {}
        for service_code, group in groups.items():
            if not _is_for(rule, service_code, group):
                continue
            winner = next(
                (
                    one
                    for one in stronger
                    if _is_for(one, service_code, group) and _takes_all_of(one, rule, layers)
                ),
                None,
            )
            if winner is None:
                break
            instead[winner.code] = winner
        else:
            yield IdleRule(rule, tuple(instead.values()))


def _is_for(rule: Rule, service_code: str, group: str) -> bool:
    return rule.service_code in (None, service_code) and rule.group in (None, group)


def _takes_all_of(one: Rule, other: Rule, layers: Mapping[str, Layer]) -> bool:
    """Tell whether one rule applies wherever another does, of the same service."""
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
