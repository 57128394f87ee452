"""What requesters are told by email, from the receipt to the closing."""

import re

import pytest
from administrators import says
from mail_relay import Delivered

from tests.telling.mailing import LATER, MailTown, links

KIM = "kim@mail.example"


def only(found: list[Delivered]) -> Delivered:
    [one] = found
    return one


def confirm(town: MailTown, email: Delivered) -> None:
    """Press the button that the link of an email leads to."""
    path = next(link for link in links(email.plain) if "/f/" in link)
    assert town.post(path, act="confirm").status_code == 200


def test_a_report_of_the_website_is_received(town: MailTown) -> None:
    one = town.send_in(KIM)
    email = only(town.deliver())
    assert email.recipients == [KIM]
    assert email.email["To"] == KIM
    assert email.sender == "311@gridtown.example"
    assert email.email["From"] == "Gridtown 311 <311@gridtown.example>"
    assert email.email["Subject"] == f"We received your request {one.id}"
    assert "A deep hole" not in email.plain + email.html
    assert "1 Main Street" not in email.plain + email.html
    assert f"/en/track/{one.secret}" in links(email.plain)
    assert town.deliver(LATER) == []
    print(email.plain)
