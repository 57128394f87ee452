"""The pages on which an administrator writes the texts of emails, without scripts."""

import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import lxml.html
import pytest
import requests
from administrators import NAME, administrator, password_of, says, send, told
from browsing import barriers_in_all_views, enter
from mail_relay import Relay
from playwright.sync_api import Browser, expect
from servers import running_server
from staff_client import Person

from open311.letters.texts import built_in_text
from open311.staff.text_trials import TESTS
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.message_texts import TEMPLATE_KINDS
from tests.alerts.alerting import alerted, wish
from tests.alerts.alerting import sent as alerts_sent
from tests.telling.mailing import LATER, MailTown, mail_environment, only, subjects

KIM, LEE = "kim@mail.example", "lee@mail.example"
INDEX = "/city/messages"
STATUS = "/city/messages/status/en"
BODY = "Now: **((status))**\n\n((note??> ((note))))\n\n[Look](((link)))"


@pytest.fixture(scope="module")
def password(mail_database: str, run_command: Callable[..., str]) -> str:
    return password_of(mail_database, run_command)


@pytest.fixture(scope="module")
def served(
    mail_database: str, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MailTown]:
    """The city without HTTPS, as staff without a browser sign in here."""
    folder = tmp_path_factory.mktemp("texts")
    usual = mail_environment(relay, folder / "media")
    settings = {**usual, "OPEN311_PUBLIC_URL": "http://311.gridtown.example"}
    with running_server(mail_database, folder / "log", settings) as address:
        yield MailTown(address, mail_database, relay=relay, settings=settings)


@pytest.fixture(scope="module")
def chief(served: MailTown, password: str) -> Person:
    """An administrator, signed in."""
    return administrator(served.address, password)


@pytest.fixture
def built_in(town: MailTown) -> None:
    """Let the texts of the kinds of this module be the built-in ones."""
    town.rows(
        "INSERT INTO message_templates (jurisdiction_id, kind, language, channel, version,"
        " made_by, made_at) SELECT jurisdiction_id, kind, language, channel, max(version) + 1,"
        " 'tests', now() FROM message_templates GROUP BY 1, 2, 3, 4"
    )
    town.rows("DELETE FROM message_settings")


def save(chief: Person, path: str = STATUS, **fields: str) -> requests.Response:
    return send(chief, path, path, {"subject": "News of ((id))", "body": BODY, **fields})


def version(town: MailTown, kind: str = "status", language: str = "en") -> int:
    """Return the number of the newest version."""
    found: int = town.value(
        "SELECT coalesce(max(version), 0) FROM message_templates WHERE (kind, language) = (%s, %s)",
        kind,
        language,
    )
    return found


def typed(page: requests.Response) -> tuple[str, str]:
    """Return the subject and the text in the form of a page."""
    document = lxml.html.fromstring(page.text)
    [form] = [one for one in document.forms if "subject" in one.fields]
    return form.fields["subject"], form.fields["body"].strip()


@pytest.mark.usefixtures("built_in")
def test_a_text_goes_from_the_page_into_emails_and_back(town: MailTown, chief: Person) -> None:
    usual = built_in_text("status", "en")
    assert typed(chief.get(STATUS)) == (usual.subject, usual.body)
    saved = save(chief)
    assert saved.status_code == 303, told(saved)
    number = version(town)
    assert f"version {number}" in says(chief.get(STATUS))
    assert typed(chief.get(STATUS)) == ("News of ((id))", BODY)
    assert f"English : your text, version {number}" in says(chief.get(INDEX))

    one = town.send_in(KIM)
    town.deliver()
    assert town.post(f"/f/{town.follow_token(one)}", act="confirm").status_code == 200
    town.change(one, "in_progress", "We dig. [pay here](http://evil.example)")
    email = only(town.deliver(LATER))
    assert subjects([email]) == [f"News of {one.id}"]
    assert [line for line in email.plain.splitlines() if line][:2] == [
        "Now: Work has begun",
        "> We dig. [pay here](http://evil.example)",
    ]
    assert 'href="http://evil.example' not in email.html
    assert "Stop emails about this request" in email.plain
    assert email.email["List-Unsubscribe"]

    [sent] = town.rows("SELECT id, template_version FROM messages WHERE kind = 'status'")
    assert sent[1] == number
    assert save(chief, subject="Other").status_code == 303
    shown = chief.get(f"/city/sent/{sent[0]}")
    assert f"your text, version {number}" in says(shown)
    assert f"News of {one.id}" in says(chief.get(f"/city/sent/{sent[0]}/text"))

    back = send(chief, STATUS, f"{STATUS}/restore", {"version": "0", "seen": str(number + 1)})
    assert back.status_code == 303, told(back)
    assert typed(chief.get(STATUS)) == (usual.subject, usual.body)
    town.change(one, "planned")
    assert subjects(town.deliver(LATER)) == [f"Your request {one.id}: Planned"]
    again = send(chief, STATUS, f"{STATUS}/restore", {"version": str(number)})
    assert again.status_code == 303
    assert typed(chief.get(STATUS))[0] == "News of ((id))"
    history = says(chief.get(STATUS))
    assert history.count("by chief") >= 3
    assert town.value("SELECT count(*) FROM messages WHERE template_version IS NOT NULL") == 1


