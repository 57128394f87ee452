"""Lines of the benchmark's report."""

from collections.abc import Iterator, Sequence

from benchmarks.figures import CLIENTS, Figures, Taken
from benchmarks.rows import TOLERANCE, Row

GROWTH = 1.2
"""The target for the growth of each time from the first number of rows to the second."""


def heading() -> Iterator[str]:
    """Return the lines above all rows, which explain the columns."""
    yield from LEGEND.splitlines()
    yield (
        f"{'':32}{'ours':>16}{'lean':>16}{'ratio':>14}{'tipg':>8}"
        f"{'CPU':>7}{'lean':>6}{'SQL':>8}{'lean':>6}{'PG':>8}{'lean':>6}{'kB':>6}  at most"
    )


LEGEND = """\
Milliseconds of an answer over HTTP: median (minimum). The ratio is ours to lean: median of the
rounds (ratio of the minima). CPU: milliseconds of the server's processes. SQL: statements, and
those that begin and end transactions. PG: milliseconds of planning and execution in PostgreSQL.
kB: our answer. At most: the target and 20 %, as a ratio to lean if it says nothing else.
"""


def lines_of(figures: Figures) -> Iterator[str]:
    """Return the lines of a row: its times and costs, and the rates with several clients."""
    if figures.failure:
        yield f"{figures.row.name:32}  no figures: {figures.failure}"
        return
    ours, lean, tipg = (figures.taken.get(name, Taken()) for name in ("ours", "lean", "tipg"))
    yield (
        f"{figures.row.name:32}{_times(ours):>16}{_times(lean):>16}{_ratios(figures):>14}"
        f"{_ms(tipg.median):>8}"
        f"{_ms(ours.cpu_each):>7}{_ms(lean.cpu_each):>6}"
        f"{_statements(ours):>8}{_statements(lean):>6}"
        f"{_ms(ours.database):>8}{_ms(lean.database):>6}{ours.length / 1000:>6.3g}"
        f"  {'; '.join(_bounds(figures))}"
    )
    if figures.rate is not None:
        yield (
            f"{f'  {CLIENTS} clients, answers per second':32}{ours.rate:16.0f}{lean.rate:16.0f}"
            f"{figures.rate:14.2f}{'':61}  {_rate_bound(figures.row, figures.rate)}"
        )


def _times(taken: Taken) -> str:
    return f"{_ms(taken.median)} ({_ms(taken.minimum)})" if taken.rounds else ""


def _ms(seconds: float) -> str:
    """Return seconds as milliseconds with three digits, or nothing for 0."""
    if not seconds:
        return ""
    ms = seconds * 1000
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"


def _ratios(figures: Figures) -> str:
    ratio, of_minima = figures.ratio("lean"), figures.ratio_of_minima
    return "" if ratio is None or of_minima is None else f"{ratio:.2f} ({of_minima:.2f})"


def _statements(taken: Taken) -> str:
    return f"{taken.statements:g}+{taken.transaction:g}" if taken.rounds else ""


def _bounds(figures: Figures) -> Iterator[str]:
    row, ours = figures.row, figures.taken["ours"]
    if row.ratio is not None:
        yield _bound(figures.ratio("lean"), row.ratio * TOLERANCE)
    if row.of_tipg is not None and "tipg" in figures.taken:
        yield _bound(figures.ratio("tipg"), row.of_tipg * TOLERANCE, " of tipg")
    if row.ms is not None:
        yield _bound(ours.median * 1000, row.ms * TOLERANCE, " ms")
    if row.statements is not None:
        yield _bound(ours.statements, row.statements, " statements")


def _bound(value: float | None, most: float, unit: str = "") -> str:
    return f"{most:.3g}{unit}{'' if value is None or value <= most else ', too slow'}"


def _rate_bound(row: Row, rate: float) -> str:
    least = (row.rate or 0) / TOLERANCE
    return f"at least {least:.2f}{'' if rate >= least else ', too slow'}"


def growth_lines(
    sizes: Sequence[int], before: Sequence[Figures], after: Sequence[Figures]
) -> Iterator[str]:
    """Return how many times as long each answer takes with the second number of rows."""
    most = GROWTH * TOLERANCE
    yield f"Growth from {sizes[0]:,} to {sizes[1]:,} service requests (at most {most:.3g}):"
    yield f"{'':32}{'median':>10}{'minimum':>10}{'CPU':>10}{'PG':>10}{'lean':>10}{'minimum':>10}"
    for first, second in zip(before, after, strict=True):
        if first.failure or second.failure:
            yield f"{first.row.name:32}  no figures"
            continue
        one, other = first.taken["ours"], second.taken["ours"]
        values = [
            other.median / one.median,
            other.minimum / one.minimum,
            other.cpu_each / (one.cpu_each or 1),
            other.database / (one.database or 1),
        ]
        if "lean" in first.taken:
            one, other = first.taken["lean"], second.taken["lean"]
            values += [other.median / one.median, other.minimum / one.minimum]
        verdict = "" if values[0] <= most else "  too slow"
        yield f"{first.row.name:32}{''.join(f'{value:10.2f}' for value in values)}{verdict}"
