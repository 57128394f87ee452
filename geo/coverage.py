"""What a city's rules leave open, and which of them get in each other's way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from geo.rules import Rule
from geo.times import Times


@dataclass(frozen=True)
class Gap:
    """A service at a boundary, or anywhere, that no rule always applies to."""

    service_code: str
    layer: str | None
    boundary: str | None

    def __str__(self) -> str:
        where = "anywhere" if self.layer is None else f"in {self.layer} {self.boundary}"
        return f"{self.service_code} {where}"


def list_gaps(
    rules: Sequence[Rule], groups: Mapping[str, str], boundaries: Mapping[str, Sequence[str]]
) -> Iterator[Gap]:
    """List what falls to the default department.

    groups holds the group of each service, boundaries the codes of each layer. A service is
    looked at in the layers that its rules name; one without such rules, as a whole. Rules for
    some times or answers alone leave the rest open, and close no gap.
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
        layers = [layer for layer in boundaries if any(rule.layer == layer for rule in always)]
        if not layers:
            yield Gap(service_code, None, None)
        for layer in layers:
            named = {rule.boundary for rule in always if rule.layer == layer}
            if None not in named:
                missing = (code for code in boundaries[layer] if code not in named)
                yield from (Gap(service_code, layer, code) for code in missing)


def list_competitors(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """List pairs of rules of equal rank that can apply to one case: the first of each wins.

    rules are in precedence. Rules for other services or places never meet, nor do those for
    times that have nothing in common.
    """
    return [pair for pair in combinations(rules, 2) if _can_meet(*pair)]


def _can_meet(one: Rule, other: Rule) -> bool:
    return (
        one.rank == other.rank
        and (one.service_code, one.group) == (other.service_code, other.group)
        and (one.layer, one.boundary) == (other.layer, other.boundary)
        and _may_overlap(one.times, other.times)
    )


def _may_overlap(one: Times, other: Times) -> bool:
    if one.hours and other.hours and one.hours != other.hours:
        return False
    if one.weekdays and other.weekdays and not one.weekdays & other.weekdays:
        return False
    return _share(_clock(one), _clock(other), closed=False) and _share(
        _season(one), _season(other), closed=True
    )


Span = tuple[str, str]
EVER: Span = ("", "")
"""A span without an end."""


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
