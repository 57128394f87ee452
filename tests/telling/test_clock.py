"""What only the clock tells staff: what is due or overdue, and the email of a day."""

from datetime import UTC, date, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

import pytest
from administrators import says
from report_samples import documents_of, report_of
from staff_client import Person

from geo.routing.mornings import day_after, hour_of, next_hour
from open311.letters.deliver import deliver
from open311.operations.reports import publish_report
from schemas.vocabulary.notices import AT_ONCE, DAY, DUE, OVERDUE, WEEKLY
from tests.residents.reported import Reported
from tests.telling.mailing import MailTown, links, only, subjects
from tests.telling.staffing import (
    ALL_AT_ONCE,
    ALL_IN_DIGEST,
    NOTHING,
    PASSWORD,
    Staffed,
    address_of,
    now,
    to,
)

ANN, BEA, WES = (address_of(name) for name in ("ann", "bea", "wes"))
MINUTE = timedelta(minutes=1)
FROM_TO_SPANISH = "del 23 de febrero de 2026 al 1 de marzo de 2026"


@pytest.fixture(scope="module")
def hired(served: MailTown) -> Staffed:
    staffed = Staffed(town=served)
    staffed.hire()
    return staffed


@pytest.fixture
def staff(hired: Staffed) -> Staffed:
    """Staff who get no daily email unless they ask for it, and a city without open requests."""
    hired.start()
    hired.town.rows("UPDATE service_requests SET expected_datetime = NULL")
    for name in ("ann", "bea", "wes"):
        hired.choose(name, NOTHING)
    return hired


def zone(staff: Staffed) -> ZoneInfo:
    return ZoneInfo(staff.town.value("SELECT time_zone FROM jurisdictions WHERE id LIKE 'grid%%'"))


def morning(staff: Staffed, days: int = 1) -> datetime:
    """Return 7:00 of a day in the city, tomorrow or later."""
    local = zone(staff)
    return hour_of(now().astimezone(local).date() + timedelta(days), 7, local)


def of_ann(staff: Staffed, due: datetime | None = None) -> Reported:
    one = staff.town.report()
    staff.town.rows(
        "UPDATE service_requests SET assigned_user_id = %s WHERE pk = %s",
        staff.id_of("ann"),
        one.pk,
    )
    staff.due(one, due)
    return one


def test_an_assignee_is_told_once_of_each_request_that_becomes_overdue(staff: Staffed) -> None:
    staff.choose("ann", {**NOTHING, OVERDUE: AT_ONCE})
    begin = now()
    one, other = of_ann(staff, begin + MINUTE), of_ann(staff, begin + 1.5 * MINUTE)
    before, waits = of_ann(staff, begin - MINUTE), of_ann(staff, begin + MINUTE)
    staff.town.ask(waits, "Which side?")
    assert staff.at(begin) == []  # from now on
    email = only(staff.at(begin + 2 * MINUTE))
    assert subjects([email]) == ["Overdue: 2 requests"]
    assert [report.id in email.plain for report in (one, other, before, waits)] == [
        *(True, True, False, False)
    ]
    assert staff.at(begin + 3 * MINUTE) == []
    assert staff.at(begin + timedelta(days=1)) == []


def test_what_was_closed_or_extended_since_is_not_overdue(staff: Staffed) -> None:
    staff.choose("ann", {**NOTHING, OVERDUE: AT_ONCE})
    begin = now()
    closed, extended = of_ann(staff, begin + MINUTE), of_ann(staff, begin + MINUTE)
    staff.at(begin)
    staff.town.relay.at_rcpt.append("451 later")
    assert staff.at(begin + 2 * MINUTE) == []
    staff.town.change(closed, "fixed")
    staff.due(extended, begin + timedelta(days=9))
    assert staff.at(begin + 6 * MINUTE) == []
    assert staff.reasons() == [(OVERDUE, "dropped", "moved_on")]


def test_a_mailbox_is_told_after_two_working_days(staff: Staffed) -> None:
    begin = now()
    one = staff.town.report()
    code = staff.town.value(
        "SELECT code FROM departments d JOIN service_requests r ON r.department_id = d.id"
        " WHERE r.pk = %s",
        one.pk,
    )
    mailbox = staff.mailbox(code, {**NOTHING, OVERDUE: AT_ONCE})
    staff.due(one, begin + MINUTE)
    found = []
    for day in range(8):
        found += [(day, email) for email in staff.at(begin + MINUTE + timedelta(days=day))]
    [(days, email)] = found
    assert days >= 2
    assert email.recipients == [mailbox]
    assert subjects([email]) == [f"Overdue for two working days: {one.id}"]


