"""A plugin without garbage collection until the tests are collected: nearly all of it stays.

Otherwise a fourth of the time to import and collect them goes into looking through what is there.
Afterward, garbage is collected more rarely than Python does by itself, as in servers of tests.
"""

import gc

import pytest

RARELY = (20_000, 20, 50)
"""Thresholds of the three generations: collections take a thirtieth of the CPU less."""

gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Keep what is loaded out of every later collection, also in the controller of xdist."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()
