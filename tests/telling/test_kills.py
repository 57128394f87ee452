"""Senders that are killed: no email is lost, and one that is sent twice is the same."""

import itertools
import os
import random
import signal
from collections import Counter
from datetime import timedelta

import pytest
from mail_relay import Delivered
from servers import wait_until

from tests.telling.mailing import MailTown, sender

LATER = timedelta(minutes=2)
"""An email that a killed sender had begun waits for a minute, from when the next one sees it."""


def deliver_all(town: MailTown) -> list[Delivered]:
    """Send what is left, once the lock of a killed sender has vanished."""
    left = (
        "SELECT 1 FROM messages WHERE state IN ('waiting', 'sending') UNION SELECT 1 FROM tellings"
    )
    found: list[Delivered] = []
    times = itertools.count(1)

    def is_done() -> bool:
        found.extend(town.deliver(next(times) * LATER))
        return not town.rows(left)

    assert wait_until(is_done)
    return found


def kill_at(town: MailTown, number: int) -> list[Delivered]:
    """Kill a sender after the server took an email and before it says so; return all emails."""
    with sender(town) as program:

        def kill() -> None:
            assert program.process.pid is not None
            os.kill(program.process.pid, signal.SIGKILL)

        town.relay.at_data += ["250 OK"] * number
        town.relay.at_data.append(kill)
        program.process.join()
        assert program.process.exitcode == -signal.SIGKILL
    return town.relay.taken()


def test_a_killed_sender_loses_nothing_and_repeats_one_email(town: MailTown) -> None:
    reports = [town.send_in(f"kim{number}@mail.example") for number in range(3)]
    found = kill_at(town, 1)
    assert len(found) == 2
    found += deliver_all(town)
    ids = Counter(one.email["Message-ID"] for one in found)
    assert len(ids) == len(reports)
    assert sorted(ids.values()) == [1, 1, 2]
    assert {state for report in reports for _kind, state, _why in town.states(report)} == {"sent"}


@pytest.mark.long
def test_many_killed_senders_lose_nothing(town: MailTown) -> None:
    """A kill repeats the one email whose end it prevented, and no email meets two of them."""
    chance = random.Random(7)
    found: list[Delivered] = []
    kills, number = 20, 0
    for _kill in range(kills):
        for _report in range(4):
            town.send_in(f"lee{number}@mail.example")
            number += 1
        found += kill_at(town, chance.randrange(3))
    found += deliver_all(town)
    ids = Counter(one.email["Message-ID"] for one in found)
    print(f"sent {len(found)}, different {len(ids)}, expected {number}, kills {kills}")
    assert len(ids) == number
    assert max(ids.values()) == 2
    assert len(found) <= number + kills
