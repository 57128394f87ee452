"""No email to staff tells of a request that is not the recipient's: random histories."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from mail_relay import Delivered

from open311.errors import Open311Error
from open311.letters.deliver import deliver
from open311.operations.people.users import change_role, disable_user, enable_user
from open311.operations.requests.assign import assign
from open311.operations.requests.change import change_service
from open311.operations.requests.status import change_status
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.routing.department import hand_over
from open311.queries.jurisdictions import Scope
from tests.residents.reported import Reported
from tests.telling.mailing import MailTown
from tests.telling.staffing import ALL_AT_ONCE, ALL_IN_DIGEST, CITY, PEOPLE, Staffed, now

DEPARTMENTS = ("WEST", "EAST", "CORE")
SAID = "unsaidword"
"""What requesters write."""


@dataclass
class Story:
    """A city whose staff do things at random."""

    staff: Staffed
    city: Scope
    chance: random.Random
    requests: list[Reported] = field(default_factory=list)

    def one(self) -> Reported:
        return self.chance.choice(self.requests)

    def name(self) -> str:
        return self.chance.choice(list(PEOPLE))

    def report(self) -> None:
        fields = {"description": f"{SAID} {len(self.requests)}", "address_string": SAID}
        self.requests.append(self.staff.town.report(last_name=SAID, **fields))

    def assign(self) -> None:
        assign(self.city, self.one().id, self.name(), self.name())

    def transfer(self) -> None:
        hand_over(self.city, self.one().id, self.chance.choice(DEPARTMENTS), "Theirs.", "bea")

    def change_service(self) -> None:
        code = self.chance.choice(("POTHOLE", "SURVEY"))
        change_service(self.city, self.one().id, code, self.name())

    def change_status(self) -> None:
        status = self.chance.choice(("in_progress", "fixed", "open"))
        change_status(self.city, self.one().id, status, "A note.", made_by=self.name())

    def complain(self) -> None:
        path = f"/track/{self.one().secret}/fixed"
        self.staff.town.post(path, fixed="no", description=SAID)

    def answer(self) -> None:
        self.staff.town.ask(self.one(), "Where?")
        self.staff.town.post(f"/track/{self.one().secret}/answer", description=SAID)

    def withdraw(self) -> None:
        withdraw_service_request(self.city, self.one().id, "bea", "Spam")

    def change_role(self) -> None:
        role = self.chance.choice(("dispatcher", "department", "viewer"))
        department = self.chance.choice(DEPARTMENTS) if role == "department" else None
        change_role(CITY, self.chance.choice(("ann", "wes")), role, department, "bea")

    def disable(self) -> None:
        disable_user(CITY, "ann", "bea")

    def enable(self) -> None:
        enable_user(CITY, "ann")

    def send(self) -> None:
        """Send what is due after a while; some of it is refused, and sent later."""
        self.staff.town.relay.at_rcpt += ["451 later"] * self.chance.randrange(3)
        deliver(now() + timedelta(minutes=self.chance.choice((2, 8, 24 * 60))))
        self.staff.town.relay.at_rcpt.clear()
        for email in self.staff.town.relay.taken():
            self.check(email)

    def check(self, email: Delivered) -> None:
        """Check an email just after it was sent, before anything else happens."""
        [address] = email.recipients
        text = email.plain + email.html
        assert SAID not in text
        owners = self.staff.town.rows(
            "SELECT service_request_id, lower(d.code), u.name, u.disabled_at, r.withdrawn_at"
            " FROM service_requests r JOIN departments d ON d.id = r.department_id"
            " LEFT JOIN users u ON u.id = r.assigned_user_id WHERE r.pk = ANY (%s)",
            [one.pk for one in self.requests],
        )
        for number, department, assignee, disabled, withdrawn in owners:
            if number not in text:
                continue
            name = address.partition("@")[0]
            assert name in (department, assignee), (address, email.plain)
            assert name != assignee or disabled is None
            assert withdrawn is None


@pytest.fixture(scope="module")
def hired(served: MailTown) -> Staffed:
    staffed = Staffed(town=served)
    staffed.hire()
    return staffed


LONG = [pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 12)]


@pytest.mark.parametrize("seed", [0, *LONG])
def test_no_email_is_about_a_request_of_others(hired: Staffed, seed: int) -> None:
    hired.start()
    chance = random.Random(seed)
    for code in DEPARTMENTS:
        hired.mailbox(code, ALL_AT_ONCE)
    for name in PEOPLE:
        hired.choose(name, ALL_IN_DIGEST if name == "bea" else ALL_AT_ONCE)
    with hired.town.at_work() as city:
        story = Story(hired, city, chance)
        for _number in range(4):
            story.report()
        acts = [
            *(story.assign, story.transfer, story.change_status, story.complain, story.answer),
            *(story.assign, story.assign, story.transfer, story.change_service, story.change_role),
            *(story.disable, story.enable, story.enable, story.send, story.send, story.report),
            story.withdraw,
        ]
        for _number in range(120):
            try:
                chance.choice(acts)()
            except Open311Error:
                continue  # what is not possible now
        for _number in range(3):
            story.send()
        sent = hired.town.value("SELECT count(*) FROM messages WHERE state = 'sent'")
    assert sent >= 3
