"""Why a rule that applies loses against another, and what has changed since, in words."""

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


def why_outranked(winner: Rule, loser: Rule) -> str:
    """Say by which criterion one of two rules that apply outranks the other."""
    for kinds, won, lost in zip(KINDS, winner.rank, loser.rank, strict=False):
        if won != lost:
            return f"a rule for {kinds[won]} beats one for {kinds[lost]}"
    if winner.rank != loser.rank:
        return f"layer {winner.layer} stands before {loser.layer}"
    return f"the code {winner.code} comes first"


@dataclass(frozen=True)
class Outcome:
    """Where a service request went, or would go.

    rule is the code of the one that decides, None without one; places are the codes of
    boundaries by their layers; by_person is whether someone chose the department.
    """

    department_id: int
    department: str
    rule: str | None
    reason: str
    places: Mapping[str, str]
    by_person: bool = False

    @property
    def decider(self) -> str:
        """Who or what decides, in words."""
        if self.by_person:
            return "a person"
        return "no rule" if self.rule is None else f"rule {self.rule}"


def list_differences(stored: Outcome, found: Outcome, in_use: Collection[str]) -> tuple[str, ...]:
    """Say in sentences what comes out otherwise than it was stored; none where nothing does.

    in_use are the codes of all rules that are in use.
    """
    return tuple(_differences(stored, found, in_use))


def _differences(stored: Outcome, found: Outcome, in_use: Collection[str]) -> Iterator[str]:
    for layer in {**stored.places, **found.places}:
        was, now = stored.places.get(layer, "none"), found.places.get(layer, "none")
        if was != now:
            yield f"Of {layer} it lies in {now}, not in {was}."
    if stored.rule is not None and stored.rule not in in_use:
        yield f"Rule {stored.rule}, which decided, is not in use any more."
    if stored.decider != found.decider:
        yield f"It is decided by {found.decider}, not by {stored.decider}."
    elif stored.reason != found.reason:
        yield f"The stored reason is another: {stored.reason}"
    if stored.department_id != found.department_id:
        yield f"It goes to {found.department}, not to {stored.department}."
