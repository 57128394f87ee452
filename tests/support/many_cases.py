"""One question asked of many cases in one test, where a test for each would only say the same.

pytest takes longer for a test of its own than most of these questions take.
"""

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case")


def failing(check: Callable[[Case], object], cases: Iterable[Case]) -> list[str]:
    """Return each case that a check fails, with the reason; raise ValueError without any case."""
    tried, found = 0, []
    for case in cases:
        tried += 1
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:
            found.append(f"{case}: {''.join(traceback.format_exception_only(error)).strip()}")
    if not tried:
        raise ValueError("there is no case to check")
    return found
