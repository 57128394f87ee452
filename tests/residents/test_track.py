"""The reporter's page: what one can do with the secret link, and who else can not."""

import re
from pathlib import Path

import pytest
import requests
from administrators import says
from servers import PATIENCE

from open311.operations.maintenance import forget_originals
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.media import find_named
from open311.secret_links import token_of
from tests.residents.reported import SECRET, Reported, Town


def track(town: Town, one: Reported, act: str = "", **fields: object) -> requests.Response:
    """Open the page, or send one of its forms."""
    path = f"/track/{one.secret}"
    if not act:
        return town.get(path)
    return town.post(f"{path}/{act}", **fields)  # type: ignore[arg-type]


def row(town: Town, one: Reported, column: str) -> object:
    return town.value(f"SELECT {column} FROM service_requests WHERE pk = %s", one.pk)


def reasons(town: Town, one: Reported) -> list[str]:
    rows = town.rows(
        "SELECT reason FROM triage_entries WHERE service_request_pk = %s AND settled_at IS NULL"
        " ORDER BY id",
        one.pk,
    )
    return [reason for (reason,) in rows]


def test_the_link_shows_the_request_and_is_kept_and_told_nowhere(town: Town) -> None:
    one = town.report(photos=1)
    for path in (f"/track/{one.secret}", f"/es/track/{one.secret}/withdraw"):
        page = town.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in page.headers
        assert "Access-Control-Allow-Origin" not in page.headers
    assert "Deep hole" in says(track(town, one))


@pytest.mark.parametrize("secret", ["x" * 22, "x", "%00", "%F0%9F%98%80", "a" * 3000])
def test_other_links_lead_nowhere(town: Town, secret: str) -> None:
    assert town.get(f"/track/{secret}").status_code == 404
    for act in ("add", "answer", "fixed", "reopen", "hide", "withdraw", "new-link", "email"):
        answer = town.post(f"/track/{secret}/{act}", confirm="true", fixed="yes", description="x")
        assert answer.status_code == 404, act
    assert town.get(f"/f/{secret}").status_code == 404
    assert town.post(f"/f/{secret}", act="end").status_code == 404


def test_secrets_are_in_no_log(town: Town, site_log: Path) -> None:
    one = town.report()
    track(town, one)
    track(town, one, "add", description="More")
    town.get(f"/es/track/{one.secret}/withdraw?secret={one.secret}")
    town.get(f"/track/{one.secret}/nothing")
    assert "/track/" in site_log.read_text()
    assert one.secret not in site_log.read_text()


def test_a_held_request_is_shown_with_its_photo_and_its_state(town: Town) -> None:
    held, batch, secret = (
        town.report(photos=1),
        town.report(service="LAMP"),
        town.report(service="TIP", photos=0),
    )
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", held.pk)
    town.rows(
        "INSERT INTO holds (service_request_pk, rule, seen, held_at)"
        " VALUES (%s, 'link', 'spam.example', now())",
        held.pk,
    )
    page = track(town, held)
    assert "Received and being worked on. Shown publicly after a look." in says(page)
    assert "spam.example" not in page.text
    assert "See the public page" not in page.text
    photos = set(re.findall(rf"/track/{held.secret}/photos/[0-9a-f]{{32}}-small\.jpg", page.text))
    assert len(photos) == 1
    for path in photos:
        answer = town.get(path)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
        other = path.replace(held.secret, batch.secret)
        assert town.get(other).status_code == 404
        assert town.get(f"/open311/media/{path.rpartition('/')[2]}").status_code == 404
    assert "Staff read it first. Then it gets its number." in says(track(town, batch))
    assert "Requests for this service are never public." in says(track(town, secret))


def test_reading_changes_nothing(town: Town) -> None:
    one = town.report(photos=1)
    town.change(one, "fixed", "Filled.")
    before = town.counts()
    for language in ("", "/en", "/es"):
        for path in ("", "/withdraw", "?done=add", "?done=%00"):
            assert town.get(f"{language}/track/{one.secret}{path}").status_code == 200
    assert town.get("/track/withdrawn").status_code == 200
    for act in ("add", "answer", "fixed", "reopen", "hide", "new-link", "email"):
        assert town.get(f"/track/{one.secret}/{act}").status_code in (404, 405)
    assert town.counts() == before