def test_staff_can_read_what_an_alert_said(town: MailTown, chief: Person, built_in: None) -> None:
    found = alerted(town, wish(), KIM)
    one = town.report()
    only(alerts_sent(town))
    path = f"/city/sent/{town.value('SELECT max(id) FROM messages')}"
    assert f'href="/staff{path}"' in chief.get("/city/sent").text
    shown, text = chief.get(path), chief.get(f"{path}/text")
    assert "Follower" in says(shown)
    assert "1 new request: Gridtown" in says(text)
    assert one.id in says(text)
    for page in (shown, text):
        assert KIM not in page.text
        assert found.token not in page.text


@pytest.mark.usefixtures("built_in")
def test_the_same_text_again_is_no_version(town: MailTown, chief: Person) -> None:
    before = version(town)
    for _time in range(2):
        assert save(chief).status_code == 303
    assert save(chief, body=BODY.replace("\n", "\r\n") + "\r\n").status_code == 303
    assert version(town) == before + 1


@pytest.mark.usefixtures("built_in")
def test_a_wrong_text_is_refused_and_nothing_typed_is_lost(town: MailTown, chief: Person) -> None:
    before = version(town)
    answer = save(chief, subject="((foo)) <i>", body="<b>((bar</b>\n\n  Zwei")
    assert answer.status_code == 400
    assert "Subject has unknown placeholders: ((foo))." in told(answer)
    assert "Text has brackets that do not match." in told(answer)
    assert typed(answer) == ("((foo)) <i>", "<b>((bar</b>\n\n  Zwei")
    document = lxml.html.fromstring(answer.text)
    for field in ("subject", "body"):
        [one] = document.xpath(f"//*[@name='{field}'][@aria-invalid='true']")
        assert f"problem-{field}" in one.get("aria-describedby")
    assert version(town) == before
    spanish = Person(chief.address)
    spanish.session.cookies.update(chief.session.cookies)
    send(spanish, STATUS, "/language", {"language": "es", "next": f"/staff{STATUS}"})
    wrong = save(spanish, subject="", body="Hola")
    assert "Asunto es obligatorio." in told(wrong) or "Asunto" in told(wrong)
    assert "A Texto le falta un enlace a ((link)), como […](((link)))." in told(wrong)


@pytest.mark.usefixtures("built_in")
def test_of_two_editors_the_second_is_told_and_can_decide(town: MailTown, chief: Person) -> None:
    hidden = chief.hidden(STATUS, STATUS)
    assert save(chief, subject="First").status_code == 303
    late = send(chief, STATUS, STATUS, {**hidden, "subject": "Second", "body": BODY})
    assert late.status_code == 409
    number = version(town)
    assert f"chief saved version {number} while you were working." in told(late)
    assert typed(late) == ("Second", BODY)
    fields = lxml.html.fromstring(late.text).xpath("//input[@name='seen']/@value")
    assert set(fields) == {str(number)}
    assert save(chief, subject="Second", seen=str(number)).status_code == 303
    old = send(chief, STATUS, f"{STATUS}/restore", {"version": "0", "seen": str(number)})
    assert old.status_code == 409
    assert version(town) == number + 1


@pytest.mark.usefixtures("built_in")
def test_editors_at_the_same_time_get_versions_one_after_the_other(
    town: MailTown, chief: Person
) -> None:
    hidden = chief.hidden(STATUS, STATUS)
    before = version(town)

    def one(number: int) -> int:
        fields = {**hidden, "subject": f"Editor {number}", "body": BODY}
        answer = requests.post(
            f"{chief.address}/staff{STATUS}",
            data=fields,
            cookies=chief.session.cookies,
            allow_redirects=False,
            timeout=60,
        )
        return answer.status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(one, range(4)))
    assert codes == [303, 409, 409, 409]
    assert version(town) == before + 1


