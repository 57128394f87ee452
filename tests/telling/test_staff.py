"""What staff get by email about what happens to requests."""

import socket
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo.routing.mornings import hour_of, next_hour
from open311.operations.people.users import change_role, disable_user
from open311.operations.requests.assign import assign
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.routing.reroute import carry_over
from open311.operations.webhooks.endpoints import Owner, add_endpoint, resume_endpoint
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.webhooks.endpoints import Filters
from open311.web.webhooks import deliver as send_webhooks
from schemas.vocabulary.notices import ASSIGNED, NEW
from schemas.vocabulary.webhooks import EVENTS
from tests.residents.reported import SECRET
from tests.telling.mailing import MailTown, links, only, subjects
from tests.telling.staffing import (
    ALL_AT_ONCE,
    ALL_IN_DIGEST,
    CITY,
    NOTHING,
    Staffed,
    address_of,
    now,
    to,
)

ANN, BEA, WES = (address_of(name) for name in ("ann", "bea", "wes"))
SAID = ("A deep hole", "1 Main Street", "kim@mail.example", "Kim")

NEW_YORK = ZoneInfo("America/New_York")


def until_morning() -> timedelta:
    """Return the time until shortly after the emails of the next morning are due."""
    moment = datetime.now(UTC)
    return hour_of(next_hour(moment, 7, NEW_YORK), 7, NEW_YORK) - moment + timedelta(minutes=5)


@pytest.fixture(scope="module")
def hired(served: MailTown) -> Staffed:
    staffed = Staffed(town=served)
    staffed.hire()
    return staffed


@pytest.fixture
def staff(hired: Staffed) -> Staffed:
    hired.start()
    return hired


def test_an_assignee_is_told_by_whom_and_nothing_that_the_requester_wrote(staff: Staffed) -> None:
    one = staff.town.report(email="kim@mail.example", first_name="Kim")
    staff.town.rows("DELETE FROM tellings")
    staff.assign(one, "ann")
    assert staff.told(timedelta(seconds=30)) == []  # more may come
    email = only(staff.told())
    assert email.recipients == [ANN]
    assert subjects([email]) == [f"Assigned to you by bea: {one.id}, Pothole"]
    assert f"/staff/requests/{one.id}" in links(email.plain)
    assert "/staff/notices" in links(email.plain)
    assert set(links(email.plain)) == set(links(email.html))
    for word in SAID:
        assert word not in email.plain + email.html
    assert email.email["List-Unsubscribe"] is None
    assert staff.told(timedelta(hours=1)) == []


def test_nobody_is_told_of_what_they_did_themselves(staff: Staffed) -> None:
    one = staff.town.report()
    staff.assign(one, "ann", by="Ann")
    assert staff.town.rows("SELECT 1 FROM staff_tellings") == []


def test_many_assignments_are_one_email_with_a_line_for_each(staff: Staffed) -> None:
    several = [staff.town.report() for _number in range(3)]
    for one in several:
        staff.assign(one, "ann")
    staff.transfer(several[2], "WEST")  # with the last one
    staff.assign(several[2], "wes")
    found = staff.told()
    assert to(found) == {
        ANN: ["Assigned to you: 2 requests"],
        WES: [f"{_BY} {several[2].id}, {_P}"],
    }
    [email] = [one for one in found if one.recipients == [ANN]]
    assert [one.id in email.plain for one in several] == [True, True, False]


_BY, _P = "Assigned to you by bea:", "Pothole"


