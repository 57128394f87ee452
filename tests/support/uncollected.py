"""A plugin without garbage collection until the tests are collected: nearly all of it stays.

Otherwise a fourth of the time to import and collect them goes into looking through what is there.
"""

import gc

import pytest

gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Keep what is loaded out of every later collection, also in the controller of xdist."""
    gc.collect()
    gc.freeze()
    gc.enable()
