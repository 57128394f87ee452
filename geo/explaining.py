"""Why a rule that applies loses against another, in words."""

from geo.rules import Rule

# What the entries of a rank compare, in their order; the last word has the code.
CRITERIA = (
    "names an exception layer",
    "is closer to the service",
    "names an answer",
    "names a narrower place",
    "holds only at some times",
    "names a layer that stands before",
    "has a code that comes first",
)


def why_outranked(winner: Rule, loser: Rule) -> str:
    """Say by which criterion one of two rules that apply outranks the other."""
    ranks = zip(winner.rank, loser.rank, strict=True)
    decisive = next((place for place, (won, lost) in enumerate(ranks) if won != lost), -1)
    return f"rule {winner.code} {CRITERIA[decisive]}"
