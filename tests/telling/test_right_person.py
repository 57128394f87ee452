"""No email goes to the wrong person, or says what its reader may not know: random histories."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from mail_relay import Delivered

from open311.errors import Open311Error
from open311.operations.requests.assign import add_note
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status, wait_for_reporter
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.residents.following import refuse_messages, settle_following
from open311.operations.residents.reactions import follow_request
from open311.operations.residents.track import set_updates
from open311.queries.jurisdictions import Scope
from open311.secret_links import token_of
from tests.residents.reported import SECRET, Reported
from tests.telling.mailing import LATER, MailTown

STATUSES = ("investigating", "planned", "in_progress", "fixed", "no_further_action", "open")


@dataclass
class Story:
    """A city with people, and what each of them may read."""

    town: MailTown
    city: Scope
    chance: random.Random
    requests: list[Reported] = field(default_factory=list)
    wishes: dict[tuple[str, int], str] = field(default_factory=dict)
    """State by address and request: reporter, asked, on, or ended."""
    verified: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    notes: dict[str, set[int]] = field(default_factory=dict)
    """The requests whose readers may know a word of a public note, or of a place."""
    secrets: set[str] = field(default_factory=set)
    """Words that no email may have."""
    duplicates: dict[int, int] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        found = f"{kind}{self.chance.randrange(10**9):09}"
        if kind == "private":
            self.secrets.add(found)
        return found

    def one(self) -> Reported:
        return self.chance.choice(self.requests)

    def address(self) -> str:
        return f"person{self.chance.randrange(6)}@mail.example"

    def report(self) -> None:
        address = self.address()
        place = self.word("place")
        fields = {"description": self.word("private"), "address_string": place}
        new = self.town.report(**fields, email=address, last_name=self.word("private"), link=False)
        self.notes[place] = {new.pk}
        self.requests.append(new)
        self.wishes[address, new.pk] = "reporter"

    def follow(self) -> None:
        one, address = self.one(), self.address()
        follow_request(self.city, one.id, address, "en", SECRET)
        if self.wishes.get((address, one.pk), "ended") == "ended":
            self.wishes[address, one.pk] = "asked"

    def settle(self) -> None:
        (address, pk), _state = self.chance.choice(list(self.wishes.items()))
        wanted = self.chance.random() < 0.7
        token = self.follow_token(address, pk)
        if token is None:
            return
        settle_following(self.city, token, wanted=wanted)
        if wanted:
            self.verified.add(address)
            self.refused.discard(address)
            is_reporter = self.is_reporter(address, pk)
            self.wishes[address, pk] = "reporter" if is_reporter else "on"
        else:
            self.wishes[address, pk] = "ended"

    def refuse(self) -> None:
        address, pk = self.chance.choice(list(self.wishes))
        token = self.follow_token(address, pk)
        if token is not None:
            refuse_messages(self.city, token)
            self.wishes[address, pk] = "ended"
            self.refused.add(address)

    def move(self) -> None:
        one, address = self.one(), self.address()
        for key, state in self.wishes.items():
            if key[1] == one.pk and self.is_reporter(*key) and state != "ended":
                self.wishes[key] = "ended"
        set_updates(self.city, one.pk, address, "es", SECRET)
        self.wishes[address, one.pk] = "reporter"

    def change(self) -> None:
        one, word = self.one(), self.word("public")
        duplicates = {pk for pk, main in self.duplicates.items() if main == one.pk}
        self.notes[word] = {one.pk, *duplicates}
        status = self.chance.choice(STATUSES)
        change_status(
            *(self.city, one.id, status, word), made_by="clerk", internal_note=self.word("private")
        )

    def ask(self) -> None:
        one, word = self.one(), self.word("public")
        self.notes[word] = {one.pk}
        wait_for_reporter(self.city, one.id, word, "clerk")

    def note(self) -> None:
        add_note(self.city, self.one().id, self.word("private"), "clerk")

    def join(self) -> None:
        one, main = self.one(), self.one()
        link_duplicate(self.city, one.id, main.id, "clerk")
        pk = self.town.value("SELECT duplicate_of_pk FROM service_requests WHERE pk = %s", one.pk)
        moved = {key for key, value in self.duplicates.items() if value == one.pk}
        self.duplicates |= dict.fromkeys({one.pk, *moved}, pk)

    def withdraw(self) -> None:
        one = self.one()
        withdraw_service_request(self.city, one.id, "clerk", self.word("private"))
        for key in self.wishes:
            if key[1] == one.pk:
                self.wishes[key] = "ended"

    def is_reporter(self, address: str, pk: int) -> bool:
        rows = self.town.rows(_WISH, address, pk)
        return bool(rows) and bool(rows[0][1])

    def follow_token(self, address: str, pk: int) -> str | None:
        rows = self.town.rows(_WISH, address, pk)
        return token_of(SECRET, "follow", rows[0][0]) if rows else None

    def check(self, mail: Delivered) -> None:
        [address] = mail.recipients
        text = f"{mail.email.as_string()} {mail.plain} {mail.html} {mail.email['Subject']}"
        assert mail.email["To"] == address
        assert address not in self.refused
        mine = {
            pk for (one, pk), state in self.wishes.items() if one == address and state != "ended"
        }
        assert mine
        for other in {one for one, _pk in self.wishes} - {address}:
            assert other not in text
        for word in self.secrets:
            assert word not in text
        for word, pks in self.notes.items():
            if word in text:
                assert address in self.verified
                assert pks & {pk for pk in mine if self.wishes[address, pk] != "asked"}
        for one, pk in self.wishes:
            track = token_of(SECRET, "track", pk)
            if track in text:
                assert pk in mine
                assert self.is_reporter(address, pk)
            token = self.follow_token(one, pk)
            if token is not None and token in text:
                assert one == address

    def acts(self) -> dict[Callable[[], None], int]:
        return {
            self.report: 3,
            self.follow: 4,
            self.settle: 5,
            self.refuse: 1,
            self.move: 1,
            self.change: 6,
            self.ask: 1,
            self.note: 1,
            self.join: 1,
            self.withdraw: 1,
        }


_WISH = (
    "SELECT subscriptions.id, is_reporter FROM subscriptions JOIN contacts"
    " ON contacts.id = contact_id WHERE address = %s AND service_request_pk = %s"
)


def live(town: MailTown, seed: int, steps: int) -> int:
    """Let a story happen, and return the number of emails."""
    chance, number = random.Random(seed), 0
    with town.at_work() as city:
        story = Story(town, city, chance)
        story.report()
        acts = story.acts()
        for _step in range(steps):
            [act] = chance.choices(list(acts), list(acts.values()))
            try:
                act()
            except Open311Error:
                continue
            if chance.random() < 0.3:
                found = town.deliver_here(LATER)
                number += len(found)
                for mail in found:
                    story.check(mail)
        kept = str([town.rows(f"SELECT * FROM {name}") for name in ("tellings", "messages")])
        for word in (*story.secrets, *story.notes, *(one for one, _pk in story.wishes)):
            assert word not in kept
    return number


def test_emails_go_to_the_right_person(town: MailTown) -> None:
    assert live(town, 1, 60) > 10


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 14))
def test_emails_go_to_the_right_person_in_long_stories(town: MailTown, seed: int) -> None:
    assert live(town, seed, 250) > 20
