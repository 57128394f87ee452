"""Counts of spans of time, as few as a curve needs."""

from typing import Any

from sqlalchemy import Integer, Select, cast, func, literal, select, union_all


def counts_of(spans: Any) -> Any:
    """Count spans by their first and their last hour, each as the last hour of a closing by then.

    A curve has steps in those hours only. Open requests, which are of all ages, would be thousands
    of rows. Keys that are one in the end, such as those of a group, need the hours of all.
    """
    points = _points(spans).subquery("points")
    column = points.c
    by_then = func.max(column.hour).filter(column.happened > 0).over(order_by=column.hour)
    stepped = select(*column, func.coalesce(by_then, 0).label("step")).subquery("stepped")
    sums = (cast(func.sum(stepped.c[name]), Integer) for name in ("happened", "others"))
    keys = (stepped.c.key, stepped.c.leaves, stepped.c.step)
    return select(*keys, *sums, func.max(stepped.c.hour)).group_by(*keys)


def _points(spans: Any) -> Any:
    """Count spans by their last hour, and again by their first one."""
    column = spans.c
    kept = column.hours > column.entered
    last: Select[Any] = (
        select(
            column.key,
            column.hours.label("hour"),
            literal(True).label("leaves"),
            func.count().filter(column.happened).label("happened"),
            func.count().filter(~column.happened).label("others"),
        )
        .where(kept)
        .group_by(column.key, column.hours)
    )
    first: Select[Any] = (
        select(column.key, column.entered, literal(False), literal(0), func.count())
        .where(kept)
        .group_by(column.key, column.entered)
    )
    return union_all(last, first)
