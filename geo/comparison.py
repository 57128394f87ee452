"""What a new set of boundaries changes, in words."""

from collections.abc import Sequence

from geo.boundaries import CleanBoundary
from geo.coordinates import square_metres


def compare_boundaries(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[str]:
    """Give a sentence for each boundary that is new, gone or changed; none if all is the same."""
    before = {boundary.code: boundary for boundary in old}
    after = {boundary.code: boundary for boundary in new}
    sentences = [f"{code}: new" for code in after if code not in before]
    sentences += [f"{code}: gone" for code in before if code not in after]
    for code, boundary in after.items():
        if code in before:
            sentences += _changes(before[code], boundary)
    return sentences


def _changes(before: CleanBoundary, after: CleanBoundary) -> list[str]:
    changes = []
    if before.name != after.name:
        changes.append(f"{after.code}: its name becomes {after.name!r}")
    if not before.geometry.equals(after.geometry):
        moved = square_metres(before.geometry.symmetric_difference(after.geometry))
        changes.append(f"{after.code}: {moved:,.0f} square meters change boundary")
    return changes
