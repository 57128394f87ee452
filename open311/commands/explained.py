"""Explanations of routing as lines of text."""

from collections.abc import Iterator, Sequence
from datetime import date

from open311.operations.import_boundaries import SINCE_EVER
from open311.queries.boundary_sets import StoredSet
from open311.queries.explanation import Explanation, LayerView, RuleView
from open311.queries.retrospect import StoredPlace


def explanation_lines(found: Explanation, on: date) -> Iterator[str]:
    """Yield the lines of an explanation with the boundaries of a day."""
    yield f"Department: {found.department}"
    yield f"Why: {found.decision.reason}"
    maps = [(view.layer, _map(view.stored)) for view in found.layers if view.stored]
    yield f"Boundary versions on {on}:" if maps else f"Boundary versions on {on}: none"
    yield from _table(maps)
    layers = [(view.layer, _layer(view)) for view in found.layers if view.hit or view.neighbour]
    yield "Boundaries:" if found.decision.hits else "Boundaries: none"
    yield from _table(layers)
    rules = [(view.code, _rule(view)) for view in found.rules if view.applies or _is_close(view)]
    yield "Rules for this service, highest priority first:" if rules else "No rule matches."
    yield from _table(rules)


def stored_lines(places: Sequence[StoredPlace]) -> Iterator[str]:
    """Yield the lines with the stored boundaries of a request."""
    yield "Boundaries as stored:" if places else "Boundaries as stored: none"
    yield from _table(
        [
            (
                place.layer,
                _named(place.boundary, place.boundary_name)
                + _next_to(place.metres, place.neighbour, place.neighbour_name),
            )
            for place in places
        ]
    )


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return (f"  {name:<{width}}  {text}" for name, text in rows)


def _map(stored: StoredSet) -> str:
    begin = "the beginning" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    more = [f"of {stored.vintage}" if stored.vintage else "", stored.licence]
    return ", ".join(
        part
        for part in (f"version {stored.id}", f"since {begin}{end}", stored.source, *more)
        if part
    )


def _layer(view: LayerView) -> str:
    other, hit = view.neighbour, view.hit
    named = _named(hit.code, hit.name) if hit else _named(None, None)
    tie = f"; {view.tie_break}" if view.tie_break else ""
    return named + tie + (_next_to(other.metres, other.code, other.name) if other else "")


def _named(code: str | None, name: str | None) -> str:
    return f"{code} ({name})" if code and name else code or "none"


def _next_to(metres: float | None, code: str | None, name: str | None) -> str:
    return "" if metres is None else f"; {metres:,.0f} m to {_named(code, name)}"


def _rule(view: RuleView) -> str:
    if view.decides:
        return "selected"
    if view.applies:
        return f"matches, but {view.reason}"
    return f"does not match: {view.reason}"


def _is_close(view: RuleView) -> bool:
    """Return whether a rule is for this service; those for others are many."""
    return view.obstacle not in ("service", "group")