def test_an_email_is_in_the_language_of_the_user(staff: Staffed) -> None:
    staff.choose("ann", {}, "es")
    one = staff.town.report()
    staff.assign(one, "ann")
    email = only(staff.told())
    assert subjects([email]) == [f"Asignada a usted por bea: {one.id}, Pothole"]
    assert '<html lang="es">' in email.html


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda staff: staff.move("ann", None), "no_address"),
        (lambda staff: staff.choose("ann", NOTHING), "ended"),
        (lambda _staff: disable_user(CITY, "ann", "bea"), "disabled"),
        (lambda _staff: change_role(CITY, "ann", "viewer", None, "bea"), "moved_on"),
    ],
)
def test_what_changed_since_is_asked_again(staff: Staffed, change: object, reason: str) -> None:
    """The mail server was busy, and in the meantime the user is another one."""
    one = staff.town.report()
    staff.assign(one, "ann")
    staff.town.relay.at_rcpt.append("451 later")
    assert staff.told() == []
    with staff.at_work():
        change(staff)  # type: ignore[operator]
    assert staff.told(timedelta(minutes=5)) == []
    assert staff.reasons() == [(ASSIGNED, "dropped", reason)]
    staff.town.rows("UPDATE users SET role = 'dispatcher' WHERE name = 'ann'")


def test_what_was_assigned_to_another_or_withdrawn_since_is_not_told(staff: Staffed) -> None:
    one, other = staff.town.report(), staff.town.report()
    for report in (one, other):
        staff.assign(report, "ann")
    with staff.town.at_work() as city:
        assign(city, one.id, None, "bea")
        withdraw_service_request(city, other.id, "bea", "Spam")
    assert staff.told() == []
    assert staff.reasons() == [(ASSIGNED, "dropped", "moved_on")]


def test_a_mailbox_gets_new_requests_if_it_wants_them(staff: Staffed) -> None:
    west = staff.mailbox("WEST", {NEW: "at_once"})
    usual = staff.mailbox("EAST")
    one = staff.town.report(lat="0.5", long="-0.5")
    code = staff.town.value(
        "SELECT code FROM departments JOIN service_requests ON department_id = id WHERE pk = %s",
        one.pk,
    )
    assert code == "WEST"
    staff.town.report()
    assert to(staff.told()) == {west: [f"New for West Yard: {one.id}, Pothole"]}
    assert usual not in to(staff.told())


def test_a_transfer_is_told_to_the_mailbox_with_its_reason(staff: Staffed) -> None:
    one = staff.town.report()
    west = staff.mailbox("WEST")
    staff.mailbox("HALL")
    staff.transfer(one, "WEST", "It is [theirs](http://x.example) *now*")
    email = only(staff.told())
    assert email.recipients == [west]
    assert email.email["Subject"].startswith("Transferred to West Yard from ")
    assert "“It is [theirs](http://x.example) *now*”" in email.plain
    assert 'href="http://x.example"' not in email.html


def test_a_member_of_a_department_gets_nothing_of_another(staff: Staffed) -> None:
    """The request went to another department while the email waited."""
    one = staff.town.report()
    staff.transfer(one, "WEST")
    staff.assign(one, "wes")
    staff.town.relay.at_rcpt.append("451 later")
    assert staff.told() == []
    staff.transfer(one, "HALL")
    staff.mailbox("WEST")
    assert staff.told(timedelta(minutes=5)) == []
    assert staff.reasons() == [(ASSIGNED, "dropped", "moved_on")]


def test_an_answer_goes_to_the_assignee_or_else_to_the_mailbox(staff: Staffed) -> None:
    mine, ours = staff.town.report(), staff.town.report()
    hall = staff.town.value(
        "SELECT code FROM departments d JOIN service_requests r"
        " ON r.department_id = d.id WHERE r.pk = %s",
        ours.pk,
    )
    mailbox = staff.mailbox(hall)
    staff.assign(mine, "ann")
    for one in (mine, ours):
        staff.town.ask(one, "Which side?")
    staff.told()
    for one in (mine, ours):
        answer = staff.town.post(f"/track/{one.secret}/answer", description="The left one, Kim")
        assert answer.status_code == 200
    found = staff.told()
    assert to(found) == {ANN: [f"Answered: {mine.id}"], mailbox: [f"Answered: {ours.id}"]}
    for email in found:
        assert "The left one" not in email.plain + email.html