def test_what_is_added_is_a_comment_and_counts_once(town: Town) -> None:
    one = town.report()
    for _time in range(2):
        answer = track(
            town, one, "add", description="It grows.", sending="form-1", photos=1, again=False
        )
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/track/{one.secret}?done=add"
    found = town.rows(
        "SELECT description, status, by_city, comment_id IS NOT NULL FROM received_updates"
        " WHERE service_request_pk = %s",
        one.pk,
    )
    assert found == [("It grows.", None, False, True)]
    page = town.get(f"/r/{one.id}")
    assert "From the requester. It grows." in says(page)
    photo = town.value("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    assert photo in page.text
    assert (
        "It grows."
        in requests.get(
            f"{town.address}/open311/v2/servicerequestupdates.json",
            params={"service_request_id": one.id},
            timeout=PATIENCE,
        ).text
    )
    nothing = track(town, one, "add", description="  ")
    assert nothing.status_code == 400
    assert "Write a sentence or add a photo." in says(nothing)


def test_a_doubtful_addition_is_kept_and_shown_publicly_after_a_look(town: Town) -> None:
    one = town.report()
    track(town, one, "add", photos=1, description="See https://spam.example for more.")
    assert "spam.example" not in town.get(f"/r/{one.id}").text
    page = track(town, one)
    mine = "From the requester. Shown publicly after a look. See https://spam.example for more."
    assert mine in says(page)
    [photo] = set(re.findall(r'<img src="(/[^"]*-small\.jpg)"', page.text))
    assert town.get(photo).status_code == 200
    assert town.get(f"/open311/media/{photo.rpartition('/')[2]}").status_code == 404


def test_an_answer_ends_the_wait_and_reaches_staff(town: Town) -> None:
    one = town.report()
    early = track(town, one, "answer", description="The left one.")
    assert early.status_code == 400
    assert "no longer waits" in says(early)
    town.ask(one, "Which lane?")
    assert "Which lane?" in says(track(town, one))
    done = track(town, one, "answer", description="The left one.")
    assert "Thank you. The city has your answer." in says(done)
    assert row(town, one, "waits_since") is None
    assert reasons(town, one) == ["answered"]
    assert "The left one." in town.get(f"/r/{one.id}").text


def closed(town: Town, status: str = "fixed", days_ago: int = 0) -> Reported:
    one = town.report()
    town.change(one, status, "Done, they say.")
    town.rows("ALTER TABLE status_changes DISABLE TRIGGER history_stays")
    town.rows(
        "UPDATE status_changes SET changed_at = changed_at - make_interval(days => %s)"
        " WHERE service_request_pk = %s",
        days_ago,
        one.pk,
    )
    town.rows("ALTER TABLE status_changes ENABLE TRIGGER history_stays")
    return one


def answers(town: Town, one: Reported) -> list[tuple[str, str]]:
    rows = town.rows(
        "SELECT answer, text FROM feedback WHERE service_request_pk = %s ORDER BY status_change_id",
        one.pk,
    )
    return [(answer, text) for answer, text in rows]


def test_is_it_fixed_is_asked_once_for_each_closing(town: Town) -> None:
    one = town.report()
    assert "Is it fixed?" not in says(track(town, one))
    early = track(town, one, "fixed", fixed="yes")
    assert early.status_code == 400
    town.change(one, "fixed", "Filled.")
    assert "Is it fixed?" in says(track(town, one))
    assert "Choose an answer." in says(track(town, one, "fixed"))
    track(town, one, "fixed", fixed="unsure")
    track(town, one, "fixed", fixed="yes", description="Thank you, Kim!")
    assert answers(town, one) == [("yes", "Thank you, Kim!")]
    assert row(town, one, "status") == "closed"
    assert "Kim" not in town.get(f"/r/{one.id}").text  # for staff
    town.change(one, "open", "It has opened again.")
    town.change(one, "fixed", "Filled again.")
    track(town, one, "fixed", fixed="yes")
    assert answers(town, one) == [("yes", "Thank you, Kim!"), ("yes", "")]


def test_no_needs_words_or_a_photo_and_opens_the_request_again(town: Town) -> None:
    one = closed(town)
    town.rows("UPDATE service_requests SET expected_datetime = '2026-01-02 12:00Z'")
    town.rows("UPDATE service_requests SET first_expected_datetime = '2026-01-02 12:00Z'")
    refused = track(town, one, "fixed", fixed="no")
    assert refused.status_code == 400
    assert "Write a sentence or add a photo." in says(refused)
    assert answers(town, one) == []
    for _time in range(2):  # sent twice
        page = track(town, one, "fixed", fixed="no", description="A gap is left.", sending="f")
        assert page.status_code == 200
    assert row(town, one, "detailed_status") == "open"
    assert answers(town, one) == [("no", "")]
    new_due = row(town, one, "expected_datetime")
    assert str(new_due) > "2026-01-02"
    text = says(town.get(f"/r/{one.id}"))
    assert "Opened again" in text
    assert "The requester says that it is not fixed." in text
    assert "A gap is left." in text
    assert "At first it was January 2" in text
    made_by = town.value(
        "SELECT made_by FROM status_changes WHERE service_request_pk = %s ORDER BY id DESC LIMIT 1",
        one.pk,
    )
    assert made_by is None


def test_after_two_times_staff_decide(town: Town) -> None:
    one = closed(town)
    for time in range(3):
        page = track(town, one, "reopen", photos=1, sending=f"form-{time}")
        if time < 2:
            assert "The request is open again." in says(page)
            town.change(one, "fixed", f"Filled for the {time}. time.")
    assert "Thank you. Staff will look at it." in says(page)
    assert row(town, one, "status") == "closed"
    assert reasons(town, one) == ["reopened_often"]
    assert [answer for answer, _text in answers(town, one)] == ["no", "no", "no"]
    assert "Is it fixed?" not in says(track(town, one))


@pytest.mark.parametrize(
    ("status", "days", "service_days", "reopens"),
    [
        ("fixed", 59, None, True),
        ("fixed", 61, None, False),
        ("fixed", 13, 14, True),
        ("fixed", 15, 14, False),
        ("fixed", 61, 90, True),
        ("no_further_action", 1, None, True),
        ("not_councils_responsibility", 0, None, False),
        ("duplicate", 0, None, False),
        ("internal_referral", 0, None, False),
    ],
)
def test_no_reopens_within_the_days_of_the_service_or_city(
    town: Town, status: str, days: int, service_days: int | None, reopens: bool
) -> None:
    """Not where someone else is responsible: staff get a note instead"""
    change = "UPDATE services SET reopen_days = %s WHERE service_code = 'POTHOLE'"
    town.rows(change, service_days)
    one = closed(town, status, days)
    assert ("opened again until" in says(track(town, one))) is reopens
    page = says(track(town, one, "fixed", fixed="no", description="Still there."))
    town.rows(change, None)
    assert row(town, one, "status") == ("open" if reopens else "closed")
    assert reasons(town, one) == ([] if reopens else ["said_open"])
    assert ("The request is open again." if reopens else "Staff will look at it.") in page


def test_a_duplicate_leads_to_the_other_request(town: Town) -> None:
    main, one = town.report(), town.report()
    town.join(one, main)
    town.change(main, "fixed", "Filled.")
    text = says(track(town, one))
    assert f"Joined with {main.id}." in text
    assert "Is it fixed?" not in text
    track(town, one, "fixed", fixed="no", description="Still there.")
    assert row(town, one, "status") == "closed"


def test_the_text_is_hidden_at_once(town: Town) -> None:
    one = town.report(description="At my red house")
    page = track(town, one, "hide", text="hide")
    assert "Your text is hidden." in says(page)
    assert "Text hidden by the requester" in says(page)
    for answer in (
        town.get(f"/r/{one.id}"),
        town.get(f"/open311/v2/requests/{one.id}.json"),
        town.get("/ogc/collections/requests/items"),
        page,
    ):
        assert "red house" not in answer.text
    assert town.rows(
        "SELECT original, made_by, target FROM moderations WHERE service_request_pk = %s", one.pk
    ) == [("At my red house", None, "description")]
    again = track(town, one, "hide", text="hide")
    assert again.status_code == 400
    assert "This is hidden already." in says(again)


def test_a_photo_is_hidden_at_once_and_its_link_is_dead(town: Town) -> None:
    one, other = town.report(photos=2), town.report(photos=1)
    track(town, one, "add", photos=1)
    names = [
        name
        for (name,) in town.rows(
            "SELECT name FROM media WHERE service_request_pk = %s ORDER BY position", one.pk
        )
    ]
    assert all(f'name="photo" value="{name}"' in track(town, one).text for name in names)
    [[foreign]] = town.rows("SELECT name FROM media WHERE service_request_pk = %s", other.pk)
    for name in (foreign, "nothing.jpg"):
        assert track(town, one, "hide", photo=name).status_code == 400
    assert town.get(f"/open311/media/{foreign}").status_code == 200
    left = [names[1], names[2]]
    for name in (names[0], names[2]):
        assert "The photo is hidden." in says(track(town, one, "hide", photo=name))
        for file in (name, name.replace(".jpg", "-small.jpg")):
            assert town.get(f"/open311/media/{file}").status_code == 404
    assert row(town, one, "media_url") == f"/open311/media/{left[0]}"
    track(town, one, "hide", photo=names[1])
    assert row(town, one, "media_url") == ""
    page = town.get(f"/r/{one.id}")
    assert not re.search(r"[0-9a-f]{32}", page.text)
    assert says(page).count("Photo hidden by the requester") == 3


def test_what_was_hidden_is_kept_for_thirty_days(town: Town) -> None:
    one = town.report(photos=1, description="At my red house")
    track(town, one, "hide", text="hide")
    [[name]] = town.rows("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    track(town, one, "hide", photo=name)
    mine = "SELECT original FROM moderations WHERE service_request_pk = %s ORDER BY id"
    for days, left in ((29, ["At my red house", name]), (31, ["", ""])):
        town.rows("UPDATE moderations SET made_at = now() - make_interval(days => %s)", days)
        with town.at_work():
            forget_originals()
            assert find_named([name]) == ({name} if days < 30 else set())
        assert [original for (original,) in town.rows(mine, one.pk)] == left


def test_photos_are_cached_for_minutes(town: Town) -> None:
    one = town.report(photos=1)
    [[name]] = town.rows("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    assert town.get(f"/open311/media/{name}").headers["Cache-Control"] == "public, max-age=300"


def test_withdrawing_asks_first_and_then_erases_all(town: Town) -> None:
    one = town.report(photos=1, description="My red house", email="kim@mail.example")
    asked = track(town, one, "withdraw")
    assert "Withdraw this request?" in says(asked)
    assert "The number stays and shows that it was withdrawn." in says(asked)
    assert row(town, one, "withdrawn_at") is None
    [[name]] = town.rows("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    done = track(town, one, "withdraw", confirm="true")
    assert "Your request was withdrawn" in says(done)
    assert done.url == f"{town.address}/track/withdrawn"
    assert row(town, one, "description") == ""
    assert town.get(f"/open311/media/{name}").status_code == 404
    assert town.get(f"/r/{one.id}").status_code == 410
    assert track(town, one).status_code == 404
    assert town.rows("SELECT * FROM capabilities WHERE service_request_pk = %s", one.pk) == []
    tombstone = town.get(f"/open311/v2/requests/{one.id}.json")
    assert tombstone.status_code == 410


@pytest.mark.parametrize("why", ["joined", "duplicate", "work"])
def test_what_others_need_goes_ahead_without_what_was_sent(town: Town, why: str) -> None:
    one = town.report(
        photos=1, description="My red house", first_name="Kimberley", email="kim@mail.example"
    )
    track(town, one, "add", description="It is Kimberley again, from the red house.")
    if why == "joined":
        assert town.post(f"/r/{one.id}/me-too").status_code == 200
    elif why == "duplicate":
        town.join(town.report(), one)
    town.change(one, "in_progress" if why == "work" else "open", "Kimberley, we come tomorrow.")
    assert "The request goes ahead without them" in says(track(town, one, "withdraw"))
    done = track(town, one, "withdraw", confirm="true")
    assert "What you sent was erased" in says(done)
    assert row(town, one, "withdrawn_at") is None
    page = town.get(f"/r/{one.id}")
    assert page.status_code == 200
    text = says(page)
    assert "we come tomorrow." in text
    assert text.count("The text was erased.") == 2
    for word in ("Kimberley", "red house"):
        assert word not in text
    assert town.rows("SELECT * FROM media WHERE service_request_pk = %s", one.pk) == []
    assert town.rows("SELECT * FROM reporters WHERE service_request_pk = %s", one.pk) == []
    assert track(town, one).status_code == 404


def test_a_new_link_replaces_the_former_one(town: Town) -> None:
    one = town.report()
    page = track(town, one, "new-link")
    new = token_of(SECRET, "track", one.pk, 2)
    assert page.url == f"{town.address}/track/{new}?done=new-link"
    assert "The former one no longer works." in says(page)
    assert track(town, one).status_code == 404
    assert track(town, one, "hide").status_code == 404
    assert row(town, one, "description") == "Deep hole"


def test_the_reporter_s_address_is_kept_and_shown_to_nobody(town: Town) -> None:
    one = town.report()
    wrong = track(town, one, "email", email="not an address")
    assert wrong.status_code == 400
    assert "Enter an email address" in says(wrong)
    page = track(town, one, "email", email="Kim@Mail.Example")
    assert "We will write to you once the city sends email." in says(page)
    assert "kim@mail.example" not in page.text.lower()
    statement = (
        "SELECT address, state, is_reporter, language FROM subscriptions"
        " JOIN contacts ON contacts.id = contact_id WHERE service_request_pk = %s"
        " ORDER BY subscriptions.id"
    )
    assert town.rows(statement, one.pk) == [("kim@mail.example", "unconfirmed", True, "en")]
    town.post(f"/es/track/{one.secret}/email", email="bo@mail.example")
    assert [state for _a, state, *_ in town.rows(statement, one.pk)] == ["ended", "unconfirmed"]
    track(town, one, "email", email="")
    assert [state for _a, state, *_ in town.rows(statement, one.pk)] == ["ended", "ended"]


def test_former_addresses_of_the_reporter_are_erased_with_what_was_sent(town: Town) -> None:
    one = town.report()
    for name in ("former", "follower", "present"):
        track(town, one, "email", email=f"{name}@mail.example")
    town.post(f"/r/{one.id}/follow", email="follower@mail.example")
    town.change(one, "in_progress", "We come tomorrow.")
    track(town, one, "withdraw", confirm="true")
    left = "SELECT address FROM contacts JOIN subscriptions ON contact_id = contacts.id"
    mine = town.rows(f"{left} WHERE service_request_pk = %s", one.pk)
    assert mine == [("follower@mail.example",)]
    former = (
        "SELECT * FROM contacts WHERE address IN ('former@mail.example', 'present@mail.example')"
    )
    assert town.rows(former) == []


def test_an_app_that_names_its_updates_alike_is_not_the_reporter(town: Town) -> None:
    one = town.report(photos=1)
    [[photo]] = town.rows("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    [[update]] = town.rows(
        "INSERT INTO received_updates (service_request_pk, api_key_id, update_id, description,"
        " sent_at, received_at, accepted_at, comment_id, by_city, claims)"
        " SELECT %s, min(id), 'track-7', 'From the app.', now(), now(), now(),"
        " nextval('status_changes_id_seq'), false, false FROM api_keys WHERE kind = 'app'"
        " RETURNING id",
        one.pk,
    )
    town.rows("UPDATE media SET received_update_id = %s WHERE name = %s", update, photo)
    assert track(town, one, "hide", photo=photo).status_code == 400
    assert town.rows("SELECT name FROM media WHERE service_request_pk = %s", one.pk) == [(photo,)]
    town.change(one, "in_progress", "We come tomorrow.")
    track(town, one, "withdraw", confirm="true")
    assert "From the app." in says(town.get(f"/r/{one.id}"))


def test_a_request_that_staff_withdrew_can_no_longer_be_changed(town: Town) -> None:
    one = town.report()
    with town.at_work() as city:
        withdraw_service_request(city, one.id, "tests", "Spam")
    assert track(town, one).status_code == 404
    assert track(town, one, "add", description="Why?").status_code == 404


def test_a_form_of_another_site_is_refused(town: Town) -> None:
    one = town.report()
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://["},
    ):
        answer = requests.post(
            f"{town.address}/track/{one.secret}/withdraw",
            data={"confirm": "true"},
            headers=headers,
            timeout=PATIENCE,
        )
        assert answer.status_code == 403
    assert row(town, one, "withdrawn_at") is None
