"""Rules that can never decide, because others apply wherever they do and come first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from geo.coverage import Layer
from geo.rules import Rule


@dataclass(frozen=True)
class IdleRule:
    """A rule that never decides, and those that do instead; none where no service is its own."""

    rule: Rule
    instead: tuple[Rule, ...]

    def __str__(self) -> str:
        if not self.instead:
            return f"{self.rule.code} is for no service that is in use"
        codes = ", ".join(rule.code for rule in self.instead)
        verb = "comes" if len(self.instead) == 1 else "come"
        return f"{self.rule.code} never decides, as {codes} {verb} first wherever it applies"


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
