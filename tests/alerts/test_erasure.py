"""What happens to alerts when the data of a person is erased."""

from tests.alerts.alerting import alerted, sent, wish
from tests.telling.mailing import MailTown


def addresses(town: MailTown) -> list[str]:
    rows = town.rows("SELECT contacts.address FROM alerts JOIN contacts ON contacts.id = contact_id"
                     " ORDER BY alerts.id")  # fmt: skip
    return [address for (address,) in rows]


def test_who_is_erased_has_no_alerts_left(town: MailTown) -> None:
    alerted(town, wish(), "kim@mail.example")
    alerted(town, wish(), "lee@mail.example")
    town.report()
    assert len(sent(town)) == 2
    town.command("people", "erase", "--email", "Kim@mail.example", "--reason", "Asked for", "--yes")
    assert addresses(town) == ["lee@mail.example"]
    assert town.value("SELECT count(*) FROM contacts") == 1
    assert town.value("SELECT count(*) FROM messages WHERE kind = 'alert'") == 1


def test_the_erasure_of_one_request_leaves_alerts(town: MailTown) -> None:
    """The requester also has an alert, which has nothing to do with the request."""
    one = town.send_in("kim@mail.example")
    town.deliver()
    alerted(town, wish(), "kim@mail.example")
    town.command("people", "erase", "--request", one.id, "--reason", "Asked for", "--yes")
    assert town.value("SELECT count(*) FROM subscriptions") == 0
    assert addresses(town) == ["kim@mail.example"]