@pytest.mark.usefixtures("built_in")
def test_a_preview_shows_what_is_typed_about_a_real_request(town: MailTown, chief: Person) -> None:
    one = town.report(address_string="5 Typed Street")
    town.change(one, "in_progress", "<b>Dig</b> [x](http://evil.example)")
    before = version(town)
    fields = {"subject": "((id)) at ((place))", "body": BODY, "service_request_id": one.id}
    frame = send(chief, STATUS, f"{STATUS}/preview", fields)
    assert frame.status_code == 200
    policy = frame.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert "script-src" not in policy
    assert says(frame).count(f"{one.id} at 5 Typed Street") == 3  # title, heading, and plain text
    assert "<b>Dig</b> [x](http://evil.example)" in says(frame)
    assert 'href="http://evil.example' not in frame.text
    assert f"{one.id} at 5 Typed Street" in says(frame)
    unknown = {"recipient": "unconfirmed"}
    hidden = send(chief, STATUS, f"{STATUS}/preview", {**fields, **unknown})
    assert "5 Typed Street" not in says(hidden)
    assert "Dig" not in says(hidden)
    wrong = send(chief, STATUS, f"{STATUS}/preview", {**fields, "body": "No link"})
    assert wrong.status_code == 400
    assert "Text lacks a link to ((link))" in says(wrong)
    assert "frame-ancestors 'self'" in wrong.headers["Content-Security-Policy"]
    nothing = send(chief, STATUS, f"{STATUS}/preview", {**fields, "service_request_id": "x-1"})
    assert nothing.status_code == 400
    assert "x-1" in says(nothing)
    assert version(town) == before
    assert "frame-src 'self'" in chief.get(STATUS).headers["Content-Security-Policy"]
    assert "frame-src" not in chief.get(INDEX).headers["Content-Security-Policy"]


EACH = list(zip(TEMPLATE_KINDS, itertools.cycle(LANGUAGES), strict=False))
"""Each kind in one language, and each language."""


@pytest.mark.usefixtures("built_in")
@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(EACH, id="each kind"),
        pytest.param(
            list(itertools.product(TEMPLATE_KINDS, LANGUAGES)),
            marks=pytest.mark.long,
            id="each kind in each language",
        ),
    ],
)
def test_each_kind_has_a_page_and_a_preview_in_its_language(
    town: MailTown, chief: Person, texts: list[tuple[str, str]]
) -> None:
    closed = town.report()
    town.change(closed, "fixed", "Done")
    for kind, language in texts:
        path = f"/city/messages/{kind}/{language}"
        text = built_in_text(kind, language)
        assert typed(chief.get(path)) == (text.subject, text.body)
        own = {"subject": f"{kind} {language} ((city))", "body": text.body}
        saved = send(chief, path, path, own)
        assert saved.status_code == 303, (path, told(saved))
        frame = chief.get(f"{path}/preview")
        assert f"{kind} {language} Gridtown" in says(frame), path
        assert f'<html lang="{language}">' in frame.text
        assert chief.get(f"{path}/preview", version="0").status_code == 200
    assert chief.get("/city/messages/rumor/en").status_code == 404
    assert chief.get("/city/messages/status/tlh").status_code == 404
    assert chief.get(f"{STATUS}/preview", version="999").status_code == 400


@pytest.mark.usefixtures("built_in")
def test_a_test_goes_to_the_address_that_was_typed(town: MailTown, chief: Person) -> None:
    one = town.send_in(KIM)
    town.relay.taken()
    before = version(town)
    asked = {"step": "test", "email": "Chief@City.Example", "service_request_id": one.id}
    answer = save(chief, **asked)
    assert answer.status_code == 200
    assert "Test sent to chief@city.example." in says(answer)
    assert typed(answer) == ("News of ((id))", BODY)
    email = only(town.relay.taken())
    assert email.recipients == ["chief@city.example"]
    assert subjects([email]) == [f"Test: News of {one.id}"]
    assert email.email["List-Unsubscribe"] is None
    assert "0" * 22 in email.plain  # its links lead nowhere
    assert version(town) == before
    assert town.rows("SELECT 1 FROM messages") == []

    town.deliver()
    for wrong, says_why in (
        ({"email": KIM}, "This is an address of the requester or of a follower"),
        ({"email": "nobody"}, "email address"),
        ({"body": "No link"}, "Text lacks a link"),
    ):
        refused = save(chief, **{**asked, **wrong})
        assert refused.status_code == 400
        assert says_why in told(refused)
    town.relay.at_rcpt.append("550 5.1.1 no such user chief@city.example")
    refused = save(chief, **asked)
    assert "The email was not sent. 550 5.1.1 no such user …" in told(refused)
    assert town.relay.taken() == []
    assert town.rows("SELECT 1 FROM contacts WHERE address LIKE 'chief%%'") == []


