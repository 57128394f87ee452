"""Following a request by email: asked for, confirmed, and ended; scanners change nothing."""

import math

import pytest
from administrators import says

from open311.operations.requests.withdraw import withdraw_service_request
from open311.secret_links import hash_of_token, token_of
from tests.residents.reported import SECRET, Reported, Town, browser


def wishes(town: Town, one: Reported) -> list[tuple[object, ...]]:
    return town.rows(
        "SELECT address, language, state, is_reporter, verified_at IS NOT NULL FROM subscriptions"
        " JOIN contacts ON contacts.id = contact_id WHERE service_request_pk = %s"
        " ORDER BY subscriptions.id",
        one.pk,
    )


def follow(town: Town, one: Reported, email: str = "kim@mail.example") -> str:
    """Follow a request, and return the token of the link that a message would have."""
    page = town.post(f"/r/{one.id}/follow", email=email)
    assert "We will write to you once the city sends email." in says(page)
    id_ = town.value(
        "SELECT subscriptions.id FROM subscriptions JOIN contacts ON contacts.id = contact_id"
        " WHERE service_request_pk = %s AND address = %s",
        one.pk,
        email.lower(),
    )
    return token_of(SECRET, "follow", id_)


def test_a_wish_is_unconfirmed_until_its_link_was_used(town: Town) -> None:
    one = town.report()
    secret = follow(town, one, "Kim@Mail.Example")
    assert follow(town, one) == secret  # asked twice
    assert town.post(f"/es/r/{one.id}/follow", email="bo@mail.example").status_code == 200
    assert wishes(town, one) == [
        ("kim@mail.example", "en", "unconfirmed", False, False),
        ("bo@mail.example", "es", "unconfirmed", False, False),
    ]
    page = town.get(f"/f/{secret}")
    assert "Do you want an email when its status changes?" in says(page)
    assert "kim@mail.example" not in page.text
    done = town.post(f"/f/{secret}", act="confirm")
    assert done.history[0].status_code == 303
    assert "You get an email when its status changes, once the city sends email." in says(done)
    assert wishes(town, one)[0] == ("kim@mail.example", "en", "on", False, True)
    assert "You get no more updates." in says(town.post(f"/f/{secret}", act="end"))
    assert wishes(town, one)[0] == ("kim@mail.example", "en", "ended", False, True)
    assert "You get an email" in says(town.post(f"/f/{secret}", act="confirm"))


def test_scanners_that_open_the_link_change_nothing(town: Town) -> None:
    one = town.report()
    secret = follow(town, one)
    before, states = town.counts(), wishes(town, one)
    for language in ("", "/en", "/es"):
        for _time in range(2):
            page = town.get(f"{language}/f/{secret}")
            assert page.status_code == 200
            assert page.headers["Cache-Control"] == "private, no-store"
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert "Set-Cookie" not in page.headers
    assert town.get(f"/f/{secret}?act=confirm").status_code == 200
    assert (town.counts(), wishes(town, one)) == (before, states)


@pytest.mark.parametrize(
    "email", ["", "nobody", "@mail.example", "a@b@c.example", "kïm@mail.example", "a" * 400]
)
def test_what_is_no_address_is_refused_and_stays_in_the_form(town: Town, email: str) -> None:
    one = town.report()
    page = town.post(f"/r/{one.id}/follow", email=email)
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert f'value="{email}"' in page.text
    assert wishes(town, one) == []


def test_a_link_is_for_one_wish_alone(town: Town) -> None:
    one, other = town.report(), town.report()
    secret, _other = follow(town, one), follow(town, other)
    town.post(f"/f/{secret}", act="confirm")
    assert [state for _a, _l, state, *_ in wishes(town, other)] == ["unconfirmed"]
    assert town.get(f"/track/{secret}").status_code == 404
    assert town.get(f"/f/{one.secret}").status_code == 404
    assert town.post(f"/f/{secret}").status_code == 400
    stored = town.value(
        "SELECT token_hash FROM capabilities WHERE purpose = 'follow' AND service_request_pk = %s",
        one.pk,
    )
    assert bytes(stored) == hash_of_token(secret)


def test_a_withdrawn_request_is_followed_by_nobody(town: Town) -> None:
    one, other = town.report(), town.report()
    secret = follow(town, one, "lee@mail.example")
    with town.at_work() as city:
        withdraw_service_request(city, one.id, "tests", "Spam")
    assert wishes(town, one) == []
    assert town.get(f"/f/{secret}").status_code == 404
    assert town.rows("SELECT * FROM contacts WHERE address = 'lee@mail.example'") == []
    follow(town, other, "lee@mail.example")
    assert len(wishes(town, other)) == 1


def test_programs_that_fill_in_every_field_are_ignored(town: Town) -> None:
    one = town.report()
    page = town.post(f"/r/{one.id}/follow", email="spam@mail.example", website="x")
    assert page.status_code == 200
    assert wishes(town, one) == []


def test_a_refused_page_says_how_long_to_wait(town: Town) -> None:
    one, person = town.report(), browser()
    for _ in range(61):
        page = person.post(f"{town.address}/r/{one.id}/follow", data={"website": "x"})
    assert page.status_code == 429
    minutes = math.ceil(int(page.headers["Retry-After"]) / 60)
    assert minutes > 1
    assert f"Send it again in {minutes} min." in says(page)
