"""Totals of service requests by cells of the map: a cache, kept by triggers (migration 0016)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
)

from geo.search.cells import WORLD_BITS
from open311.database import Base

__all__ = ["WORLD_BITS"]

FINEST_LEVEL = 20
"""Level of the cells of the log: the world has 2^20 of them on each axis, of 38 m."""

FINEST_LEVEL_BY_SERVICE = 18
"""Finest level of rows for one service: 1/64 of a tile of zoom 12. Finer ones are almost as many
as service requests."""

COARSEST_LEVEL = 6
"""1/64 of the tile of zoom 0."""

ALL_SERVICES = 0
"""service_id of rows for all services."""


def _keys() -> list[Column[object]]:
    return [
        Column("jurisdiction_id", String, nullable=False),
        Column("sandbox", Boolean, nullable=False),
        Column("public", Boolean, nullable=False),
        Column("service_id", Integer, nullable=False),
        Column("status", String, nullable=False),
        Column("x", Integer, nullable=False),
        Column("y", Integer, nullable=False),
    ]


SUMS = ("requests", "sum_x", "sum_y", "sum_submitted", "sum_pk")


def _sums() -> list[Column[object]]:
    return [
        Column(name, Integer if name == SUMS[0] else BigInteger, nullable=False) for name in SUMS
    ]


KEYS = ("jurisdiction_id", "sandbox", "service_id", "level", "x", "y", "public", "status")
"""Primary key of request_grid, in the order in which tiles search."""

request_grid = Table(
    "request_grid",
    Base.metadata,
    *_keys(),
    Column("level", SmallInteger, nullable=False),
    *_sums(),
    PrimaryKeyConstraint(*KEYS),
)
"""Totals of service requests that were not withdrawn, by cell, service, status, and visibility.

A cell is a square of Web Mercator: x and y count from the north west, and the world has 2^level
cells on each axis. requests is their number. sum_x and sum_y are the sums of their coordinates, in
units of WORLD_BITS, so that means are exact at every level; grid_x and grid_y return them for a
location. sum_submitted is the sum of times of submission, in seconds since 1970. sum_pk is the key
of the request where there is one. Rows of requests=0 may remain until the nightly check.
"""

request_grid_log = Table("request_grid_log", Base.metadata, *_keys(), *_sums())
"""Changes that are not in request_grid yet, by cells of FINEST_LEVEL. Totals are both together.

Writers only add rows here, so that none waits for another.
"""
