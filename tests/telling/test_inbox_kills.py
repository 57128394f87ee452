"""Readers of the mailbox that are killed: no reply is lost, and none counts twice."""

import os
import random
import signal

import pytest
from servers import PROCESSES, wait_until
from settings import settings_for

from tests.telling import bounced
from tests.telling.inboxing import ANSWER, InboxTown, die_before, reply


def kill_before(inbox: InboxTown, moment: str, number: int) -> None:
    """Kill a reader before it notes a reply, or moves a mail, after so many of them."""
    environment = {**os.environ, **settings_for(inbox.database, **inbox.settings)}
    reader = PROCESSES.Process(target=die_before, args=(moment, number, environment))
    reader.start()
    reader.join()
    assert reader.exitcode == -signal.SIGKILL


def read_all(inbox: InboxTown) -> None:
    """Read what is left, once the lock of a killed reader has vanished."""

    def is_empty() -> bool:
        inbox.fetch()
        return inbox.folders()[0] == 0

    assert wait_until(is_empty)


ANSWERS = "SELECT count(*) FROM work_steps WHERE service_request_pk = %s AND kind = 'answered'"


@pytest.mark.parametrize("moment", ["put", "note_mail"])
def test_a_killed_reader_repeats_nothing(inbox: InboxTown, moment: str) -> None:
    """It is killed after the commit of the answer, and before the mail is noted or moved."""
    one, email = inbox.asked()
    inbox.mailbox.put(bytes(reply(email)))
    kill_before(inbox, moment, 0)
    assert not inbox.waits(one)
    assert inbox.folders() == (1, 0, 0)
    read_all(inbox)
    assert inbox.folders() == (0, 1, 0)
    assert inbox.comments(one) == [(ANSWER, False)]
    assert inbox.value(ANSWERS, one.pk) == 1


@pytest.mark.long
def test_many_killed_readers_lose_nothing(inbox: InboxTown) -> None:
    chance = random.Random(7)
    asked = []
    for kill in range(20):
        for number in range(3):
            one, email = inbox.asked(f"kim{kill}.{number}@mail.example")
            asked.append(one)
            inbox.mailbox.put(bytes(reply(email, sender=email.recipients[0])))
            inbox.mailbox.put(bounced.of_vacation(email))
        kill_before(inbox, chance.choice(["put", "note_mail"]), chance.randrange(3))
        read_all(inbox)
    assert [inbox.comments(one) for one in asked] == [[(ANSWER, False)]] * len(asked)
    assert [inbox.value(ANSWERS, one.pk) for one in asked] == [1] * len(asked)
    assert inbox.folders() == (0, 2 * len(asked), 0)