@pytest.mark.usefixtures("built_in")
def test_tests_are_limited(town: MailTown, chief: Person) -> None:
    town.report()
    for _number in range(TESTS.amount):
        answer = save(chief, step="test", email="chief@city.example")
        if answer.status_code == 400:
            break
    else:
        answer = save(chief, step="test", email="chief@city.example")
    assert "You have sent many test emails." in told(answer)
    assert len(town.relay.taken()) <= TESTS.amount


@pytest.mark.usefixtures("built_in")
def test_a_kind_that_is_off_is_not_sent(town: MailTown, chief: Person) -> None:
    on = [kind for kind in TEMPLATE_KINDS if kind not in ("received", "closed")]
    saved = send(chief, INDEX, INDEX, {"on": on, "delay_minutes": "5"})
    assert saved.status_code == 303, told(saved)
    one = town.send_in(KIM)
    assert town.deliver() == []
    assert town.states(one) == [("received", "dropped", "off")]
    town.change(one, "in_progress")
    assert town.deliver(LATER) == []  # collected for five minutes now
    assert len(town.deliver(timedelta(minutes=6))) == 1
    town.change(one, "fixed")
    assert town.deliver(timedelta(minutes=6)) == []
    page = says(chief.get(f"/requests/{one.id}"))
    assert "Your city does not send emails of this kind." in page
    other = town.send_in(KIM)
    town.deliver()
    only_status = send(chief, INDEX, INDEX, {"on": ["status"], "delay_minutes": "0"})
    assert only_status.status_code == 303
    town.ask(other, "Where?")
    assert town.deliver() != []  # questions are always sent


def test_wrong_settings_are_refused(town: MailTown, chief: Person) -> None:
    before = town.rows("SELECT * FROM message_settings ORDER BY kind")
    for wrong in ("", "-1", "1441", "two", "1.5"):
        answer = send(chief, INDEX, INDEX, {"on": ["closed"], "delay_minutes": wrong})
        assert answer.status_code == 400
        assert "must be a whole number of minutes, one day at most" in told(answer)
    assert town.rows("SELECT * FROM message_settings ORDER BY kind") == before


@pytest.mark.usefixtures("built_in")
def test_a_missing_language_is_shown(chief: Person) -> None:
    assert "Your text is missing" not in says(chief.get(INDEX))
    assert save(chief).status_code == 303
    assert "Your text is missing in Español" in says(chief.get(INDEX))
    spanish = "/city/messages/status/es"
    assert save(chief, spanish).status_code == 303
    assert "Your text is missing" not in says(chief.get(INDEX))


def test_only_administrators_write_texts(
    town: MailTown, mail_database: str, run_command: Callable[..., str]
) -> None:
    made = run_command(
        mail_database, "users", "create", "reader", "--role", "dispatcher", "--generate"
    )
    reader = Person(town.address)
    reader.sign_in("reader", made.strip().rpartition("Password: ")[2])
    for path in (INDEX, STATUS, f"{STATUS}/preview", "/city/sent/1", "/city/sent/1/text"):
        assert reader.get(path).status_code == 403
    for path in (STATUS, f"{STATUS}/preview", f"{STATUS}/restore", INDEX):
        answer = send(reader, "/account", path, {"subject": "x", "body": BODY, "version": "0"})
        assert answer.status_code == 403


@pytest.mark.usefixtures("built_in")
def test_the_editor_in_a_browser(
    browser: Browser, town: MailTown, password: str, complaints: list[str]
) -> None:
    town.report()
    page = enter(browser, town.address, NAME, password, complaints, INDEX)
    assert barriers_in_all_views(page) == []
    page.get_by_role("link", name="New status in English").click()
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Your request")
    page.get_by_label("Subject").fill("A new subject")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("A new subject")
    expect(page.get_by_label("Subject")).to_have_value("A new subject")
    color = frame.locator("a.button").first.evaluate("(one) => getComputedStyle(one).display")
    assert color == "inline-block"
    assert barriers_in_all_views(page) == []
    page.get_by_label("Text", exact=True).fill("No link")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(frame.get_by_role("alert")).to_contain_text("lacks a link")
    page.get_by_role("button", name="Save text").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("No link")
    says_why = re.compile("lacks a link")
    expect(page.get_by_label("Text", exact=True)).to_have_accessible_description(says_why)
    allowed = [one for one in complaints if "400" not in one]
    assert allowed == []
