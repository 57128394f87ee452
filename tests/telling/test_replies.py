"""Replies to emails: they become answers, once, and never public by themselves."""

from administrators import says
from images import encoded, from_a_phone, half_red

from open311.operations.requests.updates import accept_update
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.residents.track import renew_link, set_updates
from tests.residents.reported import SECRET
from tests.telling.inboxing import ANSWER, KIM, InboxTown, reply
from tests.telling.mailing import LATER, links, only

LINE = "Please write above this line"


def test_a_reply_answers_the_question_and_the_request_goes_on(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    assert email.plain.splitlines()[:2] == [LINE, ""]
    assert email.html.index(LINE) < email.html.index("Gridtown")
    assert "You can also answer by replying to this email." in email.plain
    assert inbox.waits(one)
    assert inbox.take(reply(email)) == {"replied": 1}
    assert not inbox.waits(one)
    assert inbox.comments(one) == [(ANSWER, False)]
    assert inbox.reviews(one) == ["answered"]
    assert ANSWER not in says(inbox.get(f"/r/{one.id}"))
    assert ANSWER in says(inbox.get(f"/track/{one.secret}"))
    assert inbox.folders() == (0, 1, 0)
    assert inbox.fetch() == {}
    assert inbox.deliver(LATER) == []  # no mail is answered by a mail


def test_the_line_is_in_the_language_of_the_reader(inbox: InboxTown) -> None:
    one, email = inbox.asked(language="/es")
    assert email.plain.splitlines()[0] == "Escriba por encima de esta línea"
    assert inbox.take(reply(email, "Al norte.")) == {"replied": 1}
    assert inbox.comments(one) == [("Al norte.", False)]


def test_a_reply_to_another_email_is_for_staff(inbox: InboxTown) -> None:
    one, email = inbox.sent()
    assert inbox.take(reply(email, "It is deeper now.")) == {"replied": 1}
    assert inbox.comments(one) == [("It is deeper now.", False)]
    assert inbox.reviews(one) == ["replied"]


def test_a_mail_that_comes_twice_counts_once(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    mail = bytes(reply(email))
    again = b"Received: from relay.example by mx.example; Sun, 29 Nov 2026 20:03:00 +0000\n" + mail
    assert inbox.take(mail, again) == {"replied": 1}
    assert inbox.take(mail) == {}
    assert inbox.comments(one) == [(ANSWER, False)]
    assert inbox.folders() == (0, 3, 0)


def test_a_reply_from_another_address_waits_until_staff_approve_it(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    assert inbox.take(reply(email, sender="Sam@Mail.Example")) == {"held": 1}
    assert inbox.waits(one)
    assert inbox.reviews(one) == ["replied"]
    assert ANSWER not in says(inbox.get(f"/r/{one.id}")) + says(inbox.get(f"/track/{one.secret}"))
    [[token, author]] = inbox.rows(
        "SELECT token, email FROM received_updates JOIN update_reporters"
        " ON received_update_id = received_updates.id WHERE service_request_pk = %s",
        one.pk,
    )
    assert author == "sam@mail.example"
    with inbox.at_work() as city:
        accept_update(city, token)
    assert not inbox.waits(one)
    assert inbox.comments(one) == [(ANSWER, True)]


def test_the_address_on_file_is_that_of_now(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    with inbox.at_work() as city:
        set_updates(city, one.pk, "new@mail.example", "en", SECRET)
    assert inbox.take(reply(email)) == {"held": 1}
    assert inbox.waits(one)


OF_PROGRAMS = (
    {"Auto-Submitted": "auto-replied; owner-email=kim@mail.example"},
    {"Precedence": "bulk"},
    {"List-Id": "<neighbors.mail.example>"},
    {"Return-Path": "<>"},
    {"X-Autoreply": "yes"},
)


def test_what_a_program_writes_does_nothing(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    mails = [reply(email, "I am away.", headers=headers) for headers in OF_PROGRAMS]
    assert inbox.take(*mails) == {"automatic": len(OF_PROGRAMS)}
    assert inbox.waits(one)
    assert inbox.comments(one) == []
    assert inbox.folders() == (0, len(OF_PROGRAMS), 0)
    assert inbox.take(reply(email, headers={"Auto-Submitted": "no"})) == {"replied": 1}


def test_our_own_emails_do_nothing_in_our_mailbox(inbox: InboxTown) -> None:
    """As when somebody forwards all their mail to the address that it came from."""
    one, email = inbox.asked()
    own = bytes(email.email)
    back = b"Delivered-To: " + email.email["Reply-To"].encode() + b"\n" + own
    assert inbox.take(back, reply(email, sender="311@gridtown.example")) == {"automatic": 2}
    assert inbox.comments(one) == []


def test_an_address_that_somebody_made_up_does_nothing(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    name, domain = email.email["Reply-To"].split("@")
    mail = reply(email)
    mail.replace_header("To", f"{name[:-16]}{'a' * 16}@{domain}")
    assert inbox.take(mail) == {"unknown": 1}
    assert inbox.waits(one)
    assert inbox.comments(one) == []
    assert inbox.folders() == (0, 0, 1)
    assert inbox.deliver(LATER) == []


def test_an_email_that_was_forgotten_cannot_be_answered(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    inbox.rows("DELETE FROM messages")
    assert inbox.take(reply(email)) == {"unknown": 1}
    assert inbox.comments(one) == []


def test_a_new_secret_link_ends_replies_to_former_emails(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    with inbox.at_work() as city:
        renew_link(city, one.pk, SECRET)
    assert inbox.take(reply(email)) == {"unknown": 1}
    inbox.change(one, "in_progress")
    newer = only(inbox.deliver(LATER))
    assert inbox.take(reply(newer)) == {"replied": 1}


def test_a_withdrawn_request_cannot_be_answered(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    with inbox.at_work() as city:
        withdraw_service_request(city, one.id, "tests")
    assert sum(inbox.take(reply(email)).values()) == 1
    assert inbox.comments(one) == []
    assert inbox.folders() == (0, 0, 1)


def test_many_replies_in_a_day_are_put_aside(inbox: InboxTown) -> None:
    one, email = inbox.sent()
    inbox.rows(
        "INSERT INTO received_updates (service_request_pk, update_id, token, description, sent_at,"
        " received_at, by_city, claims) SELECT %s, n::text, md5(n::text), '', now(), now(), false,"
        " false FROM generate_series(1, 29) n",
        one.pk,
    )
    assert inbox.take(reply(email, "30"), reply(email, "31")) == {"replied": 1, "refused": 1}
    assert len(inbox.comments(one)) == 30


def test_photos_of_a_reply_are_added_and_other_files_are_not(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    mail = reply(email, "Look.")
    mail.add_attachment(from_a_phone(), maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    mail.add_attachment(
        encoded(half_red(), "PNG"), maintype="application", subtype="octet-stream", filename="2.PNG"
    )
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="map.pdf")
    mail.add_attachment(b"no image", maintype="image", subtype="jpeg", filename="IMG_3.jpg")
    assert inbox.take(mail) == {"replied": 1}
    photos = inbox.rows(
        "SELECT name FROM media JOIN received_updates ON received_update_id = received_updates.id"
        " WHERE media.service_request_pk = %s",
        one.pk,
    )
    assert len(photos) == 2
    for (name,) in photos:  # the reply is held, and so are its photos
        assert inbox.get(f"/open311/media/{name}").status_code == 404


def test_a_photo_alone_is_an_answer_and_nothing_is_none(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    assert inbox.take(reply(email, "")) == {"empty": 1}
    assert inbox.waits(one)
    mail = reply(email, "")
    mail.add_attachment(from_a_phone(), maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    assert inbox.take(mail) == {"replied": 1}
    assert not inbox.waits(one)
    assert inbox.folders() == (0, 1, 1)


def test_mails_to_other_addresses_are_left_alone(inbox: InboxTown) -> None:
    mail = reply(inbox.sent()[1], "When are you open?")
    mail.replace_header("To", "311@gridtown.example")
    assert inbox.take(mail) == {}
    assert inbox.fetch() == {}
    assert inbox.folders() == (1, 0, 0)
    [flags] = inbox.mailbox.flags()
    assert b"Seen" not in flags


def test_a_mail_that_a_person_has_opened_is_read_all_the_same(inbox: InboxTown) -> None:
    one, email = inbox.asked()
    inbox.mailbox.put(bytes(reply(email)))
    with inbox.mailbox.opened() as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Seen)")
    assert inbox.fetch() == {"replied": 1}
    assert not inbox.waits(one)


def test_followers_cannot_reply(inbox: InboxTown) -> None:
    one = inbox.report()
    inbox.post(f"/r/{one.id}/follow", email=KIM, sending="1")
    email = only(inbox.deliver())
    assert email.email["Reply-To"] is None
    assert LINE not in email.plain
    assert "/f/" in links(email.plain)[0]