def test_not_solved_is_told_at_once_or_in_the_daily_email(staff: Staffed) -> None:
    one, other = staff.town.report(), staff.town.report()
    staff.assign(one, "ann")
    staff.assign(other, "bea", by="ann")
    staff.choose("ann", ALL_AT_ONCE)
    staff.told()
    for report in (one, other):
        staff.town.change(report, "fixed")
        page = staff.town.post(
            f"/track/{report.secret}/fixed", fixed="no", description="Still there"
        )
        assert page.status_code == 200
    assert to(staff.told()) == {ANN: [f"Not solved, says the requester: {one.id}"]}
    day = only(staff.told(until_morning()))
    assert day.recipients == [address_of("bea")]
    assert day.email["Subject"].startswith("Your day, ")
    news = day.plain.partition("Not solved, says the requester")[2]
    assert other.id in news
    assert "Still there" not in day.plain


def test_who_wants_nothing_gets_nothing(staff: Staffed) -> None:
    staff.choose("ann", NOTHING)
    one = staff.town.report()
    staff.assign(one, "ann")
    staff.due(one, now() - timedelta(minutes=1))
    assert staff.told() == []
    assert staff.reasons() == []


def test_a_reroute_a_seed_and_the_test_endpoint_tell_nobody(staff: Staffed) -> None:
    for code in ("WEST", "HALL", "EAST"):
        staff.mailbox(code, ALL_AT_ONCE)
    answer = staff.town.submit("/open311/test/v2/requests.json")
    assert answer.status_code == 200
    with staff.town.at_work() as city:
        carry_over(city, "bea")
    assert staff.town.rows("SELECT 1 FROM staff_tellings") == []


def test_of_a_confidential_request_only_its_number_is_told(staff: Staffed) -> None:
    one = staff.town.report(service="TIP")
    name = staff.town.value("SELECT service_request_id FROM service_requests WHERE pk = %s", one.pk)
    with staff.town.at_work() as city:
        assign(city, name, "ann", "bea")
    email = only(staff.told())
    assert subjects([email]) == [f"Assigned to you by bea: {name}"]
    services = [name for (name,) in staff.town.rows("SELECT service_name FROM services")]
    assert not [one for one in services if one in email.plain + email.html]


def test_what_is_in_the_daily_email_is_not_sent_at_once(staff: Staffed) -> None:
    staff.choose("ann", ALL_IN_DIGEST)
    one = staff.town.report()
    staff.assign(one, "ann")
    assert staff.told() == []
    email = only(staff.told(until_morning()))
    assert one.id in email.plain.partition("Assigned to you")[2]


def test_administrators_are_told_that_failures_paused_a_webhook(staff: Staffed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/a?key=hidden"
    with staff.town.app(OPEN311_WEBHOOK_PRIVATE="127.0.0.1"):
        city = get_jurisdiction(CITY)
        keys = {"secret_key": SECRET, "private_hosts": ["127.0.0.1"]}
        number, _secret = add_endpoint(city, url, Filters(), EVENTS, Owner(name="bea"), **keys)
        staff.town.report()
        staff.town.rows(
            "UPDATE webhook_endpoints SET failures = 1,"
            " failing_since = now() - interval '3 days 5 seconds'"
        )
        assert send_webhooks(number) == 1
        email = only(staff.town.deliver_here())
        assert email.recipients == [BEA]
        assert subjects([email]) == ["A webhook of Gridtown was paused"]
        assert "for 3 days to 127.0.0.1." in email.plain
        assert "hidden" not in email.plain + email.html
        assert "/staff/city/webhooks" in links(email.plain)
        staff.town.rows("UPDATE messages SET state = 'waiting', sent_at = NULL")
        resume_endpoint(CITY, number)
        assert staff.town.deliver_here() == []
        assert staff.reasons()[-1] == ("webhook_paused", "dropped", "moved_on")