def test_due_tomorrow_is_one_email_at_seven(staff: Staffed) -> None:
    staff.choose("ann", {**NOTHING, DUE: AT_ONCE})
    staff.choose("bea", {**NOTHING, DUE: AT_ONCE})  # has none
    seven = morning(staff)
    tomorrow = hour_of(seven.astimezone(zone(staff)).date() + timedelta(days=1), 12, zone(staff))
    one, other = of_ann(staff, tomorrow), of_ann(staff, tomorrow)
    later = of_ann(staff, tomorrow + timedelta(days=1))
    assert staff.at(seven - timedelta(seconds=1)) == []
    email = only(staff.at(seven))
    assert (email.recipients, subjects([email])) == ([ANN], ["Due tomorrow: 2 requests"])
    assert [report.id in email.plain for report in (one, other, later)] == [True, True, False]
    assert staff.at(seven + MINUTE) == []
    email = only(staff.at(seven + timedelta(days=1)))
    assert subjects([email]) == [f"Due tomorrow: {later.id}, Pothole"]


def test_the_numbers_of_the_day_are_those_of_the_work_queue(staff: Staffed) -> None:
    one = of_ann(staff)
    staff.transfer(staff.town.report(), "WEST")
    staff.town.ask(staff.town.report(), "Which side?")
    staff.town.report(service="LAMP")
    for name in ("ann", "wes"):
        staff.choose(name, ALL_IN_DIGEST)
    found = {email.recipients[0]: email for email in staff.at(morning(staff))}
    assert set(found) == {ANN, WES}
    for name in ("ann", "wes"):
        email = found[address_of(name)]
        assert email.email["Subject"].startswith("Your day, ")
        person = Person(staff.town.address)
        person.sign_in(name, PASSWORD)
        queue = person.get("/")
        numbers = [line for line in email.plain.splitlines() if line.startswith("- ")]
        assert numbers
        for line in numbers:
            title, number = line.removeprefix("- ").split(": ")[:2]
            assert f" {number} {title} " in says(queue)
            assert f'href="{escape(links(line)[0])}"' in queue.text
    assert "Assigned to me: 1" in found[ANN].plain
    assert one.id not in found[WES].plain


def test_the_day_of_a_mailbox_has_the_numbers_of_its_department(staff: Staffed) -> None:
    staff.transfer(staff.town.report(), "LIGHTS")
    mailbox = staff.mailbox("LIGHTS", ALL_IN_DIGEST)
    staff.told()
    email = only(staff.at(morning(staff)))
    assert email.recipients == [mailbox]
    assert email.email["Subject"].startswith("Light Works, ")
    assert "Transferred to us: 1" in email.plain
    assert "Assigned to me" not in email.plain


def test_a_day_is_told_once_and_not_in_the_afternoon(staff: Staffed) -> None:
    of_ann(staff)
    staff.choose("ann", ALL_IN_DIGEST)
    seven = morning(staff)
    assert staff.at(seven + timedelta(hours=5)) == []  # the server was off until then
    next_day = seven + timedelta(days=1)
    only(staff.at(next_day + timedelta(hours=2)))
    assert staff.at(next_day + timedelta(hours=2, seconds=1)) == []
    days = staff.town.rows("SELECT kind, state FROM messages")
    assert days == [(DAY, "sent")]


def test_a_day_without_anything_is_not_sent(staff: Staffed) -> None:
    staff.town.rows("UPDATE service_requests SET sandbox = true")
    staff.choose("ann", ALL_IN_DIGEST)
    try:
        assert staff.at(morning(staff)) == []
        assert staff.reasons() == [(DAY, "dropped", "nothing")]
    finally:
        staff.town.rows("UPDATE service_requests SET sandbox = false")


def test_who_chose_nothing_gets_no_day(staff: Staffed) -> None:
    of_ann(staff)
    staff.choose("ann", ALL_AT_ONCE)
    assert to(staff.at(morning(staff))) == {}


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2026, 3, 7), datetime(2026, 3, 7, 12, tzinfo=UTC)),
        (date(2026, 3, 8), datetime(2026, 3, 8, 11, tzinfo=UTC)),  # 23 hours long
        (date(2026, 11, 1), datetime(2026, 11, 1, 12, tzinfo=UTC)),  # 25 hours long
    ],
)
def test_a_morning_is_at_seven_also_when_clocks_change(day: date, utc: datetime) -> None:
    assert hour_of(day, 7, NEW_YORK) == utc
    assert next_hour(utc - timedelta(seconds=1), 7, NEW_YORK) == day
    assert next_hour(utc, 7, NEW_YORK) == day + timedelta(days=1)


