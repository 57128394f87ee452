"""Why one rule outranks another, and what has changed since a request was routed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from geo.rules import Rule

# What rules may be for, by the entries of a rank up to that of the layer, the strongest first.
KINDS = (
    ("an exception layer", "none"),
    ("the service", "its group", "any service"),
    ("an answer", "any answers"),
    ("a boundary", "a layer", "any place"),
    ("some times", "all times"),
)


def criterion(winner: Rule, loser: Rule) -> tuple[str, str]:
    """Return what the winner and the loser are for, by KINDS, or layer or code twice."""
    for kinds, won, lost in zip(KINDS, winner.rank, loser.rank, strict=False):
        if won != lost:
            return kinds[won], kinds[lost]
    return ("layer", "layer") if winner.rank != loser.rank else ("code", "code")


def why_outranked(winner: Rule, loser: Rule) -> str:
    """Return in words by which criterion one of two matching rules outranks the other."""
    won, lost = criterion(winner, loser)
    if won == "layer":
        return f"layer {winner.layer} comes before {loser.layer}"
    if won == "code":
        return f"the code {winner.code} comes first"
    return f"a rule for {won} comes before a rule for {lost}"


@dataclass(frozen=True)
class Outcome:
    """The result of routing a service request, stored or computed again.

    rule is the code of the rule that matched, None without one; places are the codes of
    boundaries by layer; by_person is whether someone chose the department.
    """

    department_id: int
    department: str
    rule: str | None
    reason: str
    places: Mapping[str, str]
    by_person: bool = False

    @property
    def decider(self) -> str:
        """What decided: a person, no rule, or a rule by its code."""
        if self.by_person:
            return "a person"
        return "no rule" if self.rule is None else f"rule {self.rule}"


@dataclass(frozen=True)
class Difference:
    """A difference between a stored and a computed result.

    kind is boundary (codes, None for none), inactive (the code of a rule), decider, reason, or
    department (names).
    """

    kind: str
    stored: str | None
    found: str | None = None
    layer: str = ""

    def __str__(self) -> str:
        """Return a sentence in English, with codes."""
        match self.kind:
            case "boundary":
                was, now = self.stored or "none", self.found or "none"
                return f"Boundary of {self.layer}: {now} instead of {was}."
            case "inactive":
                return f"Rule {self.stored}, which routed the request, is inactive."
            case "decider":
                return f"Decided by {self.found} instead of {self.stored}."
            case "reason":
                return f"The stored reason is different: {self.stored}"
            case _:
                return f"Department: {self.found} instead of {self.stored}."


def list_differences(
    stored: Outcome, found: Outcome, in_use: Collection[str]
) -> tuple[Difference, ...]:
    """List the differences between a stored and a computed result; none if they agree.

    in_use are the codes of all active rules.
    """
    return tuple(_differences(stored, found, in_use))


def _differences(stored: Outcome, found: Outcome, in_use: Collection[str]) -> Iterator[Difference]:
    for layer in {**stored.places, **found.places}:
        was, now = stored.places.get(layer), found.places.get(layer)
        if was != now:
            yield Difference("boundary", was, now, layer)
    if stored.rule is not None and stored.rule not in in_use:
        yield Difference("inactive", stored.rule)
    if stored.decider != found.decider:
        yield Difference("decider", stored.decider, found.decider)
    elif stored.reason != found.reason:
        yield Difference("reason", stored.reason, found.reason)
    if stored.department_id != found.department_id:
        yield Difference("department", stored.department, found.department)
