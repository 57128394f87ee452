"""The city's own function that hears of failures."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping

import pytest
from servers import PATIENCE, wait_until

from open311.error_hook import MOST_WAITING, ErrorHook
from open311.logs import configure_logs, log_failure

LOG = logging.getLogger("open311.test")
SECRET = "kim@mail.example"


@pytest.fixture
def heard() -> Iterator[list[Mapping[str, str]]]:
    """What the function hears, as long as the test runs."""
    failures: list[Mapping[str, str]] = []
    configure_logs("INFO", hook=failures.append)
    yield failures
    configure_logs("INFO")


def test_it_hears_what_is_in_the_log_and_no_text_of_an_error(
    heard: list[Mapping[str, str]],
) -> None:
    try:
        raise RuntimeError(SECRET)
    except RuntimeError as error:
        reference = log_failure(LOG, "GET /track/…", error)
    assert wait_until(lambda: len(heard) == 1)
    [failure] = heard
    assert (failure["reference"], failure["what"]) == (reference, "GET /track/…")
    assert failure["description"].endswith("RuntimeError")
    assert SECRET not in str(failure)


def test_one_that_is_slow_or_fails_stops_nobody() -> None:
    free, heard = threading.Event(), []

    def slow(failure: Mapping[str, str]) -> None:
        heard.append(failure["number"])
        assert free.wait(PATIENCE)
        raise RuntimeError

    hook = ErrorHook(slow)
    hook.pass_on({"number": "first"})
    assert wait_until(lambda: heard == ["first"])
    for number in range(2 * MOST_WAITING):
        hook.pass_on({"number": str(number)})
    free.set()
    assert wait_until(lambda: len(heard) == 1 + MOST_WAITING)
    hook.pass_on({"number": "last"})
    assert wait_until(lambda: heard[-1] == "last")
    assert heard[1:-1] == [str(number) for number in range(MOST_WAITING)]


COMMAND = """
import time
from open311.error_hook import ErrorHook
hook = ErrorHook(lambda failure: (time.sleep(0.1), print(failure["number"])))
hook.pass_on({"number": "first"})
hook.pass_on({"number": "last"})
"""


def test_it_hears_the_failure_with_which_a_command_ends() -> None:
    done = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["first", "last"], "")