def test_tomorrow_is_a_local_day_also_when_clocks_change() -> None:
    for day, hours in ((date(2026, 3, 7), 23), (date(2026, 10, 31), 25), (date(2026, 5, 5), 24)):
        begin, end = day_after(day, NEW_YORK)
        assert end - begin == timedelta(hours=hours)
        assert begin.astimezone(NEW_YORK) == datetime.combine(
            day + timedelta(days=1), time(), NEW_YORK
        )


def test_the_email_of_a_day_is_not_sent_on_the_next_one(staff: Staffed) -> None:
    of_ann(staff)
    staff.choose("ann", ALL_IN_DIGEST)
    seven = morning(staff)
    staff.town.relay.at_rcpt.append("451 later")
    assert staff.at(seven) == []
    with staff.at_work():
        assert deliver(seven + timedelta(days=1)) == 0
    assert staff.reasons() == [(DAY, "dropped", "too_old")]


def test_a_long_weekend_hides_nothing_from_a_mailbox(staff: Staffed) -> None:
    """The two working days may begin five days ago, and at the next look one."""
    local = zone(staff)
    begin = now().astimezone(local).date() + timedelta(days=30)
    friday = begin + timedelta(days=(4 - begin.weekday()) % 7)
    closing = datetime.combine(friday, time(17), local)
    staff.town.rows(
        "INSERT INTO holidays (jurisdiction_id, day, name)"
        " SELECT 'gridtown.example', %s + n, 'Closed' FROM generate_series(3, 4) AS n",
        friday,
    )
    staff.town.rows(
        "INSERT INTO business_hours (jurisdiction_id, weekday, opens, closes)"
        " SELECT 'gridtown.example', n, '8:00', '17:00' FROM generate_series(1, 5) AS n"
    )
    one = staff.town.report()
    code = staff.town.value(
        "SELECT code FROM departments d JOIN service_requests r ON r.department_id = d.id"
        " WHERE r.pk = %s",
        one.pk,
    )
    staff.mailbox(code, {OVERDUE: AT_ONCE})
    staff.due(one, closing)
    found = []
    for hours in range(-3, 24 * 8, 3):
        found += staff.at(closing + timedelta(hours=hours, minutes=30))
    overdue = [subject for subject in subjects(found) if subject.startswith("Overdue")]
    assert overdue == [f"Overdue for two working days: {one.id}"]


def publish(staff: Staffed, monday: date, moment: datetime, *, tell: bool = True) -> bool:
    with staff.town.at_work() as city:
        documents = documents_of(report_of(monday), WEST=report_of(monday, received=21))
        return publish_report(city, monday, moment, "1", documents, tell=tell)


def test_a_report_is_sent_once_to_those_who_choose_it(staff: Staffed) -> None:
    """Two servers publish it, and the one that is later stores and sends nothing."""
    monday, moment = date(2026, 2, 23), now()
    staff.choose("ann", {**NOTHING, WEEKLY: AT_ONCE})
    staff.choose("wes", {**NOTHING, WEEKLY: AT_ONCE}, "es")
    assert publish(staff, monday, moment)
    assert not publish(staff, monday, moment)
    sent = staff.at(moment)
    assert to(sent) == {
        ANN: ["Weekly report: Week 9 of 2026, February 23, 2026 to March 1, 2026"],
        WES: [f"Informe semanal, West Yard: Semana 9 de 2026, {FROM_TO_SPANISH}"],
    }
    plain, page = (
        next(one for one in sent if one.recipients == [ANN]).email.get_body([kind]).get_content()
        for kind in ("plain", "html")
    )
    assert "30 requests were received" in plain
    assert "- Received: As published: 31; Now: 30" in plain
    assert 'scope="row"' in page
    assert "Pothole &lt;b&gt;" not in plain
    west = next(one for one in sent if one.recipients == [WES]).email.get_body(["plain"])
    assert "se recibieron 21 solicitudes" in west.get_content()
    assert "/staff/insights/reports/2026-W09?department=WEST" in west.get_content()
    assert staff.at(moment) == []


def test_nobody_gets_a_report_who_stopped_it_or_that_came_too_late(staff: Staffed) -> None:
    first, second, moment = date(2026, 1, 5), date(2026, 1, 12), now()
    staff.choose("ann", {**NOTHING, WEEKLY: AT_ONCE})
    assert publish(staff, first, moment, tell=False)
    assert publish(staff, second, moment)
    staff.choose("ann", NOTHING)
    assert staff.at(moment) == []
    assert [reason for kind, _state, reason in staff.reasons() if kind == WEEKLY] == ["ended"]
